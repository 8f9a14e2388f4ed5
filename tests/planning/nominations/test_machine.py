"""Random walks over the state machine: the counters are the alive nominations, the log has no gaps.

Each walk is random steps by random people, through the actions only. What an action refuses leaves
nothing behind; what it does keeps every promise below.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.teachers.models import Teacher
from provincial.planning.ledger.models import Quota
from provincial.planning.lists import actions as lists
from provincial.planning.nominations import actions
from provincial.planning.nominations.actions import Entry
from provincial.planning.nominations.models import Nomination, NominationList, NominationStep
from provincial.planning.nominations.rules import ALIVE, MACHINE, Channel, NominationState
from provincial.planning.signing import actions as signing
from tests.planning.nominations.places import NOW, places_to_fill, teacher_of
from tests.planning.tree import Tree

HOLDERS = ("甲一县一小", "甲一县", "甲市")
PEOPLE = (
    *(("甲一县一小", "school_administrator", 11), ("甲一县一小", "principal", 12)),
    *(("甲一县", "bureau_officer", 21), ("甲一县", "bureau_administrator", 22)),
    *(("甲市", "bureau_officer", 31), ("甲市", "bureau_administrator", 32)),
    *(("省", "province_officer", 41), ("省", "province_administrator", 42)),
)
VERBS = (
    *("enter", "enter", "green", "sign", "sign", "sign", "pass_up", "return", "refuse"),
    *("submit", "submit_green", "approve_green", "accept", "return_list", "recall", "reopen"),
    *("withdraw", "replace", "take_up"),
)
_ALIVE = [state.value for state in ALIVE]
#: Lines of the log that are no steps of the machine: a birth, and words changed on the way.
_BIRTHS = {"enter", "step_in"}


@pytest.fixture
def province(session: Session) -> tuple[Tree, list[Teacher]]:
    """Places that wait for names, and six teachers of one school."""
    tree = places_to_fill(session)
    return tree, [teacher_of(tree) for _n in range(6)]


@dataclass
class Walk:
    """One walk: a province, its people, and every nomination so far."""

    tree: Tree
    teachers: list[Teacher]
    dice: random.Random
    made: list[Nomination] = field(default_factory=list)
    lists: list[NominationList] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    def person(self, body: str = "") -> Viewer:
        """Somebody of the province; mostly somebody of ``body``, whose turn it is."""
        fitting = [one for one in PEOPLE if one[0] == body and self.dice.random() < 0.7]
        name, role, number = self.dice.choice(fitting or PEOPLE)
        return self.tree.viewer(name, role, number)

    def step(self, verb: str) -> None:
        """One act of somebody; a refusal leaves all as it was."""
        try:
            with self.tree.session.begin_nested():
                self.act(verb)
            self.done.add(verb)
        except Refusal:
            self.tree.session.expire_all()

    def act(self, verb: str) -> None:
        if verb in ("enter", "green"):
            self.enter(verb, self.person())
        elif verb in ("submit", "submit_green"):
            self.submit(verb, self.person("甲市"))
        elif verb in ("approve_green", "accept", "return_list", "recall"):
            self.decide(verb, self.person("甲市" if verb == "recall" else "省"))
        else:
            self.one_name(verb)

    def one_name(self, verb: str) -> None:
        if not self.made:
            raise Refusal(t("Nobody is nominated yet."))
        one = self.dice.choice(self.made)
        turn = one.waits_at or (self.tree.bodies["省"] if verb == "reopen" else one.nominator)
        by = self.person(turn.name)
        steps: dict[str, Callable[[], object]] = {
            "sign": lambda: signing.pass_on([one], by=by, now=NOW),
            "pass_up": lambda: signing.pass_up(one, by=by, now=NOW),
            "return": lambda: signing.send_back(one, "材料不全", by=by, now=NOW),
            "refuse": lambda: signing.refuse(one, "不符合条件", by=by),
            "withdraw": lambda: actions.withdraw(one, "工作调动", by=by),
            "take_up": lambda: actions.take_up(one, "又能参加", by=by, now=NOW),
            "reopen": lambda: signing.reopen(one, "名单有误", by=by, now=NOW),
            "replace": lambda: self.replace(one, by),
        }
        steps[verb]()

    def replace(self, one: Nomination, by: Viewer) -> None:
        teacher = self.dice.choice(self.teachers)
        made = actions.replace(one, teacher, _entry(one.way), "生病", by=by, now=NOW)
        self.made.append(made)

    def submit(self, verb: str, by: Viewer) -> None:
        """The city hands in what waits at its desk."""
        channel = Channel.GREEN if verb == "submit_green" else Channel.REGULAR
        names = [
            one for one in self.made if one.way is channel and one.waits_at_id == by.organisation_id
        ]
        if not names or by.organisation_name != "甲市":
            raise Refusal(t("Nothing to submit."))
        category = self.tree.category
        self.lists.append(lists.submit(category, names, channel, by=by, now=NOW))

    def decide(self, verb: str, by: Viewer) -> None:
        """The province decides on a list, or the city takes it back."""
        if not self.lists:
            raise Refusal(t("Nothing to decide."))
        handed_in = self.dice.choice(self.lists)
        if verb == "approve_green":
            lists.approve_green(handed_in, by=by, now=NOW)
        elif verb == "accept":
            lists.accept(handed_in, by=by, now=NOW)
        elif verb == "return_list":
            lists.send_back(handed_in, None, "名单有误", by=by, now=NOW)
        else:
            lists.withdraw(handed_in, "名单有误", by=by, now=NOW)

    def enter(self, verb: str, by: Viewer) -> None:
        if by.organisation_name not in HOLDERS:
            raise Refusal(t("The province nominates nobody."))
        channel = Channel.GREEN if verb == "green" else Channel.REGULAR
        holder = self.tree.bodies[by.organisation_name]
        teacher = self.dice.choice(self.teachers)
        project = self.tree.projects[0]
        made = actions.enter(project, teacher, holder, _entry(channel), by=by, now=NOW)
        self.made.append(made)


def _entry(channel: Channel) -> Entry:
    grounds = "省级名师工作室成员" if channel is Channel.GREEN else ""
    return Entry(channel, reason="工作需要", grounds=grounds)


@pytest.mark.rule("HN-37")
@pytest.mark.rule("HN-38")
@given(seed=st.integers(0, 2**32), verbs=st.lists(st.sampled_from(VERBS), min_size=8, max_size=25))
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_counters_and_history_hold_whatever_people_do(
    session: Session, province: tuple[Tree, list[Teacher]], seed: int, verbs: list[str]
) -> None:
    walk = Walk(*province, random.Random(seed))
    savepoint = session.begin_nested()
    try:
        for verb in verbs:
            walk.step(verb)
            _counters_hold(session)
        _histories_hold(session)
    finally:
        savepoint.rollback()
        session.expire_all()


@pytest.mark.rule("HN-37")
def test_a_long_walk_takes_every_step(
    session: Session, province: tuple[Tree, list[Teacher]]
) -> None:
    """One walk of a fixed seed that is long enough to have met every verb."""
    walk = Walk(*province, random.Random(5))
    for _n in range(400):
        walk.step(walk.dice.choice(VERBS))
    _counters_hold(session)
    _histories_hold(session)
    assert walk.done >= set(VERBS) - {"pass_up"}


def _counters_hold(session: Session) -> None:
    """``used`` and ``green_used`` of every cell are its alive nominations, and never too many."""
    session.flush()
    counted = {
        (cell, channel): n
        for cell, channel, n in session.execute(
            select(Nomination.cell_id, Nomination.channel, func.count())
            .where(Nomination.state.in_(_ALIVE))
            .group_by(Nomination.cell_id, Nomination.channel)
        )
    }
    for cell in session.execute(
        select(Quota.id, Quota.held, Quota.given, Quota.used, Quota.green_used)
    ):
        assert cell.used == counted.get((cell.id, "regular"), 0)
        assert cell.green_used == counted.get((cell.id, "green"), 0)
        assert cell.given + cell.used <= cell.held
    waiting = session.execute(
        select(Nomination.state, Nomination.waits_at_id.is_(None)).distinct()
    ).all()
    for state, nowhere in waiting:
        over = NominationState(state) not in ALIVE
        assert nowhere is (over or state == "province_confirmed")


def _histories_hold(session: Session) -> None:
    """Each log begins with a birth, each line starts where the one before ended, by a known step."""
    ids = session.scalars(select(Nomination.id)).all()
    for number in ids:
        lines = session.scalars(
            select(NominationStep)
            .where(NominationStep.nomination_id == number)
            .order_by(NominationStep.id)
        ).all()
        birth, *later = lines
        assert birth.action in _BIRTHS
        assert (birth.from_state, birth.to_state) == ("", "draft")
        state = NominationState.DRAFT
        for line in later:
            assert line.from_state == state.value
            if line.action == "pass_up":
                assert line.to_state == line.from_state
            else:
                step = MACHINE.step(state, line.action)
                assert line.to_state == step.next_state.value
            state = NominationState(line.to_state)
        nomination = session.get(Nomination, number, populate_existing=True)
        assert nomination is not None
        assert nomination.state == state.value
    by_teacher = session.execute(
        select(Nomination.teacher_id, Nomination.project_id, func.count())
        .where(Nomination.state.in_(_ALIVE))
        .group_by(Nomination.teacher_id, Nomination.project_id)
        .having(func.count() > 1)
    ).all()
    assert by_teacher == []
