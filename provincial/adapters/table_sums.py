"""The sums that a table itself gives, held against its cells: by row, by column, by part, in all.

Rows and columns count from 0. Works on the layout that ``crosstabs`` found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from provincial.adapters.crosstabs import Layout
from provincial.adapters.spreadsheets import Sheet
from provincial.adapters.tables import Findings, cell_count, cell_words
from provincial.core.findings import Severity
from provincial.core.refusals import Refusal
from provincial.core.text import t


@dataclass(slots=True)
class Line:
    """One row of numbers by column; ``ident`` is what it names (none when unknown or a repeat).

    ``faulty`` lines hold a cell that is no number, so their sums are not checked.
    """

    row: int
    ident: int | None
    values: dict[int, int] = field(default_factory=dict)
    faulty: bool = False


@dataclass(slots=True)
class SumLine:
    """A row of sums that the file gives; ``whole`` when it is labelled as the grand total."""

    row: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was read of a table: lines in order, columns of it, columns that name nothing."""

    sheet: Sheet
    layout: Layout
    order: Sequence[Line | SumLine]
    places: Sequence[int]
    stray: Sequence[int]


def check_sums(numbers: Numbers, found: Findings, rule: str) -> int | None:
    """Add a blocking finding for each sum that differs; return the file's grand total, if any."""
    check = SumCheck(numbers, found, rule)
    if not check.lines:
        return None
    check.rows()
    check.columns()
    if check.checked and not check.wrong:
        message = t("%(count)s sums of the file were checked and add up.", count=check.checked)
        found.add(Severity.PASS, "sums-add-up", message, rule=rule)
    return check.grand_total


class SumCheck:
    """The file's own sums. What a sum covers is not always said: of the possible readings the
    one with the fewest differences is taken, and its differences are told."""

    def __init__(self, numbers: Numbers, found: Findings, rule: str) -> None:
        self.numbers = numbers
        self.found = found
        self.rule = rule
        self.lines = [line for line in numbers.order if isinstance(line, Line)]
        self.checked = 0
        self.wrong = 0
        self.grand_total: int | None = None
        self.covers: dict[int, list[int]] = {}

    def _given(self, place: tuple[int, int]) -> int | None:
        """The sum that stands in the file, or ``None`` when there is none to check."""
        sheet, found = self.numbers.sheet, self.found
        if place in sheet.uncalculated or place in sheet.errors:
            message = t("This sum has no calculated value and was not checked.")
            found.add(Severity.WARN, "sum-without-value", message, place=place, rule=self.rule)
            return None
        raw = sheet.cell(*place)
        if raw is None or not cell_words(raw):
            return None
        try:
            return cell_count(raw)
        except Refusal:
            message = t("“%(text)s” is not a sum that can be checked.", text=cell_words(raw)[:40])
            found.add(Severity.WARN, "sum-unreadable", message, place=place, rule=self.rule)
            return None

    def _differ(self, place: tuple[int, int], given: int, counted: int) -> None:
        self.wrong += 1
        self.found.add(
            Severity.BLOCK,
            "sum-differs",
            t(
                "The file says %(given)s, the cells add up to %(counted)s.",
                given=given,
                counted=counted,
            ),
            place=place,
            rule=self.rule,
            measured=given,
            limit=counted,
            mend=t("Correct the sum or the cells."),
        )

    def rows(self) -> None:
        """Each unit's sums, by part and in all."""
        earlier = -1
        for column, group in sorted(self.numbers.layout.totals.items()):
            given = {
                line.row: value
                for line in self.lines
                if not line.faulty and (value := self._given((line.row, column))) is not None
            }
            readings = self._row_readings(column, group, earlier)
            wrongs = [
                [
                    (line.row, counted)
                    for line in self.lines
                    if line.row in given
                    and given[line.row] != (counted := sum(line.values.get(c, 0) for c in reading))
                ]
                for reading in readings
            ]
            best = min(range(len(readings)), key=lambda index: len(wrongs[index]))
            self.covers[column] = readings[best]
            self.checked += len(given)
            for row, counted in wrongs[best]:
                self._differ((row, column), given[row], counted)
            earlier = column

    def _row_readings(self, column: int, group: str, earlier: int) -> list[list[int]]:
        """Which columns a column of sums may cover, the likeliest first."""
        layout = self.numbers.layout
        places, stray = sorted(self.numbers.places), self.numbers.stray
        inside = [c for c in places if group and layout.groups.get(c) == group]
        since = [c for c in places if earlier < c < column]
        readings = [inside, places, [*places, *stray], since]
        strays = [c for c in stray if group and layout.groups.get(c) == group]
        readings.append([*inside, *strays] if strays else [])
        return [reading for reading in readings if reading] or [places]

    def columns(self) -> None:
        """Each row of sums, by part and in all; the grand total stands where the two meet."""
        order = self.numbers.order
        wholes = [item for item in order if isinstance(item, SumLine) and item.whole]
        for index, item in enumerate(order):
            if isinstance(item, SumLine):
                grand = item.whole and item is wholes[-1]
                self._sum_row(item, self._column_readings(index, item), grand)

    def _column_readings(self, index: int, item: SumLine) -> list[list[Line]]:
        order = self.numbers.order
        before: list[Line] = []
        for other in reversed(order[:index]):
            if isinstance(other, SumLine):
                break
            before.append(other)
        after: list[Line] = []
        for other in order[index + 1 :]:
            if isinstance(other, SumLine):
                break
            after.append(other)
        so_far = [other for other in order[:index] if isinstance(other, Line)]
        readings = [self.lines, before, after, so_far]
        if not item.whole:
            readings = [before, after, so_far, self.lines]
        return [reading for reading in readings if reading] or [self.lines]

    def _sum_row(self, item: SumLine, readings: Sequence[Sequence[Line]], grand: bool) -> None:
        groups = {column: [column] for column in self.numbers.places} | self.covers
        given = {
            column: value
            for column in groups
            if (value := self._given((item.row, column))) is not None
        }
        wrongs = []
        for reading in readings:
            wrong = []
            for column, value in given.items():
                if any(set(groups[column]) - set(line.values) for line in reading):
                    continue
                counted = sum(line.values[c] for line in reading for c in groups[column])
                if counted != value:
                    wrong.append((column, counted))
            wrongs.append(wrong)
        best = min(wrongs, key=len)
        self.checked += len(given)
        for column, counted in best:
            self._differ((item.row, column), given[column], counted)
        if grand:
            whole = [c for c in given if c in self.covers and self._covers_all(c)]
            self.grand_total = given[whole[-1]] if whole else None

    def _covers_all(self, column: int) -> bool:
        return set(self.covers[column]) >= set(self.numbers.places)
