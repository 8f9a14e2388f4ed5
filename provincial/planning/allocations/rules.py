"""States of a table, the difference between two tables, and the workbench's arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from provincial.core.refusals import Refusal
from provincial.core.states import State, Tone
from provincial.core.text import Text, t


class TableState(State):
    """Where a table stands on its way to being issued."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "draft": (t("Draft"), Tone.NEUTRAL),
            "submitted": (t("Waits for the second officer"), Tone.WAITING),
            "issued": (t("Issued"), Tone.GOOD),
            "withdrawn": (t("Withdrawn"), Tone.NEUTRAL),
            "undone": (t("Undone"), Tone.BLOCKED),
        }


def check_second_officer(made_by: int | None, acting: int) -> None:
    """Issuing a table needs another person than the one who made it (R14)."""
    if made_by == acting:
        raise Refusal(
            t("You prepared this table yourself; a second officer must issue it."), rule="HN-32"
        )


def differences(
    before: Mapping[tuple[int, int], int], after: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells that differ between two tables, as (before, after); a cell not named counts as nought."""
    keys = before.keys() | after.keys()
    pairs = {key: (before.get(key, 0), after.get(key, 0)) for key in keys}
    return {key: pair for key, pair in sorted(pairs.items()) if pair[0] != pair[1]}


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What the workbench knows of a unit: the yearly figures of its body (HN-35)."""

    unit_id: int
    teachers: int
    rural_teachers: int
    check_in_rate: Fraction | None


@dataclass(frozen=True, slots=True)
class Weights:
    """Parts of a hundred for each basis; shown beside the result and kept with the table."""

    teachers: int
    rural: int
    check_in: int

    def __post_init__(self) -> None:
        parts = (self.teachers, self.rural, self.check_in)
        if min(parts) < 0 or sum(parts) != 100:
            raise Refusal(t("The weights must be 0 to 100 and add up to 100."), field="weights")


@dataclass(frozen=True, slots=True)
class Working:
    """How one cell came about: the unit's share, its exact places, and whether a remainder came."""

    places: int
    exact: Fraction
    share: Fraction
    by_teachers: Fraction
    by_rural: Fraction
    by_check_in: Fraction
    remainder_place: bool


def shares(units: Sequence[UnitFigures], weights: Weights) -> dict[int, tuple[Fraction, ...]]:
    """Each unit's share of a total: (whole, by teachers, by rural teachers, by check-in).

    A basis without figures anywhere gives its weight to the teachers; without teachers nothing can
    be proposed.
    """
    teachers = _normalised({u.unit_id: Fraction(u.teachers) for u in units})
    if teachers is None:
        raise Refusal(
            t("No unit has a number of teachers for this year. Import the yearly figures.")
        )
    rural = _normalised({u.unit_id: Fraction(u.rural_teachers) for u in units}) or teachers
    known = [u.check_in_rate for u in units if u.check_in_rate is not None]
    mean = sum(known, Fraction(0)) / len(known) if known else Fraction(1)
    arrived = {
        u.unit_id: u.teachers * (mean if u.check_in_rate is None else u.check_in_rate)
        for u in units
    }
    check_in = _normalised(arrived) or teachers
    result: dict[int, tuple[Fraction, ...]] = {}
    for unit in units:
        parts = (
            teachers[unit.unit_id] * Fraction(weights.teachers, 100),
            rural[unit.unit_id] * Fraction(weights.rural, 100),
            check_in[unit.unit_id] * Fraction(weights.check_in, 100),
        )
        result[unit.unit_id] = (sum(parts, Fraction(0)), *parts)
    return result


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
        exact = {unit: share[0] * total for unit, share in by_unit.items()}
        places = largest_remainder(total, exact)
        for unit, figure in exact.items():
            whole, teachers, rural, check_in = by_unit[unit]
            extra = places[unit] > int(figure)
            result[unit, project_id] = Working(
                places[unit], figure, whole, teachers, rural, check_in, extra
            )
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
