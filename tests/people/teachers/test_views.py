"""The list and the person: who sees whom, masked, revealed with a reason, exported."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from provincial.office.files import queries as files
from provincial.office.files.models import StoredFile
from provincial.office.jobs.actions import Run
from provincial.office.jobs.models import Job
from provincial.office.journal.models import JournalEvent
from provincial.people.accounts.rules import Role
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.people.rosters.permissions import may_import
from provincial.people.teachers import jobs, views
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import may_list, may_reveal, may_see
from provincial.people.teachers.queries import TeacherFilter, count_teachers, teacher_in_scope
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

NUMBER, PHONE = id_number(sequence=7), "19900002316"


@pytest.fixture
def teacher(session: Session, province: Province) -> Teacher:
    return make_teacher(
        session, province.school, "曾国强", NUMBER, PHONE, title="first_grade", post="教导主任"
    )


@pytest.mark.parametrize(
    ("body", "role", "sees", "reveals", "imports"),
    [
        ("office", Role.PROVINCE_OFFICER, True, True, True),
        ("office", Role.AUDITOR, True, False, False),
        ("office", Role.SYSTEM_ADMINISTRATOR, False, False, False),
        ("city", Role.BUREAU_OFFICER, True, True, True),
        ("county", Role.BUREAU_ADMINISTRATOR, True, True, True),
        ("school", Role.SCHOOL_ADMINISTRATOR, True, True, True),
        ("school", Role.PRINCIPAL, True, True, False),
        ("school", Role.TEACHER, False, False, False),
        ("managed", Role.BUREAU_OFFICER, False, False, True),
        ("institution", Role.INSTITUTION_ADMINISTRATOR, False, False, False),
    ],
)
def test_r3_who_may_do_what_with_a_teacher(
    session: Session,
    province: Province,
    teacher: Teacher,
    body: str,
    role: Role,
    sees: bool,
    reveals: bool,
    imports: bool,
) -> None:
    viewer = viewer_of(make_user(session, getattr(province, body), role))
    assert may_see(viewer, teacher) is sees
    assert (teacher_in_scope(viewer, teacher.id) is not None) is sees
    assert count_teachers(viewer, TeacherFilter()) == int(sees)
    assert may_reveal(viewer, teacher) is reveals
    assert may_import(viewer) is imports
    assert may_list(viewer) or not sees


@pytest.mark.rule("HN-01")
def test_a_city_does_not_see_people_of_a_province_managed_county(
    session: Session, province: Province
) -> None:
    school = make_organisation(session, Kind.SCHOOL, "丙县第一小学", province.managed)
    far = make_teacher(session, school)
    assert not may_see(viewer_of(province.city_officer), far)
    assert count_teachers(viewer_of(province.city_officer), TeacherFilter()) == 0
    assert may_see(viewer_of(make_user(session, province.managed, Role.BUREAU_OFFICER)), far)


def test_r7_numbers_are_masked_until_a_reason_is_given(
    client: FlaskClient, session: Session, province: Province, teacher: Teacher
) -> None:
    sign_in(client, make_user(session, province.county, Role.BUREAU_OFFICER))
    address = f"/teachers/{teacher.id}"
    for page in (client.get("/teachers/"), client.get(address)):
        assert "410322********" in page.text
        assert "199****2316" in page.text
        assert NUMBER not in page.text
        assert PHONE not in page.text
    refused = post(client, f"{address}/reveal", {"reason": " "})
    assert refused.status_code == 422
    assert NUMBER not in refused.text
    assert not session.scalars(
        select(JournalEvent).where(JournalEvent.thing_id == teacher.id)
    ).all()
    shown = post(client, f"{address}/reveal", {"reason": "核对报名信息"})
    assert NUMBER in shown.text
    assert PHONE in shown.text
    event = session.scalars(
        select(JournalEvent).where(JournalEvent.action == "teachers.reveal")
    ).one()
    assert (event.thing_id, event.reason) == (teacher.id, "核对报名信息")
    assert NUMBER not in str(event.__dict__)
    assert "核对报名信息" in client.get(address).text


def test_the_list_is_searched_filtered_and_paged(
    client: FlaskClient, session: Session, province: Province, teacher: Teacher
) -> None:
    for _ in range(60):
        make_teacher(session, province.school, "测试教师", subject="mathematics")
    sign_in(client, make_user(session, province.county, Role.BUREAU_OFFICER))
    for query in ("q=曾国", "q=zeng", "q=zgq", "subject=chinese", "school=第一&q=zeng"):
        page = client.get(f"/teachers/?{query}").text
        assert "曾国强" in page
        assert "测试教师" not in page
    assert "曾国强" not in client.get("/teachers/?q=ceng").text
    assert "曾国强" not in client.get("/teachers/?stage=junior").text
    assert "曾国强" not in client.get("/teachers/?school=第二").text
    first = client.get("/teachers/").text
    assert "曾国强" not in first
    after = first.split("after=")[1].split('"')[0].split("&")[0]
    assert "曾国强" in client.get(f"/teachers/?after={after}").text
    assert "曾国强" in client.get(f"/teachers/?at={province.school.id}&q=zeng").text
    for odd in (
        "at=x",
        f"at={2**70}",
        "stage='",
        "q=%25",
        "q=%E2%80%AE",
        "state=x",
    ):
        assert client.get(f"/teachers/?{odd}").status_code == 200


def test_the_export_is_masked_and_noted(
    client: FlaskClient,
    session: Session,
    province: Province,
    teacher: Teacher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R7: a list that leaves carries no whole number."""
    user = make_user(session, province.county, Role.BUREAU_OFFICER)
    sign_in(client, user)
    cells = _cells(post(client, "/teachers/export?q=zeng").data)
    assert {"曾国强", "小学", "语文", "一级教师", "199****2316"} <= cells
    assert not {NUMBER, PHONE} & cells
    assert session.scalars(select(JournalEvent.action)).all().count("teachers.export") == 1
    monkeypatch.setattr(views, "EXPORT_AT_ONCE", 0)
    assert post(client, "/teachers/export").status_code == 303
    job = session.scalars(select(Job).where(Job.kind == "teachers.export")).one()
    result = jobs.export(Run(job.id, job.args, viewer_of(user), lambda: False))
    stored = session.get_one(StoredFile, result.file_id)
    assert "曾国强" in _cells(files.content(stored))


def _cells(data: bytes) -> set[str]:
    sheet = load_workbook(io.BytesIO(data)).active
    return {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value}


@pytest.mark.parametrize(
    "change",
    [
        {"state": "gone"},
        {"state": "merged"},
        {"state": "left"},
        {"sex": "3"},
        {"stage": "university"},
        {"title": "academician"},
        {"status": "lost"},
        {"id_index": b"short"},
        {"id_number": NUMBER},
        {"phone": PHONE},
        {"phone": ""},
    ],
)
def test_r6_the_database_refuses_what_cannot_be(
    session: Session, teacher: Teacher, change: dict[str, object]
) -> None:
    for key, value in change.items():
        setattr(teacher, key, value)
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_one_person_stands_once_on_the_register(
    session: Session, province: Province, teacher: Teacher
) -> None:
    other: Organisation = make_organisation(session, Kind.SCHOOL, "另一小学", province.county)
    with pytest.raises(IntegrityError):
        make_teacher(session, other, "曾国强", NUMBER)
    session.rollback()
