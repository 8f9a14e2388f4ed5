"""Offers to those who asked, shortfalls, wishes, the days of reminding."""

from __future__ import annotations

from datetime import date

import pytest

from provincial.core.findings import Severity
from provincial.core.refusals import Refusal
from provincial.planning.fillings.rules import Row, Stage, shortfall_finding
from provincial.planning.idle.rules import Asked, Idle, check_wish, is_reminder_day, offers

CHINESE, MATHS = 1, 2
B_ASKS_FIVE = Asked(1, 20, "乙县", CHINESE, "语文", 5)
A_HAS_FOUR = Idle(10, "甲县", CHINESE, "语文", 4)


def test_a_wish_is_met_from_the_own_hand_first_then_from_idle_places_below() -> None:
    found = offers({CHINESE: 2}, [A_HAS_FOUR], [B_ASKS_FIVE])
    assert [(one.giver_id, one.taker_id, one.places) for one in found] == [
        (None, 20, 2),
        (10, 20, 3),
    ]


def test_places_are_offered_once_and_in_the_order_of_the_wishes() -> None:
    second = Asked(2, 30, "丙县", CHINESE, "语文", 3)
    found = offers({}, [A_HAS_FOUR], [Asked(1, 20, "乙县", CHINESE, "语文", 3), second])
    assert [(one.taker_id, one.places) for one in found] == [(20, 3), (30, 1)]


def test_nobody_is_offered_their_own_places_or_another_project() -> None:
    own = Idle(20, "乙县", CHINESE, "语文", 9)
    other = Idle(10, "甲县", MATHS, "数学", 9)
    assert offers({MATHS: 4}, [own, other], [B_ASKS_FIVE]) == []


@pytest.mark.rule("HN-39")
def test_empty_places_at_the_close_count_against_the_holder() -> None:
    short = shortfall_finding("甲市", 10, 7)
    assert (short.severity, short.rule, short.measured, short.limit) == (
        Severity.WARN,
        "HN-39",
        "7",
        "10",
    )
    assert shortfall_finding("甲市", 10, 10).severity is Severity.PASS


def test_a_wish_has_a_number_a_reason_and_no_twin() -> None:
    assert check_wish(2, " 报名超出 ", already=False) == "报名超出"
    for places, reason, already in ((0, "报名超出", False), (1, " ", False), (1, "超出", True)):
        with pytest.raises(Refusal):
            check_wish(places, reason, already=already)


def test_the_site_reminds_seven_three_and_one_day_before() -> None:
    last = date(2023, 11, 20)
    days = [day for day in range(1, 25) if is_reminder_day(last, date(2023, 11, day))]
    assert days == [13, 17, 19]


def test_a_share_of_nothing_is_nothing() -> None:
    assert Row(1, "甲", "county").share is None
    assert next(iter(Stage)).value == "draft"
