"""The steps of a ban: who may take which, and that it always takes two."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from provincial.core.refusals import Refusal, WrongState
from provincial.planning.bans.rules import (
    DECISIONS,
    MACHINE,
    Standing,
    decide,
    last_day_to_object,
    require_cause,
    require_exemptable,
    require_past,
    require_window_over,
    take,
)
from provincial.planning.integrity.rules import LIVE, Stage, policy_of
from provincial.planning.rulebooks.queries import usable

TODAY, END = date(2024, 6, 1), date(2026, 12, 18)
ACTIONS = sorted({step.action for step in MACHINE.transitions})
POLICY = policy_of(usable("henan-2023"))
assert POLICY is not None


def run(*steps: tuple[str, int, str]) -> Standing:
    """The standing after steps of officers."""
    standing = Standing()
    for action, who, reason in steps:
        standing = take(standing, standing.stage(END, TODAY), action, who, reason)
    return standing


@pytest.mark.rule("HN-46")
def test_r14_two_officers_put_a_ban_in_force() -> None:
    signed = run(("sign", 1, ""))
    assert (signed.state, signed.signed_by) == ("proposed", 1)
    assert signed.stage(END, TODAY) is Stage.SIGNED
    with pytest.raises(Refusal):
        take(signed, Stage.SIGNED, "confirm", 1)
    done = take(signed, Stage.SIGNED, "confirm", 2)
    assert (done.state, done.signed_by, done.confirmed_by) == ("in_force", 1, 2)


def test_r14_lifting_and_dismissing_take_two_as_well() -> None:
    for first, state, before in (
        ("dismiss", "dismissed", ()),
        ("lift", "lifted", (("sign", 1, ""), ("confirm", 2, ""))),
    ):
        asked = run(*before, (first, 3, "查无此事"))
        with pytest.raises(Refusal):
            take(asked, asked.stage(END, TODAY), "confirm", 3)
        closed = take(asked, asked.stage(END, TODAY), "confirm", 1)
        assert (closed.state, closed.closed_reason) == (state, "查无此事")
        again = take(closed, closed.stage(END, TODAY), "reopen", 1, "复核")
        assert again == Standing()


def test_a_returned_step_leaves_no_signature() -> None:
    back = run(("sign", 1, ""), ("return", 2, "材料不全"))
    assert back == Standing()
    kept = run(("sign", 1, ""), ("confirm", 2, ""), ("lift", 3, "有误"), ("return", 4, "属实"))
    assert (kept.state, kept.signed_by, kept.confirmed_by) == ("in_force", 1, 2)


def test_steps_that_do_not_exist_are_refused() -> None:
    for stage in Stage:
        for action in ACTIONS:
            if any(s.state == stage and s.action == action for s in MACHINE.transitions):
                continue
            with pytest.raises(WrongState):
                take(Standing(), stage, action, 1, "x")
    with pytest.raises(Refusal):
        take(Standing(), Stage.PROPOSED, "dismiss", 1, "  ")


@pytest.mark.rule("HN-47")
def test_what_an_accepted_objection_does() -> None:
    force = run(("sign", 1, ""), ("confirm", 2, ""))
    assert decide(Standing(), Stage.PROPOSED, "objection", "属实").state == "dismissed"
    assert decide(force, Stage.IN_FORCE, "objection", "属实").state == "lifted"
    for stage in LIVE:
        assert decide(force, stage, "exemption", "住院").state == "exempted"
    with pytest.raises(WrongState):
        decide(force, Stage.EXPIRED, "exemption", "住院")
    assert {step.state for step in DECISIONS.transitions} == set(LIVE)


@pytest.mark.rule("HN-46")
def test_signing_waits_for_the_objection_window() -> None:
    closes = datetime(2023, 12, 29, 16, 0, tzinfo=UTC)
    with pytest.raises(Refusal):
        require_window_over(closes, datetime(2023, 12, 29, 15, 59, tzinfo=UTC))
    require_window_over(closes, closes)
    require_window_over(None, closes)
    assert last_day_to_object(closes) < closes


@pytest.mark.rule("A-06")
def test_who_was_asked_to_leave_may_object_but_is_not_exempted() -> None:
    for cause in ("no_show", "not_completed"):
        require_exemptable(cause, POLICY)
    with pytest.raises(Refusal) as refused:
        require_exemptable("expelled", POLICY)
    assert refused.value.rule == "A-06"


def test_causes_and_days() -> None:
    assert require_cause("expelled", POLICY) == "expelled"
    with pytest.raises(Refusal):
        require_cause("late", POLICY)
    for day in (date(2024, 6, 2), date(1999, 12, 31)):
        with pytest.raises(Refusal):
            require_past(day, TODAY)
    require_past(TODAY, TODAY)


class Officers(RuleBasedStateMachine):
    """Four officers do anything in any order; whatever comes of it took two of them."""

    @initialize()
    def begin(self) -> None:
        """A proposed ban, and who has put a hand to what."""
        self.standing = Standing()
        self.hands: list[tuple[str, int]] = []

    @rule(
        action=st.sampled_from(ACTIONS),
        who=st.integers(1, 4),
        reason=st.sampled_from(["", "  ", "理由"]),
        today=st.sampled_from([TODAY, date(2027, 1, 1)]),
    )
    def act(self, action: str, who: int, reason: str, today: date) -> None:
        """Some step; refused ones change nothing."""
        before = self.standing
        try:
            self.standing = take(before, before.stage(END, today), action, who, reason)
        except Refusal:
            assert self.standing is before
            return
        moved = self.standing.state != before.state
        if moved and action == "confirm":
            assert before.asked_by is not None
            assert before.asked_by != who
        elif moved:
            assert action == "reopen"

    @rule(kind=st.sampled_from(["objection", "exemption"]))
    def accept(self, kind: str) -> None:
        """Two officers accept an objection."""
        stage = self.standing.stage(END, TODAY)
        try:
            self.standing = decide(self.standing, stage, kind, "理由")
        except WrongState:
            assert stage not in LIVE

    @invariant()
    def holds(self) -> None:
        """What the table's CHECKs demand."""
        now = self.standing
        if now.state == "in_force":
            assert now.signed_by is not None
            assert now.confirmed_by is not None
            assert now.signed_by != now.confirmed_by
        assert (now.asked == "") == (now.asked_by is None)
        assert not now.asked or (now.asked == "lift") == (now.state == "in_force")
        assert (now.state in ("lifted", "exempted", "dismissed")) == bool(now.closed_reason)


TestOfficers = Officers.TestCase


@given(st.sampled_from(list(Stage)), st.sampled_from(ACTIONS))
def test_every_step_leads_to_a_known_stage(stage: Stage, action: str) -> None:
    try:
        assert isinstance(MACHINE.step(stage, action).next_state, Stage)
    except WrongState:
        assert not any(s.state == stage and s.action == action for s in MACHINE.transitions)
