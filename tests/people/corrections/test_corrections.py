"""The own record, proposed corrections and their answers, and whose account a record's is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.core.refusals import Forbidden, Refusal, WrongState
from provincial.core.viewer import Viewer
from provincial.office.messages.models import Message
from provincial.people.accounts.models import User
from provincial.people.accounts.rules import Role
from provincial.people.corrections import actions
from provincial.people.corrections.models import TeacherCorrection
from provincial.people.corrections.queries import compared, correction_in_scope, todo
from provincial.people.organisations.rules import Kind
from provincial.people.teachers import queries as register
from provincial.people.teachers.models import Teacher
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
NUMBER, PHONE = id_number(sequence=41), "15400000002"


@pytest.fixture
def person(session: Session, province: Province) -> User:
    return make_user(session, province.school, Role.TEACHER, "曾国强")


@pytest.fixture
def teacher(session: Session, province: Province, person: User) -> Teacher:
    return make_teacher(
        session, province.school, "曾国强", NUMBER, user_id=person.id, sources={"title": "import"}
    )


@pytest.fixture
def school(session: Session, province: Province) -> Viewer:
    return viewer_of(make_user(session, province.school, Role.SCHOOL_ADMINISTRATOR))


def propose(teacher: Teacher, person: User, **said: object) -> TeacherCorrection:
    return actions.propose(teacher, said, "身份证可查", today=TODAY, by=viewer_of(person))


def test_the_school_confirms_and_the_record_changes(
    session: Session, teacher: Teacher, person: User, school: Viewer
) -> None:
    correction = propose(teacher, person, phone=PHONE, native_place="河南新郑")
    assert PHONE not in str(correction.proposed)
    assert [item.count for item in todo(school)] == [1]
    assert [str(row[2]) for row in compared(correction)] == ["154****0002", "河南新郑"]
    assert actions.confirm(correction, "", at=NOW, by=school) == "confirmed"
    assert register.phone_of(teacher) == PHONE
    assert teacher.native_place == "河南新郑"
    assert teacher.sources["phone"] == "correction"
    told = session.scalars(select(Message).where(Message.user_id == person.id)).one()
    assert told.subject["source"] == "Your correction is confirmed."


@pytest.mark.rule("ZJ22-61")
def test_an_imported_field_is_forwarded_to_its_source(
    teacher: Teacher, person: User, school: Viewer
) -> None:
    correction = propose(teacher, person, title="first_grade", native_place="河南新郑")
    assert actions.confirm(correction, "", at=NOW, by=school) == "forwarded"
    assert (teacher.title, teacher.native_place) == ("", "河南新郑")


def test_declining_needs_a_reason_and_the_person_reads_it(
    session: Session, teacher: Teacher, person: User, school: Viewer
) -> None:
    correction = propose(teacher, person, native_place="河南新郑")
    with pytest.raises(Refusal) as refused:
        actions.decline(correction, "", at=NOW, by=school)
    assert refused.value.field == "reason"
    actions.decline(correction, "与户口簿不符", at=NOW, by=school)
    assert (correction.state, teacher.native_place) == ("declined", "")
    told = session.scalars(select(Message).where(Message.user_id == person.id)).one()
    assert told.subject["values"]["reason"] == "与户口簿不符"
    with pytest.raises(WrongState):
        actions.confirm(correction, "", at=NOW, by=school)


def test_only_the_person_proposes_and_never_answers(
    session: Session, province: Province, teacher: Teacher, person: User, school: Viewer
) -> None:
    with pytest.raises(Forbidden):
        actions.propose(teacher, {"native_place": "x"}, "y", today=TODAY, by=school)
    with pytest.raises(Refusal, match="Nothing differs"):
        propose(teacher, person, native_place="")
    correction = propose(teacher, person, native_place="河南新郑")
    with pytest.raises(Forbidden):
        actions.confirm(correction, "", at=NOW, by=viewer_of(person))
    with pytest.raises(Refusal, match="waits for an answer"):
        propose(teacher, person, native_place="河南开封")
    with pytest.raises(Forbidden):
        actions.withdraw(correction, at=NOW, by=school)
    actions.withdraw(correction, at=NOW, by=viewer_of(person))
    assert correction.state == "withdrawn"


def test_a_principal_with_a_record_does_not_answer_for_themself(
    session: Session, province: Province, teacher: Teacher
) -> None:
    admin = make_user(session, province.school, Role.SCHOOL_ADMINISTRATOR)
    teacher.user_id = admin.id
    correction = propose(teacher, admin, native_place="河南新郑")
    with pytest.raises(Forbidden):
        actions.confirm(correction, "", at=NOW, by=viewer_of(admin))


def test_r3_a_correction_is_seen_by_the_person_and_who_keeps_the_record(
    session: Session, province: Province, teacher: Teacher, person: User, school: Viewer
) -> None:
    correction = propose(teacher, person, native_place="河南新郑")
    other = make_organisation(session, Kind.SCHOOL, "乙县第二小学", province.county)
    for role in (Role.SCHOOL_ADMINISTRATOR, Role.TEACHER):
        outside = viewer_of(make_user(session, other, role))
        assert correction_in_scope(outside, correction.id) is None
    colleague = viewer_of(make_user(session, province.school, Role.TEACHER))
    assert correction_in_scope(colleague, correction.id) is None
    assert correction_in_scope(school, correction.id) is correction
    assert correction_in_scope(viewer_of(person), correction.id) is correction


def test_an_account_of_the_school_is_linked_and_taken_off(
    session: Session, province: Province, teacher: Teacher, person: User, school: Viewer
) -> None:
    second = make_teacher(session, province.school, "单晓明")
    free = make_user(session, province.school, Role.TEACHER, "单晓明")
    other = make_organisation(session, Kind.SCHOOL, "乙县第二小学", province.county)
    strangers = [person, make_user(session, other, Role.TEACHER)]
    for user in strangers:
        with pytest.raises(Refusal) as refused:
            actions.link_account(second, user.id, "入职", on=TODAY, by=school)
        assert refused.value.field == "user_id"
    actions.link_account(second, free.id, "入职", on=TODAY, by=school)
    assert register.of_user(free.id) is second
    actions.link_account(second, None, "离职", on=TODAY, by=school)
    assert register.of_user(free.id) is None


def test_the_pages_of_the_teacher_and_the_school(
    client: FlaskClient, session: Session, province: Province, teacher: Teacher, person: User
) -> None:
    sign_in(client, person)
    page = client.get("/teachers/mine")
    assert "曾国强" in page.text
    assert NUMBER not in page.text
    form = {"name": "曾国强", "stage": "primary", "subject": "chinese", "status": "in_service"}
    form |= dict.fromkeys(("title", "ethnic_code", "political_code"), "")
    wrong = post(client, "/teachers/mine/correct", form | {"phone": "123", "reason": "换号"})
    assert wrong.status_code == 422
    assert "11" in wrong.text
    sent = post(client, "/teachers/mine/correct", form | {"phone": PHONE, "reason": "换号"})
    assert sent.status_code == 303, sent.text
    correction = session.scalars(select(TeacherCorrection)).one()
    address = f"/teachers/corrections/{correction.id}"
    assert "/withdraw" in client.get(address).text
    assert client.get(f"/teachers/{teacher.id}").status_code == 404
    assert post(client, f"{address}/confirm").status_code == 403
    sign_in(client, make_user(session, province.school, Role.SCHOOL_ADMINISTRATOR))
    assert "曾国强" in client.get("/teachers/corrections?state=proposed").text
    shown = client.get(address).text
    assert PHONE not in shown
    assert post(client, f"{address}/confirm").status_code == 303
    session.refresh(correction)
    assert correction.state == "confirmed"


def test_a_teacher_without_a_record_is_told_what_to_do(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, make_user(session, province.school, Role.TEACHER))
    assert "尚未关联" in client.get("/teachers/mine").text
    assert client.get("/teachers/mine/correct").status_code == 303
