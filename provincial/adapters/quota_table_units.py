"""Which unit a row of a quota table means: by name, by code, or a finding that says why not (HN-01).

Nothing is guessed: what is not exactly known is a blocking finding with its cell and, where
there is one, the nearest known name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from provincial.adapters.counts import CountReader
from provincial.adapters.crosstabs import Known, Layout, code_words
from provincial.adapters.quota_tables import UNIT_RULE
from provincial.adapters.spreadsheets import Sheet, name_list
from provincial.adapters.tables import Findings, is_note
from provincial.core.findings import Severity
from provincial.core.identity import match_key
from provincial.core.text import t


@dataclass(slots=True)
class UnitRows:
    """Tells the unit of each row of one sheet; ``rows`` keeps where each unit stands, from 0.

    ``by_alias`` collects the names that were taken for another, to be told once at the end.
    """

    sheet: Sheet
    layout: Layout
    known: Known
    found: Findings
    counts: CountReader
    by_alias: dict[str, str]
    rows: dict[int, int] = field(default_factory=dict)

    def unit(self, row: int, label: str, *, numbers: bool) -> tuple[bool, int | None]:
        """Whether the row is one of a unit, and which; findings when it is not clear."""
        place = (row, self.layout.name_column)
        code = ""
        if self.layout.code_column is not None:
            code = code_words(self.sheet.cell(row, self.layout.code_column))
        named = self.known.names.find(label) if label else ()
        coded = self.known.codes.find(code) if code else ()
        if not named and not coded and label:
            coded = self.known.codes.find(label)
        unit = self._agree(place, label, code, named, coded)
        if named or coded:
            return True, self._once(place, unit)
        if label and not numbers and (is_note(label) or not self._near_unit(label)):
            return False, None
        if label:
            self._unknown_unit(place, label)
            return True, None
        if numbers and row >= self.layout.first_row:
            self.found.block(
                "row-without-unit",
                t("This row holds numbers but names no unit."),
                place,
                mend=t("Write the unit's name, or empty the row."),
                rule=UNIT_RULE,
            )
            return True, None
        return False, None

    def _near_unit(self, label: str) -> bool:
        return len(match_key(label)) <= 16 and bool(self.known.names.near(label, 1))

    def _agree(
        self,
        place: tuple[int, int],
        label: str,
        code: str,
        named: Sequence[int],
        coded: Sequence[int],
    ) -> int | None:
        """The unit that name and code agree on; a finding when they do not."""
        both = [ident for ident in named if ident in coded] if named and coded else []
        candidates = both or named or coded
        if named and coded and not both:
            self.found.block(
                "name-and-code-differ",
                t(
                    "The name says %(name)s, the code %(code)s belongs to %(other)s.",
                    name=label,
                    code=code,
                    other=self.known.codes.labels[coded[0]],
                ),
                place,
                mend=t("Correct the name or the code."),
                rule=UNIT_RULE,
            )
            return None
        if len(candidates) > 1:
            labels = [self.known.names.labels[ident] for ident in candidates]
            self.found.block(
                "unit-ambiguous",
                t("“%(name)s” is the name of %(count)s units.", name=label, count=len(labels)),
                place,
                mend=t("Add a column with the unit code, or write the full name."),
                rule=UNIT_RULE,
            )
            return None
        if not candidates:
            return None
        unit = candidates[0]
        self._tell_name(place, label, unit, by_code=not named)
        return unit

    def _tell_name(self, place: tuple[int, int], label: str, unit: int, *, by_code: bool) -> None:
        name = self.known.names.labels[unit]
        if by_code and label and not self.known.codes.find(label):
            self.found.add(
                Severity.WARN,
                "unit-by-code",
                t("“%(label)s” was taken for %(name)s by its code.", label=label, name=name),
                place=place,
                rule=UNIT_RULE,
            )
        elif not by_code and match_key(label) != match_key(name):
            self.by_alias[label] = name
        elif not by_code and any(char.isspace() for char in str(self.sheet.cell(*place)).strip()):
            self.counts.tidy("blanks-in-name", place)

    def _once(self, place: tuple[int, int], unit: int | None) -> int | None:
        if unit is None:
            return None
        if unit in self.rows:
            first = self.sheet.address(self.rows[unit], self.layout.name_column)
            name = self.known.names.labels[unit]
            self.found.block(
                "unit-twice",
                t("%(name)s is there twice, first at %(first)s.", name=name, first=first),
                place,
                mend=t("Keep one of the two rows."),
                rule=UNIT_RULE,
            )
            return None
        self.rows[unit] = place[0]
        return unit

    def _unknown_unit(self, place: tuple[int, int], label: str) -> None:
        message = t("“%(name)s” is not a unit of this table.", name=label)
        near = self.known.names.near(label)
        if near:
            message = t(
                "“%(name)s” is not a unit of this table; did you mean %(near)s?",
                name=label,
                near=name_list(near),
            )
        self.found.block(
            "unknown-unit",
            message,
            place,
            mend=t("Write the name as it stands in the list of units."),
            rule=UNIT_RULE,
        )
