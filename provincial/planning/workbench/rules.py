"""The workbench's arithmetic: shares by weighted bases, whole places by largest remainder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from provincial.core.refusals import Refusal
from provincial.core.text import t


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What the workbench knows of a unit: the yearly figures of its body (HN-35)."""

    unit_id: int
    teachers: int
    key_teachers: int
    rural_teachers: int
    check_in_rate: Fraction | None


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each basis counts, as parts of one; shown beside the result and kept with the table."""

    teachers: Fraction
    key_teachers: Fraction
    rural: Fraction
    check_in: Fraction

    def __post_init__(self) -> None:
        parts = (self.teachers, self.key_teachers, self.rural, self.check_in)
        if min(parts) < 0 or sum(parts) != 1:
            raise Refusal(
                t("The weights must be 0 to 100 and add up to 100."),
                field="weight_teachers",
                rule="HN-35",
            )


@dataclass(frozen=True, slots=True)
class Working:
    """How one cell came about: exact places, the unit's share and its parts, and the remainder."""

    places: int
    exact: Fraction
    share: Fraction
    parts: tuple[Fraction, ...]
    remainder_place: bool


def shares(units: Sequence[UnitFigures], weights: Weights) -> dict[int, tuple[Fraction, ...]]:
    """Each unit's parts of a total: by teachers, key teachers, rural teachers, arrivals.

    Arrivals are teachers times last year's check-in rate; an unknown rate counts as the mean. A
    basis without figures anywhere is shared by teachers; without teachers nothing can be proposed.
    """
    teachers = _normalised({u.unit_id: Fraction(u.teachers) for u in units})
    if teachers is None:
        raise Refusal(
            t("No unit has a number of teachers for this year. Import the yearly figures first."),
            field="year",
            rule="HN-35",
        )
    known = [u.check_in_rate for u in units if u.check_in_rate is not None]
    mean = sum(known, Fraction(0)) / len(known) if known else Fraction(1)
    key = _normalised({u.unit_id: Fraction(u.key_teachers) for u in units}) or teachers
    rural = _normalised({u.unit_id: Fraction(u.rural_teachers) for u in units}) or teachers
    arrived = {
        u.unit_id: u.teachers * (mean if u.check_in_rate is None else u.check_in_rate)
        for u in units
    }
    check_in = _normalised(arrived) or teachers
    bases = (
        (teachers, weights.teachers),
        (key, weights.key_teachers),
        (rural, weights.rural),
        (check_in, weights.check_in),
    )
    return {u.unit_id: tuple(basis[u.unit_id] * weight for basis, weight in bases) for u in units}


def _normalised(figures: Mapping[int, Fraction]) -> dict[int, Fraction] | None:
    total = sum(figures.values(), Fraction(0))
    return {key: value / total for key, value in figures.items()} if total else None


def largest_remainder(total: int, exact: Mapping[int, Fraction]) -> dict[int, int]:
    """Whole places that add up to ``total``: floors first, then the largest remainders.

    A tie goes to the larger exact figure, then to the earlier key, so the result never wavers.
    """
    floors = {key: int(value) for key, value in exact.items()}
    left = total - sum(floors.values())
    order = sorted(exact, key=lambda key: (floors[key] - exact[key], -exact[key], key))
    for key in order[:left]:
        floors[key] += 1
    return floors


def propose(
    totals: Mapping[int, int], units: Sequence[UnitFigures], weights: Weights
) -> dict[tuple[int, int], Working]:
    """A table from the total of each project: ``{(unit, project): Working}`` (HN-35)."""
    by_unit = shares(units, weights)
    result: dict[tuple[int, int], Working] = {}
    for project_id, total in totals.items():
        exact = {unit: sum(parts, Fraction(0)) * total for unit, parts in by_unit.items()}
        places = largest_remainder(total, exact)
        for unit, figure in exact.items():
            parts = by_unit[unit]
            extra = places[unit] > int(figure)
            share = sum(parts, Fraction(0))
            result[unit, project_id] = Working(places[unit], figure, share, parts, extra)
    return result


def spread_total(
    total: int, last_year: Mapping[int, int], projects: Iterable[int]
) -> dict[int, int]:
    """A total over the projects: in last year's proportions, evenly when there were none."""
    keys = list(projects)
    base = {p: Fraction(last_year.get(p, 0)) for p in keys}
    whole = sum(base.values(), Fraction(0))
    exact = {p: (base[p] / whole if whole else Fraction(1, len(keys))) * total for p in keys}
    return largest_remainder(total, exact)
