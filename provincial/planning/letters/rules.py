"""What a letter must say: the green-channel figure, and which cells changed since the last one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction


class Rounding(StrEnum):
    """How a share of places becomes whole (A-09)."""

    HALF_UP = "half_up"
    FLOOR = "floor"
    CEIL = "ceil"


_ROUNDINGS = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.FLOOR: ROUND_FLOOR,
    Rounding.CEIL: ROUND_CEILING,
}


@dataclass(frozen=True, slots=True)
class GreenFigure:
    """The green-channel figure of one subject: what it is a share of, exact, and rounded (HN-41)."""

    places: int
    exact: Decimal
    rounded: int


@dataclass(frozen=True, slots=True)
class GreenRule:
    """The rulebook's green channel: share, how it is counted and rounded, on top or within (A-09)."""

    ratio: Fraction
    unit: str
    rounding: Rounding
    basis: str
    scheme: str

    @property
    def percent(self) -> str:
        """The share as papers write it, without the sign: ``5``."""
        value = Decimal(self.ratio.numerator * 100) / Decimal(self.ratio.denominator)
        return f"{value.normalize():f}"

    def figure(self, places: int) -> GreenFigure:
        """The share of ``places``; the exact value stays visible beside the rounded one."""
        exact = Decimal(places * self.ratio.numerator) / Decimal(self.ratio.denominator)
        rounded = int(exact.quantize(Decimal(1), _ROUNDINGS[self.rounding]))
        return GreenFigure(places, exact, rounded)


def green_figures(rule: GreenRule, cells: Iterable[tuple[int, str, int]]) -> dict[int, GreenFigure]:
    """The figure of each project ``(id, subject, places)``, by project.

    Counted by subject, the stages of a subject are added up first and the figure stands at its
    first project; counted by column, each project has its own.
    """
    rows = list(cells)
    if rule.unit != "subject":
        return {project: rule.figure(places) for project, _subject, places in rows}
    sums: dict[str, int] = {}
    first: dict[str, int] = {}
    for project, subject, places in rows:
        sums[subject] = sums.get(subject, 0) + places
        first.setdefault(subject, project)
    return {first[subject]: rule.figure(places) for subject, places in sums.items()}


def changed(before: Mapping[int, int], after: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """Projects whose places differ, as (project, before, after), in the order of ``after``."""
    order = [*after, *(p for p in before if p not in after)]
    return [
        (project, before.get(project, 0), after.get(project, 0))
        for project in order
        if before.get(project, 0) != after.get(project, 0)
    ]
