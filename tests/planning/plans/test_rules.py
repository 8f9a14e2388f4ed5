"""States, dates and readiness of plans; no app, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal, WrongState
from provincial.core.text import t
from provincial.planning.amendments.rules import MACHINE as NOTICES
from provincial.planning.amendments.rules import NoticeState
from provincial.planning.plans import rules
from provincial.planning.plans.rules import MACHINE, CategoryFacts, PlanFacts, PlanState
from provincial.planning.rulebooks.rules import MACHINE as EDITIONS
from provincial.planning.rulebooks.rules import EditionState
from provincial.rulebook.loader import builtin

GOOD = PlanFacts(
    title="通知",
    doc_number="教办师〔2023〕389号",
    issued_on=date(2023, 10, 31),
    starts_on=date(2023, 10, 31),
    ends_on=date(2024, 4, 30),
    contacts=[{"office": "执行办公室", "phone": "0371-12345678"}],
    categories=[CategoryFacts("骨干", True, 18, True)],
    windows=[(t("Proposals"), date(2023, 11, 20))],
    completion_due=date(2024, 4, 30),
    on=date(2023, 11, 1),
)
MACHINES = [(MACHINE, PlanState), (NOTICES, NoticeState), (EDITIONS, EditionState)]


def answer(**change: object) -> list[tuple[str, str, str]]:
    """Severity, rule and code of what is found."""
    found = rules.readiness(replace(GOOD, **change))  # type: ignore[arg-type]
    return [(one.severity.value, one.rule, one.code) for one in found]


@pytest.mark.rule("HN-03", "HN-04", "HN-05", "HN-58", "HN-67", "HN-73", "C-22")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"doc_number": ""}, [("block", "HN-03", "doc_number")]),
        ({"issued_on": None}, [("block", "HN-03", "issued_on")]),
        ({"title": ""}, [("block", "HN-03", "title")]),
        ({"contacts": []}, [("block", "HN-67", "contacts")]),
        ({"contacts": [{"office": "办公室"}]}, [("warn", "HN-67", "contacts")]),
        ({"categories": []}, [("block", "HN-04", "categories")]),
        (
            {"categories": [CategoryFacts("骨干", True, 0, True, "附件5")]},
            [("warn", "HN-04", "columns")],
        ),
        (
            {"categories": [CategoryFacts("骨干", False, 0, False)]},
            [("warn", "HN-05", "description")],
        ),
        ({"starts_on": None}, [("block", "C-22", "period")]),
        ({"ends_on": date(2024, 5, 1)}, [("warn", "HN-58", "completion")]),
        (
            {"ends_on": date(2024, 5, 1), "completion_strict": True},
            [("block", "HN-58", "completion")],
        ),
        ({"windows": []}, [("warn", "", "windows")]),
        ({"on": date(2023, 11, 20)}, []),
        ({"on": date(2023, 11, 21)}, [("warn", "", "past_window")]),
        ({"programme_named": "全省教师培训规划"}, [("warn", "HN-73", "programme")]),
        ({"programme_named": "全省教师培训规划", "has_programme": True}, []),
    ],
)
def test_readiness(change: dict[str, object], expected: list[tuple[str, str, str]]) -> None:
    assert answer(**change) == expected


def test_a_warning_needs_a_reason_and_a_block_refuses() -> None:
    warn = Finding(Severity.WARN, t("Warned"))
    assert rules.require_ready([], "") == ""
    assert rules.require_ready([warn], " 已说明 ") == "已说明"
    with pytest.raises(Refusal) as refused:
        rules.require_ready([warn], " ")
    assert refused.value.field == "reason"
    with pytest.raises(Refusal) as blocked:
        rules.require_ready([Finding(Severity.BLOCK, t("Blocked"))], "理由")
    assert len(blocked.value.findings) == 1


@pytest.mark.rule("C-22")
@pytest.mark.parametrize(
    ("day", "old", "new", "moved"),
    [
        ("2023-11-20", "2023-10-31", "2024-10-31", "2024-11-20"),
        ("2024-04-30", "2023-10-31", "2024-10-31", "2025-04-30"),
        ("2024-02-29", "2023-10-31", "2024-10-31", "2025-02-28"),
        ("2022-08-31", "2022-03-10", "2022-09-12", "2023-03-02"),
        ("2022-03-10", "2022-03-10", "2022-09-12", "2022-09-12"),
    ],
)
def test_dates_move_with_the_first_day(day: str, old: str, new: str, moved: str) -> None:
    """A plan is never assumed to be a calendar year."""
    dates = [date.fromisoformat(text) for text in (day, old, new)]
    assert rules.shifted(*dates) == date.fromisoformat(moved)


@given(
    st.dates(date(2015, 1, 1), date(2035, 1, 1)),
    st.dates(date(2015, 1, 1), date(2035, 1, 1)),
    st.dates(date(2015, 1, 1), date(2035, 1, 1)),
)
def test_the_first_day_itself_always_lands_on_the_new_first_day(
    old: date, new: date, other: date
) -> None:
    assert abs((rules.shifted(old, old, new) - new).days) <= 3
    assert rules.shifted(other, old, old) == other


@pytest.mark.rule("HN-23", "HN-24")
def test_windows_come_from_the_dates_of_the_notice() -> None:
    rulebook = builtin("henan-2023")
    found = {row.kind: row for row in rules.windows_of(rulebook, rulebook.document.issued_on)}
    assert set(found) == {
        "plan.completion_due",
        "quotas.split_due",
        "nominations.selection_due",
        "proposals.due",
        "proposals.opening_dates_due",
    }
    window = found["nominations.selection_due"]
    assert (window.opens, window.closes) == (date(2023, 10, 31), date(2023, 11, 20))
    assert window.rule == "HN-40"
    spans = {row.kind: row for row in rules.windows_of(builtin("zhejiang-2022h1"), None)}
    assert spans["selections.round_1"].opens < spans["selections.round_1"].closes


def test_a_shifted_rulebook_says_that_its_dates_await_a_notice() -> None:
    rulebook = builtin("henan-2023")
    moved = rules.shifted_rulebook(rulebook, date(2023, 10, 31), date(2024, 10, 31), "待新通知")
    assert moved.date("nominations.selection_due") == date(2024, 11, 20)
    assert moved.source("nominations.selection_due").origin == "house default"
    assert moved.value("money.face_rate") == rulebook.value("money.face_rate")


@pytest.mark.parametrize(("machine", "states"), MACHINES)
def test_every_state_can_be_reached_and_left(machine: object, states: type) -> None:
    """R14: the table is the only way; every decision has its reverse."""
    steps = machine.transitions  # type: ignore[attr-defined]
    assert {step.state for step in steps} == set(states)
    start = next(iter(states))
    reached, grew = {start}, True
    while grew:
        new = {step.next_state for step in steps if step.state in reached}
        grew = not new <= reached
        reached |= new
    assert reached == set(states) or set(states) - reached == {NoticeState.IN_FORCE}
    assert len({(step.state, step.action) for step in steps}) == len(steps)


@given(
    st.sampled_from(MACHINES),
    st.lists(
        st.sampled_from(
            sorted({step.action for machine, _s in MACHINES for step in machine.transitions})
        ),
        max_size=12,
    ),
)
def test_any_walk_stays_in_the_table(machine_and_states: tuple, actions: list[str]) -> None:  # type: ignore[type-arg]
    """R14: whatever order steps are asked for, a step not in the table is refused."""
    machine, states = machine_and_states
    state, decided = next(iter(states)), False
    for action in actions:
        allowed = {step.action for step in machine.open_to(state, "province_officer")}
        if action in allowed:
            step = machine.step(state, action)
            decided = decided or action in ("submit",)
            if step.next_state in (PlanState.ISSUED, EditionState.RELEASED, NoticeState.APPROVED):
                assert decided, "nothing is issued that was not submitted"
            state = step.next_state
        else:
            with pytest.raises(WrongState):
                machine.step(state, action)
    assert not machine.open_to(state, "bureau_officer")


def test_unissuing_is_over_once_something_builds_on_it() -> None:
    rules.require_unused(False, 0)
    for state in ((True, 0), (False, 1)):
        with pytest.raises(Refusal):
            rules.require_unused(*state)


@pytest.mark.rule("HN-73")
def test_years_of_a_programme_are_in_order() -> None:
    rules.require_years(2021, 2025)
    with pytest.raises(Refusal) as refused:
        rules.require_years(2025, 2021)
    assert refused.value.rule == "HN-73"
