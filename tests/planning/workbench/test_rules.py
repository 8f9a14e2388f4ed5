"""The workbench's arithmetic, as tables of named cases (HN-35)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provincial.core.refusals import Refusal
from provincial.planning.workbench.rules import (
    UnitFigures,
    Weights,
    largest_remainder,
    propose,
    shares,
    spread_total,
)

F = Fraction
HOUSE = Weights(F(7, 10), F(0), F(2, 10), F(1, 10))


def test_places_go_to_the_largest_remainders() -> None:
    exact = {1: F(47, 10), 2: F(31, 10), 3: F(22, 10)}
    assert largest_remainder(10, exact) == {1: 5, 2: 3, 3: 2}


def test_a_tie_goes_to_the_larger_then_the_earlier() -> None:
    assert largest_remainder(3, {1: F(1, 2), 2: F(3, 2), 3: F(1)}) == {1: 0, 2: 2, 3: 1}
    assert largest_remainder(1, {5: F(1, 2), 4: F(1, 2)}) == {5: 0, 4: 1}


@given(
    st.dictionaries(st.integers(1, 40), st.integers(0, 100_000), min_size=1),
    st.integers(0, 20_000),
)
def test_a_proposal_always_adds_up(teachers: dict[int, int], total: int) -> None:
    """Whatever the figures, the places of a column are whole and add up to its total."""
    units = [UnitFigures(u, n, n // 9, n // 3, None) for u, n in teachers.items()]
    if not any(teachers.values()):
        with pytest.raises(Refusal):
            propose({7: total}, units, HOUSE)
        return
    table = propose({7: total}, units, HOUSE)
    assert sum(w.places for w in table.values()) == total
    assert all(w.places >= 0 and abs(w.places - w.exact) < 1 for w in table.values())
    assert sum((w.share for w in table.values()), F(0)) == 1


@pytest.mark.rule("HN-35")
def test_shares_follow_the_bases() -> None:
    units = [UnitFigures(1, 300, 0, 100, F(1)), UnitFigures(2, 100, 0, 100, F(1, 2))]
    parts = shares(units, HOUSE)
    assert parts[1] == (F(7, 10) * F(3, 4), 0, F(2, 10) * F(1, 2), F(1, 10) * F(300, 350))
    assert sum(sum(p) for p in parts.values()) == 1


def test_weights_add_up_to_one() -> None:
    with pytest.raises(Refusal):
        Weights(F(1, 2), F(0), F(0), F(0))
    with pytest.raises(Refusal):
        Weights(F(3, 2), F(-1, 2), F(0), F(0))


def test_columns_share_a_total_as_last_year_or_evenly() -> None:
    assert spread_total(10, {1: 30, 2: 10}, [1, 2]) == {1: 8, 2: 2}
    assert spread_total(10, {}, [1, 2, 3]) == {1: 4, 2: 3, 3: 3}
