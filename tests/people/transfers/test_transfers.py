"""Transfers: one side asks, the other agrees; the history tells who was where; taking back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Forbidden, Refusal, WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.messages.models import Message
from provincial.people.accounts.rules import Role
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.people.teachers import queries as register
from provincial.people.teachers.models import Teacher
from provincial.people.transfers import actions
from provincial.people.transfers.models import TeacherTransfer
from provincial.people.transfers.queries import todo, transfer_in_scope
from provincial.people.transfers.rules import Move, MoveFollower, Side
from tests.forms import post
from tests.people.conftest import Province
from tests.people.factories import (
    id_number,
    make_organisation,
    make_teacher,
    make_user,
    sign_in,
    viewer_of,
)

TODAY, NOW = date(2023, 9, 1), datetime(2023, 9, 1, 4, tzinfo=UTC)
NUMBER = id_number(sequence=31)


@pytest.fixture
def teacher(session: Session, province: Province) -> Teacher:
    return make_teacher(session, province.school, "曾国强", NUMBER)


@pytest.fixture
def other(session: Session, province: Province) -> Organisation:
    county = make_organisation(session, Kind.COUNTY, "丁县", province.city)
    return make_organisation(session, Kind.SCHOOL, "丁县第二小学", county)


@pytest.fixture
def giver(session: Session, province: Province) -> Viewer:
    return viewer_of(make_user(session, province.school, Role.SCHOOL_ADMINISTRATOR))


@pytest.fixture
def taker(session: Session, other: Organisation) -> Viewer:
    return viewer_of(make_user(session, other, Role.SCHOOL_ADMINISTRATOR))


def ask(
    teacher: Teacher, school: Organisation, by: Viewer, side: Side = Side.GIVING
) -> TeacherTransfer:
    return actions.ask(teacher, school, side, on_date=TODAY, reason="随迁", today=TODAY, by=by)


def test_the_other_side_agrees_and_the_record_goes_along(
    session: Session, teacher: Teacher, other: Organisation, giver: Viewer, taker: Viewer
) -> None:
    old = teacher.organisation_id
    transfer = ask(teacher, other, giver)
    about = (Message.thing_type == "teacher_transfer", Message.thing_id == transfer.id)
    told = session.scalars(select(Message.organisation_id).where(*about)).all()
    assert told == [other.id]
    assert [item.count for item in todo(taker)] == [1]
    assert todo(giver) == []
    with pytest.raises(Forbidden):
        actions.agree(transfer, "", at=NOW, followers=(), by=giver)
    actions.agree(transfer, "欢迎", at=NOW, followers=(), by=taker)
    assert (transfer.state, teacher.organisation_id) == ("done", other.id)
    assert register.school_on(teacher.id, date(2023, 8, 31)) == old
    assert register.school_on(teacher.id, TODAY) == other.id
    assert register.school_on(teacher.id, date(2024, 1, 1)) == other.id
    assert todo(taker) == []


def test_the_receiving_school_asks_and_the_giving_one_agrees(
    teacher: Teacher, other: Organisation, giver: Viewer, taker: Viewer
) -> None:
    transfer = ask(teacher, other, taker, Side.RECEIVING)
    with pytest.raises(Forbidden):
        actions.agree(transfer, "", at=NOW, followers=(), by=taker)
    actions.agree(transfer, "", at=NOW, followers=(), by=giver)
    assert teacher.organisation_id == other.id


def test_a_bureau_above_both_needs_a_second_person(
    session: Session, province: Province, teacher: Teacher, other: Organisation
) -> None:
    one = viewer_of(province.city_officer)
    transfer = ask(teacher, other, one)
    with pytest.raises(Forbidden):
        actions.agree(transfer, "", at=NOW, followers=(), by=one)
    second = viewer_of(make_user(session, province.city, Role.BUREAU_OFFICER))
    actions.agree(transfer, "", at=NOW, followers=(), by=second)
    assert teacher.organisation_id == other.id


def test_declining_and_withdrawing_change_nothing(
    teacher: Teacher, other: Organisation, giver: Viewer, taker: Viewer
) -> None:
    old = teacher.organisation_id
    transfer = ask(teacher, other, giver)
    with pytest.raises(Refusal) as refused:
        actions.decline(transfer, " ", at=NOW, by=taker)
    assert refused.value.field == "reason"
    actions.decline(transfer, "编制已满", at=NOW, by=taker)
    assert (transfer.state, teacher.organisation_id) == ("declined", old)
    with pytest.raises(WrongState):
        actions.agree(transfer, "", at=NOW, followers=(), by=taker)
    again = ask(teacher, other, giver)
    actions.withdraw(again, "本人不愿", at=NOW, by=giver)
    assert again.state == "withdrawn"


def test_one_transfer_at_a_time_and_never_to_the_same_school(
    province: Province, teacher: Teacher, other: Organisation, giver: Viewer
) -> None:
    with pytest.raises(Refusal, match="at this school already"):
        ask(teacher, province.school, giver)
    with pytest.raises(Refusal) as refused:
        actions.ask(
            *(teacher, other, Side.GIVING),
            on_date=date(2030, 1, 1),
            reason="随迁",
            today=TODAY,
            by=giver,
        )
    assert refused.value.field == "on_date"
    ask(teacher, other, giver)
    with pytest.raises(Refusal, match="waits for an answer already"):
        ask(teacher, other, giver)


def test_taking_back_undoes_the_history_too(
    teacher: Teacher, other: Organisation, giver: Viewer, taker: Viewer
) -> None:
    old = teacher.organisation_id
    transfer = ask(teacher, other, giver)
    actions.agree(transfer, "", at=NOW, followers=(), by=taker)
    actions.take_back(transfer, "弄错了人", at=NOW, followers=(), by=giver)
    assert (transfer.state, teacher.organisation_id) == ("taken_back", old)
    assert register.schools_on([teacher.id], date(2024, 1, 1)) == {teacher.id: old}


def test_only_the_last_transfer_is_taken_back(
    session: Session,
    province: Province,
    teacher: Teacher,
    other: Organisation,
    giver: Viewer,
    taker: Viewer,
) -> None:
    first = ask(teacher, other, giver)
    actions.agree(first, "", at=NOW, followers=(), by=taker)
    back = ask(teacher, province.school, taker)
    actions.agree(back, "", at=NOW, followers=(), by=giver)
    with pytest.raises(Refusal, match="Only the last transfer"):
        actions.take_back(first, "弄错了人", at=NOW, followers=(), by=giver)


def test_a_room_that_watches_can_stop_a_move_and_is_told_of_one(
    teacher: Teacher, other: Organisation, giver: Viewer, taker: Viewer
) -> None:
    seen: list[Move] = []
    stop = [Finding(Severity.BLOCK, t("The teacher is in a class."), code="class")]
    blocks = MoveFollower("classes", lambda move: stop, lambda move, by: None)
    notes = MoveFollower("notes", lambda move: [], lambda move, by: seen.append(move))
    transfer = ask(teacher, other, giver)
    with pytest.raises(Refusal, match="in a class"):
        actions.agree(transfer, "", at=NOW, followers=(blocks,), by=taker)
    actions.agree(transfer, "", at=NOW, followers=(notes,), by=taker)
    actions.take_back(transfer, "弄错了", at=NOW, followers=(notes,), by=taker)
    assert [(move.to_id, move.undone) for move in seen] == [
        (other.id, False),
        (transfer.from_id, True),
    ]


def test_r3_a_transfer_is_seen_from_both_sides_and_by_nobody_else(
    session: Session, teacher: Teacher, other: Organisation, giver: Viewer, taker: Viewer
) -> None:
    transfer = ask(teacher, other, giver)
    stranger = make_organisation(session, Kind.SCHOOL, "戊校", other.parent)
    outside = viewer_of(make_user(session, stranger, Role.SCHOOL_ADMINISTRATOR))
    assert transfer_in_scope(giver, transfer.id) is transfer
    assert transfer_in_scope(taker, transfer.id) is transfer
    assert transfer_in_scope(outside, transfer.id) is None


def test_the_pages_ask_name_and_answer(
    client: FlaskClient, session: Session, teacher: Teacher, other: Organisation, province: Province
) -> None:
    sign_in(client, make_user(session, other, Role.SCHOOL_ADMINISTRATOR))
    facts = {"name": "曾国祥", "id_number": NUMBER, "reason": "调入"}
    facts["on_date"] = clock.today().isoformat()
    refused = post(client, "/teachers/transfers/ask", facts)
    assert refused.status_code == 422
    assert "没有姓名和身份证号均相符的在册教师" in refused.text
    answer = post(client, "/teachers/transfers/ask", facts | {"name": "曾国强"})
    assert answer.status_code == 303, answer.text
    page = client.get(answer.location)
    assert NUMBER not in page.text
    assert "/agree" not in page.text
    sign_in(client, make_user(session, province.school, Role.SCHOOL_ADMINISTRATOR))
    assert "曾国强" in client.get("/teachers/transfers").text
    assert "/agree" in client.get(answer.location).text
    assert post(client, f"{answer.location}/decline", {"reason": ""}).status_code == 422
    assert post(client, f"{answer.location}/agree", {"reason": ""}).status_code == 303
    session.refresh(teacher)
    assert teacher.organisation_id == other.id
    assert client.get(f"/teachers/{teacher.id}").status_code == 404
