"""What a workbook of a split says, compared with what stands: nothing is guessed, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provincial.core.findings import Finding
from provincial.planning.ledger.rules import CellFacts, Change, check_split

#: The kind of import run that a split by spreadsheet is.
KIND = "quota_split"
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that the workbook would change, with its place in the file."""

    body_id: int
    project_id: int
    before: int
    after: int
    cell: str

    @property
    def delta(self) -> int:
        """Places more or fewer."""
        return self.after - self.before


def differences(
    wanted: Mapping[Cell, int], held: Mapping[Cell, int], places: Mapping[Cell, str]
) -> list[Difference]:
    """The cells that change, in the workbook's order; ``places`` are their addresses."""
    return [
        Difference(*cell, held.get(cell, 0), n, places.get(cell, ""))
        for cell, n in wanted.items()
        if held.get(cell, 0) != n
    ]


def check(
    own: Mapping[int, CellFacts],
    children: Mapping[Cell, CellFacts],
    changes: list[Difference],
) -> list[Finding]:
    """Why the workbook cannot be booked as it stands (HN-38); the booking checks it again."""
    return check_split(own, children, [Change(c.body_id, c.project_id, c.delta) for c in changes])


def as_data(changes: list[Difference]) -> list[list[object]]:
    """A form that JSON can hold."""
    return [[c.body_id, c.project_id, c.before, c.after, c.cell] for c in changes]


def from_data(data: list[list[object]]) -> list[Difference]:
    """Read what ``as_data`` wrote."""
    return [
        Difference(int(str(b)), int(str(p)), int(str(old)), int(str(new)), str(cell))
        for b, p, old, new, cell in data
    ]
