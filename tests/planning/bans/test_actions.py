"""Bans in the database: proposed, decided by two, told of, checked, merged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.core.db import db
from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.office.journal.models import JournalEvent
from provincial.office.messages.models import Message
from provincial.people.organisations.rules import Kind
from provincial.people.teachers.rules import TeacherMerge
from provincial.planning.bans import actions, jobs
from provincial.planning.bans.queries import BanFilter, count_bans, list_bans, todo
from provincial.planning.integrity.actions import follow_teacher_merge
from provincial.planning.integrity.models import Ban, IntegrityRecord
from provincial.planning.integrity.queries import bans_of, stage
from provincial.planning.integrity.rules import Stage
from tests.people.factories import id_number, make_organisation, make_teacher, make_user, viewer_of
from tests.planning.bans.facts import EVENT, LATER, NOW, a_teacher, in_force, proposed, step
from tests.planning.office import Office


@pytest.fixture
def plan(office: Office) -> None:
    office.issued()


pytestmark = pytest.mark.usefixtures("plan")


@pytest.mark.rule("HN-46")
def test_a_proposal_opens_the_window_and_tells(office: Office) -> None:
    teacher, user = a_teacher(office)
    ban = proposed(office, teacher)
    assert (ban.state, ban.ends_on) == ("proposed", date(2026, 12, 18))
    assert ban.objection_closes_at == clock.end_of(date(2023, 12, 29))
    told = office.session.scalars(select(Message).where(Message.kind == "bans.proposed")).all()
    assert {m.user_id for m in told} == {None, user.id}
    bodies = {m.organisation_id for m in told if m.organisation_id}
    assert bodies == {office.school.id, office.school.parent_id}
    for message in told:
        assert teacher.name not in str(message.subject)
    assert office.session.scalars(
        select(JournalEvent.thing_label).where(JournalEvent.action == "bans.propose")
    ).all() == [office.school.name]


@pytest.mark.rule("HN-46")
def test_r14_signed_after_the_window_and_confirmed_by_another(office: Office) -> None:
    teacher, _ = a_teacher(office)
    ban = proposed(office, teacher)
    with pytest.raises(Refusal, match="may still object"):
        step(ban, "sign", office.maker, now=NOW + timedelta(days=1))
    step(ban, "sign", office.maker)
    with pytest.raises(Refusal, match="second officer"):
        step(ban, "confirm", office.maker)
    step(ban, "confirm", office.second)
    assert (ban.state, ban.signed_by_id, ban.confirmed_by_id) == (
        "in_force",
        office.maker.user_id,
        office.second.user_id,
    )
    lines = office.session.scalars(select(IntegrityRecord)).all()
    assert [(line.kind, line.ban_id, line.source) for line in lines] == [
        ("ban", ban.id, "小学语文骨干教师培训")
    ]
    step(ban, "lift", office.second, reason="原决定有误")
    assert stage(ban, EVENT) is Stage.LIFTING
    assert bans_of([teacher.id])[teacher.id][0].state == "in_force"
    step(ban, "confirm", office.maker)
    assert (ban.state, ban.closed_reason) == ("lifted", "原决定有误")
    assert bans_of([teacher.id]) == {}
    step(ban, "reopen", office.maker, reason="新证据")
    assert (ban.state, ban.signed_by_id, ban.closed_at) == ("proposed", None, None)


def test_the_same_event_is_proposed_once(office: Office) -> None:
    teacher, _ = a_teacher(office)
    proposed(office, teacher)
    with pytest.raises(Refusal, match="on record already"):
        proposed(office, teacher)
    proposed(office, teacher, "expelled")
    with pytest.raises(Refusal, match="future"):
        proposed(office, teacher, event_on=date(2024, 1, 1))
    with pytest.raises(Refusal, match="no cause"):
        proposed(office, teacher, "late")


def test_r12_a_stale_page_changes_nothing(office: Office) -> None:
    teacher, _ = a_teacher(office)
    ban = proposed(office, teacher)
    seen = ban.version
    step(ban, "sign", office.maker)
    with pytest.raises(StaleVersion):
        actions.take_step(ban, "confirm", by=office.second, now=LATER, expected_version=seen)
    with pytest.raises(WrongState):
        step(ban, "sign", office.second)


def test_bans_of_many_teachers_take_one_statement(office: Office) -> None:
    teachers = [a_teacher(office, number=id_number(sequence=n))[0] for n in (11, 12, 13)]
    for teacher in teachers[:2]:
        in_force(office, teacher)
    ids = [teacher.id for teacher in teachers]
    seen: list[str] = []
    listener = lambda *args: seen.append(str(args[2]))  # noqa: E731
    engine = db.session.connection().engine
    event.listen(engine, "before_cursor_execute", listener)
    found = bans_of(ids)
    event.remove(engine, "before_cursor_execute", listener)
    assert len(seen) == 1
    assert set(found) == set(ids[:2])
    assert found[ids[0]][0].ends_on == date(2026, 12, 18)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "in_force"},
        {"state": "lifted"},
        {"state": "gone"},
        {"cause": "late"},
        {"ends_on": EVENT},
        {"asked": "sign"},
        {"signed_by_id": 1, "confirmed_by_id": 1},
        {"closed_at": NOW},
    ],
)
def test_the_table_itself_refuses_what_cannot_be(
    office: Office, session: Session, change: dict[str, object]
) -> None:
    """R14: no ban in force without two officers, whatever the code above does."""
    ban = proposed(office, a_teacher(office)[0])
    for name, value in change.items():
        setattr(ban, name, value)
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_lists_keep_to_their_scope_and_filter(office: Office) -> None:
    """R3: another city sees nothing; HN-01: a city sees nothing of a province-managed county."""
    teacher, _ = a_teacher(office)
    ban = in_force(office, teacher)
    managed = make_organisation(office.session, Kind.PROVINCE_MANAGED_COUNTY, "直管县", office.city)
    school = make_organisation(office.session, Kind.SCHOOL, "直管县一小", managed)
    far = make_teacher(office.session, school, number=id_number(sequence=77))
    in_force(office, far)
    today = date(2024, 6, 1)
    other = viewer_of(make_user(office.session, office.other_city, "bureau_officer"))
    assert [
        count_bans(who, BanFilter(), today) for who in (office.maker, office.bureau, other)
    ] == [2, 1, 0]
    for wanted, count in (
        (BanFilter(text="王小"), 1),
        (BanFilter(text="wxm"), 1),
        (BanFilter(cause="expelled"), 0),
        (BanFilter(stage="expired"), 0),
        (BanFilter(stage="in_force"), 2),
        (BanFilter(stage="waiting"), 0),
        (BanFilter(stage=""), 2),
        (BanFilter(ending=30), 0),
        (BanFilter(body_id=office.school.id), 1),
    ):
        assert count_bans(office.maker, wanted, today) == count, wanted
    assert count_bans(office.maker, BanFilter(stage="expired"), date(2026, 12, 19)) == 2
    assert count_bans(office.maker, BanFilter(ending=30), date(2026, 12, 1)) == 2
    assert [row.id for row in list_bans(office.bureau, BanFilter(), today).rows] == [ban.id]


def test_what_waits_for_an_officer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    teacher, _ = a_teacher(office)
    ban = proposed(office, teacher)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert todo(office.maker) == []
    monkeypatch.setattr(clock, "now", lambda: LATER)
    assert [item.url for item in todo(office.maker)] == ["/bans/?stage=proposed"]
    assert todo(office.bureau) == []
    step(ban, "sign", office.maker)
    assert todo(office.maker) == []
    assert [(item.url, item.count) for item in todo(office.second)] == [("/bans/?stage=waiting", 1)]


@pytest.mark.rule("HN-46")
def test_a_teacher_is_asked_while_an_objection_is_possible(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, user = a_teacher(office)
    ban = proposed(office, teacher)
    own = viewer_of(user)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    [item] = todo(own)
    assert (item.url, item.place) == (f"/bans/{ban.id}", "bans")
    assert item.due is not None
    monkeypatch.setattr(clock, "now", lambda: LATER)
    assert todo(own) == []


def test_the_daily_tick_tells_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ban never comes in force by itself; that it ends soon is told once."""
    teacher, user = a_teacher(office)
    ban = in_force(office, teacher)
    other = proposed(office, teacher, "expelled")
    monkeypatch.setattr(clock, "now", lambda: clock.start_of(date(2023, 12, 30)))
    assert jobs.daily() == 0
    over = select(func.count()).select_from(Message).where(Message.kind == "bans.window_over")
    assert office.session.scalar(over) == 1
    assert other.state == "proposed"
    monkeypatch.setattr(clock, "now", lambda: clock.start_of(date(2026, 12, 1)))
    assert [jobs.daily(), jobs.daily()] == [1, 0]
    told = select(Message.user_id).where(
        Message.kind == "bans.ending", Message.user_id.is_not(None)
    )
    assert office.session.scalars(told).all() == [user.id]
    assert ban.state == "in_force"


def test_bans_follow_a_merged_record_and_come_back(office: Office) -> None:
    stays, _ = a_teacher(office)
    goes, _ = a_teacher(office, number=id_number(sequence=21))
    twin = in_force(office, stays)
    same, own = in_force(office, goes), in_force(office, goes, "expelled")
    change = TeacherMerge(stays.id, goes.id, date(2023, 11, 1))
    moved = follow_teacher_merge(change, office.maker)
    assert moved == [own.id]
    assert {ban.id for ban in bans_of([stays.id])[stays.id]} == {twin.id, own.id}
    assert same.teacher_id == goes.id
    follow_teacher_merge(replace(change, undone=True, moved=tuple(moved)), office.maker)
    office.session.expire_all()
    assert office.session.get_one(Ban, own.id).teacher_id == goes.id
