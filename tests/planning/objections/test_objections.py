"""Objections and exemptions: lodged with evidence, decided by two officers, with their effect."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from provincial.core.refusals import Refusal, WrongState
from provincial.office.messages.models import Message
from provincial.people.accounts.rules import Role
from provincial.planning.bans.permissions import reads_objection
from provincial.planning.integrity.models import BanObjection, IntegrityRecord
from provincial.planning.objections import actions
from provincial.planning.objections.permissions import may_lodge
from provincial.planning.objections.rules import Decision, ObjectionStage, decide
from tests.people.factories import make_user, viewer_of
from tests.planning.bans.facts import LATER, NOW, Sent, a_teacher, in_force, proposed, step
from tests.planning.office import Office


@pytest.fixture
def plan(office: Office) -> None:
    office.issued()


pytestmark = pytest.mark.usefixtures("plan")


def lodged(office: Office, ban: object, kind: str = "objection", **values: object) -> BanObjection:
    """Lodged by an officer of the city for the teacher, while the window is open."""
    return actions.lodge(ban, kind, "当日住院", by=office.bureau, now=NOW, **values)  # type: ignore[arg-type]


@pytest.mark.rule("HN-46")
@pytest.mark.parametrize(("state", "after"), [("proposed", "dismissed"), ("in_force", "lifted")])
def test_r14_an_accepted_objection_took_two_officers(
    office: Office, state: str, after: str
) -> None:
    teacher, user = a_teacher(office)
    ban = (in_force if state == "in_force" else proposed)(office, teacher)
    objection = actions.lodge(
        ban, "objection", "当日已报到", files=[Sent()], by=viewer_of(user), now=NOW
    )
    assert (objection.on_behalf, len(objection.evidence_file_ids)) == (False, 1)
    actions.decide(objection, "accepted", by=office.maker, now=LATER, reason="签到表属实")
    assert (objection.state, ban.state) == ("open", state)
    with pytest.raises(Refusal, match="second officer"):
        actions.decide(objection, "confirm", by=office.maker, now=LATER)
    actions.decide(objection, "confirm", by=office.second, now=LATER)
    assert (objection.state, ban.state, ban.closed_reason) == ("accepted", after, "签到表属实")
    kinds = office.session.scalars(
        select(IntegrityRecord.kind).where(IntegrityRecord.teacher_id == teacher.id)
    ).all()
    assert kinds[-2:] == ["objection", f"ban_{after}"]


@pytest.mark.rule("HN-47")
def test_an_exemption_is_for_the_causes_that_the_plan_excuses(office: Office) -> None:
    teacher, _ = a_teacher(office)
    ban = in_force(office, teacher)
    objection = lodged(office, ban, "exemption")
    actions.decide(objection, "accepted", by=office.maker, now=LATER, reason="住院证明属实")
    actions.decide(objection, "confirm", by=office.second, now=LATER)
    assert ban.state == "exempted"
    expelled = in_force(office, teacher, "expelled")
    with pytest.raises(Refusal) as refused:
        lodged(office, expelled, "exemption")
    assert refused.value.rule == "A-06"
    lodged(office, expelled, "objection")


@pytest.mark.rule("HN-47")
def test_what_is_open_is_decided_before_the_ban_is_signed(office: Office) -> None:
    teacher, _ = a_teacher(office)
    ban = proposed(office, teacher)
    objection = lodged(office, ban)
    with pytest.raises(Refusal, match="Decide it first"):
        step(ban, "sign", office.maker)
    actions.decide(objection, "declined", by=office.maker, now=LATER, reason="无证明")
    actions.decide(objection, "confirm", by=office.second, now=LATER)
    told = select(Message).where(Message.kind == "bans.declined")
    assert len(office.session.scalars(told).all()) == 3
    late = actions.lodge(ban, "objection", "补充材料", by=office.bureau, now=LATER)
    assert late.state == "open"
    step(ban, "sign", office.maker)
    step(ban, "confirm", office.second)
    assert ban.state == "in_force"


def test_one_of_a_kind_with_few_files_and_a_sentence(office: Office) -> None:
    teacher, _ = a_teacher(office)
    ban = proposed(office, teacher)
    for values in (
        {"text": "  "},
        {"kind": "complaint"},
        {"files": [Sent()] * 6},
        {"files": [Sent(b"MZ program", "a.exe")]},
    ):
        asked = {"kind": "objection", "text": "有出入", "files": ()} | values
        with pytest.raises(Refusal):
            actions.lodge(
                ban,
                asked["kind"],  # type: ignore[arg-type]
                asked["text"],  # type: ignore[arg-type]
                files=asked["files"],  # type: ignore[arg-type]
                by=office.bureau,
                now=NOW,
            )
    lodged(office, ban)
    with pytest.raises(Refusal, match="open already"):
        lodged(office, ban)
    lodged(office, ban, "exemption")
    step_back = proposed(office, teacher, "expelled")
    step(step_back, "dismiss", office.maker, reason="查无此事")
    step(step_back, "confirm", office.second)
    with pytest.raises(WrongState):
        lodged(office, step_back)


def test_r14_who_lodged_it_does_not_decide_it() -> None:
    with pytest.raises(Refusal, match="lodged this yourself"):
        decide(Decision(), "accepted", 7, 7, "属实")
    first = decide(Decision(), "declined", 1, 7, "无证明")
    assert first.stage is ObjectionStage.DECLINING
    for who in (1, 7):
        with pytest.raises(Refusal):
            decide(first, "confirm", who, 7)
    assert decide(first, "return", 2, 7, "再看") == Decision()
    assert decide(first, "confirm", 2, 7).stage is ObjectionStage.DECLINED
    for stage in ObjectionStage:
        assert stage.value in ObjectionStage.looks()


def test_who_lodges_and_who_reads(office: Office) -> None:
    """R5: an illness is read by the teacher, who lodged it, and those who decide."""
    teacher, user = a_teacher(office)
    ban = proposed(office, teacher)
    people = {
        Role.SCHOOL_ADMINISTRATOR: (True, False),
        Role.PRINCIPAL: (True, False),
        Role.AUDITOR: (False, True),
        Role.INSTITUTION_OFFICER: (False, False),
    }
    objection = lodged(office, ban)
    for role, (lodges, reads) in people.items():
        body = {Role.AUDITOR: office.province, Role.INSTITUTION_OFFICER: office.institution}
        who = viewer_of(make_user(office.session, body.get(role, office.school), role))
        assert (may_lodge(who, ban), reads_objection(who, objection)) == (lodges, reads), role
    for who in (office.bureau, office.maker, viewer_of(user)):
        assert may_lodge(who, ban)
        assert reads_objection(who, objection)
    assert not may_lodge(viewer_of(user, support_user_id=1), ban)
    assert ban.event_on == date(2023, 12, 18)
