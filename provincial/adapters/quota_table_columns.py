"""Which project a column of a quota table means, or a finding that says why none (HN-32)."""

from __future__ import annotations

from dataclasses import dataclass, field

from provincial.adapters.counts import CountReader
from provincial.adapters.crosstabs import Known, Layout
from provincial.adapters.quota_tables import TABLE_RULE, QuotaTable
from provincial.adapters.spreadsheets import Sheet, name_list
from provincial.adapters.tables import Findings, heading_key
from provincial.core.text import t


@dataclass(slots=True)
class ProjectColumns:
    """Tells the project of each column of one sheet, into ``table`` and ``places``.

    ``stray`` are columns that hold places of no clear project, below ``last_row`` nothing is
    looked at. ``by_alias`` collects the headings taken for another, to be told once at the end.
    """

    sheet: Sheet
    layout: Layout
    known: Known
    found: Findings
    counts: CountReader
    by_alias: dict[str, str]
    table: QuotaTable
    last_row: int
    places: dict[int, int] = field(default_factory=dict)
    stray: list[int] = field(default_factory=list)

    def read(self) -> None:
        """Give each column its project, and say which have none."""
        for column, heading in self.layout.columns.items():
            place = (heading.row, column)
            if len(heading.ids) > 1:
                labels = name_list([self.known.headings.labels[ident] for ident in heading.ids])
                self.found.block(
                    "column-ambiguous",
                    t(
                        "The heading “%(name)s” may mean %(names)s.",
                        name=heading.words,
                        names=labels,
                    ),
                    place,
                    mend=t("Write the stage above the subject."),
                    rule=TABLE_RULE,
                )
                self.stray.append(column)
                continue
            project = heading.ids[0]
            label = self.known.headings.labels[project]
            if project in self.table.project_columns:
                first = self.table.column_addresses[project]
                self.found.block(
                    "column-twice",
                    t("%(name)s is there twice, first at %(first)s.", name=label, first=first),
                    place,
                    mend=t("Keep one of the two columns."),
                    rule=TABLE_RULE,
                )
                self.stray.append(column)
                continue
            self.places[column] = project
            self.table.project_columns[project] = column
            self.table.column_addresses[project] = self.sheet.address(*place)
            if heading_key(heading.words) != heading_key(label):
                self.by_alias[heading.words] = label
        for column, heading in self.layout.unknown.items():
            self._unknown_column(column, heading.words, heading.row)

    def _unknown_column(self, column: int, words: str, row: int) -> None:
        below = range(self.layout.header_bottom + 1, min(len(self.sheet.rows), self.last_row))
        numbers = [r for r in below if self.counts.seems_count((r, column))]
        if not numbers:
            return
        self.stray.append(column)
        if not words:
            self.found.block(
                "column-without-heading",
                t("This column holds numbers but has no heading."),
                (numbers[0], column),
                mend=t("Write stage and subject above it, or empty the column."),
                rule=TABLE_RULE,
            )
            return
        near = self.known.headings.near(words)
        message = t("“%(name)s” is no stage and subject of this plan.", name=words)
        if near:
            message = t(
                "“%(name)s” is no stage and subject of this plan; did you mean %(near)s?",
                name=words,
                near=name_list(near),
            )
        self.found.block(
            "unknown-column",
            message,
            (row, column),
            mend=t("Correct the heading, or delete the column."),
            rule=TABLE_RULE,
        )
