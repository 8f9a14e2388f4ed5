"""The green-channel figure and what changed since the last letter."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from provincial.planning.letters.rules import GreenRule, Rounding, changed, green_figures

HALF_UP = GreenRule(Fraction(1, 20), "column", Rounding.HALF_UP, "additional", "")
BY_SUBJECT = GreenRule(Fraction(1, 20), "subject", Rounding.HALF_UP, "additional", "")


@pytest.mark.rule("HN-41")
@pytest.mark.rule("A-09")
@pytest.mark.parametrize(
    ("places", "exact", "rounded"), [(30, "1.5", 2), (8, "0.4", 0), (10, "0.5", 1)]
)
def test_golden_green_channel(places: int, exact: str, rounded: int) -> None:
    figure = HALF_UP.figure(places)
    assert (figure.exact, figure.rounded) == (Decimal(exact), rounded)


def test_other_roundings() -> None:
    floor = GreenRule(Fraction(1, 20), "column", Rounding.FLOOR, "within", "")
    ceil = GreenRule(Fraction(1, 20), "column", Rounding.CEIL, "within", "")
    assert (floor.figure(39).rounded, ceil.figure(1).rounded) == (1, 1)
    assert HALF_UP.percent == "5"


def test_by_subject_the_stages_are_added_up_first() -> None:
    cells = [(1, "chinese", 8), (2, "mathematics", 10), (3, "chinese", 22)]
    assert {p: f.rounded for p, f in green_figures(BY_SUBJECT, cells).items()} == {1: 2, 2: 1}
    assert {p: f.rounded for p, f in green_figures(HALF_UP, cells).items()} == {1: 0, 2: 1, 3: 1}


def test_what_changed_since_the_last_letter() -> None:
    assert changed({1: 5, 2: 3}, {2: 4, 3: 1}) == [(2, 3, 4), (3, 0, 1), (1, 5, 0)]
