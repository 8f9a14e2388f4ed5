from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from provincial.core.states import Tone
from provincial.core.text import t
from provincial.core.todo import TodoItem
from provincial.desk.home.rules import (
    ProvinceFacts,
    in_runs,
    province_steps,
    share,
    tasks,
    urgency,
)

TODAY = date(2023, 11, 10)


def item(title: str, due: date | None = None) -> TodoItem:
    return TodoItem(t(title), "/somewhere", due)


def test_the_nearest_deadline_comes_first_and_none_at_the_end() -> None:
    found = tasks(
        [item("no date"), item("later", date(2023, 11, 20)), item("overdue", date(2023, 11, 8))],
        TODAY,
    )
    assert [(str(task.title), task.days_left) for task in found] == [
        ("overdue", -2),
        ("later", 10),
        ("no date", None),
    ]


@pytest.mark.parametrize(
    ("left", "tone"),
    [
        (None, Tone.NEUTRAL),
        (-1, Tone.BLOCKED),
        (0, Tone.ATTENTION),
        (3, Tone.ATTENTION),
        (4, Tone.WAITING),
    ],
)
def test_urgency(left: int | None, tone: Tone) -> None:
    assert urgency(left) is tone


def test_a_share_of_nothing_is_no_number() -> None:
    assert share(0, 0) is None
    assert share(1, 4) == Decimal("0.25")


def test_runs_of_the_same_act_become_one_line() -> None:
    events = [("a", "body", 1), ("a", "body", 2), ("b", "body", 3), ("a", "body", 4)]
    assert in_runs(events) == [(1, 1), (3, 0), (4, 0)]
    assert in_runs([]) == []


def test_one_act_noted_with_two_kinds_of_thing_is_one_line_and_nothing_more() -> None:
    assert in_runs([("a", "notice", 1), ("a", "plan", 2)]) == [(1, 0)]


def test_first_steps_follow_the_facts() -> None:
    fresh = ProvinceFacts(0, False, 1, 0, 0, 0)
    assert not fresh.finished
    assert not any(step.done for step in province_steps(fresh))
    half = ProvinceFacts(29, True, 2, 1, 0, 0)
    assert [step.done for step in province_steps(half)] == [True, True, True, True, False, False]
    assert ProvinceFacts(29, False, 1, 1, 1, 1).finished
