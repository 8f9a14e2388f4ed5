"""The integrity file: append-only, opened as a noted act, one's own record."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from provincial.core.refusals import Refusal
from provincial.office.journal.models import JournalEvent
from provincial.people.accounts.rules import Role
from provincial.planning.integrity.actions import correct, enter, note_result
from provincial.planning.integrity.models import IntegrityRecord
from provincial.planning.integrity.permissions import may_propose, may_see_teacher
from provincial.planning.integrity.queries import records_of
from tests.forms import post
from tests.people.factories import id_number, make_teacher, make_user, sign_in, viewer_of
from tests.planning.bans.facts import a_teacher, in_force
from tests.planning.office import Office

DAY = date(2023, 12, 30)


@pytest.mark.rule("HN-45")
def test_every_result_is_a_line_that_never_changes(office: Office, session: Session) -> None:
    plan = office.issued()
    teacher, _ = a_teacher(office)
    line = note_result(teacher, "completed", on_date=DAY, by=None, plan=plan, source="国培班")
    assert line is not None
    for change in ("note = 'x'", "kind = 'no_show'"):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(f"update integrity_record set {change}"))
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text("delete from integrity_record"))
    further = correct(line, "日期应为12月31日", by=office.maker, today=DAY)
    assert (further.corrects_id, further.kind) == (line.id, "correction")
    assert [one.id for one in records_of(teacher)] == [further.id, line.id]


@pytest.mark.rule("PE-92")
@pytest.mark.rule("HN-45")
def test_forgery_and_circulars_are_entered_with_their_paper(office: Office) -> None:
    teacher, _ = a_teacher(office)
    values = {
        "on_date": DAY,
        "note": "篡改学时",
        "evidence": None,
        "by": office.bureau,
        "today": DAY,
    }
    line = enter(teacher, "forgery", source="通报〔2023〕3号", **values)  # type: ignore[arg-type]
    assert (line.kind, line.source, line.decided_by_name) == ("forgery", "通报〔2023〕3号", "市局")
    for kind, source, day in (
        ("completed", "x", DAY),
        ("circular", "  ", DAY),
        ("circular", "x", date(2024, 1, 1)),
        ("circular", "x", date(1990, 1, 1)),
    ):
        with pytest.raises(Refusal):
            enter(teacher, kind, source=source, **{**values, "on_date": day})  # type: ignore[arg-type]


def test_lines_of_a_merged_record_are_read_with_the_one_that_stays(office: Office) -> None:
    stays, _ = a_teacher(office)
    goes = make_teacher(office.session, office.school, "王小明", id_number(sequence=31))
    line = note_result(goes, "completed", on_date=DAY, by=None)
    goes.state, goes.merged_into_id = "merged", stays.id
    office.session.commit()
    assert [one.id for one in records_of(stays)] == [line.id if line else 0]


@pytest.mark.rule("HN-45")
def test_each_look_into_a_file_is_noted(client: FlaskClient, office: Office) -> None:
    office.issued()
    teacher, _ = a_teacher(office)
    in_force(office, teacher)
    sign_in(client, make_user(office.session, office.school, Role.PRINCIPAL))
    address = f"/integrity/teachers/{teacher.id}"
    closed = client.get(address).text
    assert "小学语文骨干教师培训" not in closed
    looks = select(JournalEvent).where(JournalEvent.action == "integrity.look")
    assert office.session.scalars(looks).all() == []
    opened = post(client, address)
    assert "小学语文骨干教师培训" in opened.text
    event = office.session.scalars(looks).one()
    assert (event.thing_type, event.thing_id) == ("integrity_file", teacher.id)
    assert event.thing_label == office.school.name
    assert "查阅诚信档案" not in client.get("/").text


def test_a_teacher_sees_the_own_record_only(client: FlaskClient, office: Office) -> None:
    office.issued()
    teacher, user = a_teacher(office)
    other = make_teacher(office.session, office.school, "李大力", id_number(sequence=41))
    mine, theirs = in_force(office, teacher), in_force(office, other)
    sign_in(client, user)
    page = client.get("/integrity/mine").text
    assert "限制参训中" in page
    assert f"/objections/bans/{mine.id}" in page
    assert "李大力" not in page
    assert client.get(f"/bans/{mine.id}").status_code == 200
    for address in (
        f"/bans/{theirs.id}",
        f"/objections/bans/{theirs.id}",
        f"/integrity/teachers/{other.id}",
    ):
        assert client.get(address).status_code == 404
    stranger = make_user(office.session, office.school, Role.TEACHER)
    sign_in(client, stranger)
    assert "尚未关联" in client.get("/integrity/mine").text


@pytest.mark.parametrize(
    ("body", "role", "opens", "enters"),
    [
        ("province", Role.PROVINCE_OFFICER, True, True),
        ("province", Role.AUDITOR, True, False),
        ("province", Role.SYSTEM_ADMINISTRATOR, False, False),
        ("city", Role.BUREAU_OFFICER, True, True),
        ("other_city", Role.BUREAU_OFFICER, False, False),
        ("school", Role.SCHOOL_ADMINISTRATOR, True, False),
        ("school", Role.PRINCIPAL, True, False),
        ("school", Role.TEACHER, False, False),
        ("institution", Role.INSTITUTION_ADMINISTRATOR, False, False),
    ],
)
def test_r3_who_opens_a_file(
    office: Office, body: str, role: Role, opens: bool, enters: bool
) -> None:
    teacher, _ = a_teacher(office)
    who = viewer_of(make_user(office.session, getattr(office, body), role))
    assert (may_see_teacher(who, teacher), may_propose(who, teacher)) == (opens, enters)
    assert not may_propose(
        viewer_of(make_user(office.session, office.city, Role.BUREAU_OFFICER), support_user_id=3),
        teacher,
    )
    assert office.session.scalars(select(IntegrityRecord)).all() == []
