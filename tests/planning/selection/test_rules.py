"""The way of a nomination as its change log tells it; when filling is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from provincial.planning.nominations.rules import MACHINE, Level
from provincial.planning.selection.rules import ACTS, Act, Stop, asks_to_fill, way_so_far

DESKS = [(1, "一小", Level.SCHOOL), (2, "一县", Level.COUNTY), (3, "甲市", Level.CITY)]
START = datetime(2023, 11, 10, tzinfo=UTC)


def acts(*lines: tuple[int, str]) -> list[Act]:
    return [
        Act(body, action, f"{action}{n}", START + timedelta(hours=n))
        for n, (body, action) in enumerate(lines)
    ]


def signed(stops: list[Stop]) -> list[str]:
    return [stop.by_name for stop in stops]


@pytest.mark.rule("HN-37")
def test_each_desk_shows_who_signed_and_one_is_in_turn() -> None:
    stops = way_so_far(DESKS, acts((1, "enter"), (1, "confirm"), (2, "approve")), 3)
    assert signed(stops) == ["confirm1", "approve2", ""]
    assert [stop.is_turn for stop in stops] == [False, False, True]


def test_a_return_begins_the_way_anew() -> None:
    stops = way_so_far(DESKS, acts((1, "confirm"), (2, "return")), 1)
    assert signed(stops) == ["", "", ""]
    assert stops[0].is_turn


def test_a_name_passed_up_unsigned_says_so() -> None:
    [school, *_others] = way_so_far(DESKS, acts((1, "pass_up")), 2)
    assert school.unsigned
    assert school.by_name == "pass_up0"


def test_a_confirmation_taken_back_leaves_the_desks_below() -> None:
    log = acts((1, "confirm"), (2, "approve"), (3, "accept"), (3, "reopen"))
    stops = way_so_far(DESKS, log, 3)
    assert signed(stops) == ["confirm0", "approve1", ""]


@pytest.mark.rule("HN-39")
@pytest.mark.parametrize(
    ("free", "school", "state", "is_open", "asked"),
    [
        (2, True, "issued", True, True),
        (2, False, "locked", True, True),
        (2, False, "splitting", True, False),
        (2, False, "issued", True, False),
        (0, True, "issued", True, False),
        (2, True, "issued", False, False),
    ],
)
def test_who_is_asked_to_fill(
    free: int, school: bool, state: str, is_open: bool, asked: bool
) -> None:
    assert asks_to_fill(free, school, state, is_open) is asked


def test_every_step_has_a_word_in_the_change_log() -> None:
    assert {step.action for step in MACHINE.transitions} <= set(ACTS)
