"""One teacher by form, fields with their source, education, leaving; many teachers at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.core.viewer import Viewer
from provincial.office.journal.models import JournalEvent
from provincial.people.accounts.rules import Role
from provincial.people.organisations.rules import Kind
from provincial.people.teachers import actions, queries
from provincial.people.teachers.models import Teacher, TeacherEvent
from provincial.people.teachers.rules import (
    Education,
    EventKind,
    Facts,
    Source,
    Step,
    TeacherRow,
)
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

TODAY = date(2023, 9, 1)
NUMBER, PHONE = id_number(sequence=21), "15400000021"
FORM = {
    "name": "买买提•阿不都热合曼",
    "id_number": NUMBER,
    "phone": PHONE,
    "stage": "preschool",
    "subject": "early_childhood",
    "title": "",
    "post": "园长",
    "since": "2012-09",
    "teaching_since": "",
    "status": "in_service",
    "ethnic_code": "05",
    "political_code": "",
    "native_place": "新疆喀什",
}


@pytest.fixture
def school(session: Session, province: Province) -> Viewer:
    return viewer_of(make_user(session, province.school, Role.SCHOOL_ADMINISTRATOR))


@pytest.fixture
def teacher(session: Session, province: Province) -> Teacher:
    sources = {"title": "import", "post": "import", "phone": "form"}
    return make_teacher(session, province.school, "曾国强", NUMBER, PHONE, sources=sources)


@pytest.mark.rule("PE-130")
@pytest.mark.rule("GP-04")
def test_a_kindergarten_head_is_registered_by_form(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, make_user(session, province.school, Role.SCHOOL_ADMINISTRATOR))
    answer = post(client, "/teachers/register", FORM)
    assert answer.status_code == 303, answer.text
    page = client.get(answer.location).text
    assert "姓名中的间隔号已统一为“·”。" in page
    made = session.scalars(select(Teacher)).one()
    assert (made.name, made.is_head, made.stage) == ("买买提·阿不都热合曼", True, "preschool")
    assert (made.since, made.ethnic_code, made.sex) == (date(2012, 9, 1), "05", "1")
    assert set(made.sources.values()) == {"form"}
    assert queries.id_number_of(made) == NUMBER
    assert NUMBER not in page
    again = post(client, "/teachers/register", FORM)
    assert again.status_code == 422
    assert "此身份证号已登记在册" in again.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("id_number", NUMBER[:-1] + "Y", "身份证号"),
        ("id_number", "110105491231002", "15 位"),
        ("phone", "0371-65900000", "11"),
        ("name", "张", "2"),
        ("since", "2050-01", "晚于今天"),
        ("since", "1998-01", "14"),
        ("native_place", "13800002316000", "长串号码"),
        ("stage", "college", "不是有效的选择"),
    ],
)
def test_what_the_form_refuses_stands_at_its_field(
    client: FlaskClient, session: Session, province: Province, field: str, value: str, words: str
) -> None:
    sign_in(client, make_user(session, province.school, Role.SCHOOL_ADMINISTRATOR))
    answer = post(client, "/teachers/register", FORM | {field: value})
    assert answer.status_code == 422
    error = answer.text.split(f'id="{field}-error')[1].split("</p>")[0]
    assert words in error
    assert not session.scalar(select(func.count()).select_from(Teacher))


def test_a_county_names_the_school(
    client: FlaskClient, session: Session, province: Province
) -> None:
    make_organisation(session, Kind.SCHOOL, "别县第一小学", province.managed)
    sign_in(client, make_user(session, province.county, Role.BUREAU_OFFICER))
    refused = post(client, "/teachers/register", FORM | {"school": "别县第一小学"})
    assert refused.status_code == 422
    assert post(client, "/teachers/register", FORM | {"school": "乙县第一小学"}).status_code == 303


@pytest.mark.rule("ZJ22-61")
@pytest.mark.rule("ZJ22-81")
def test_an_imported_field_is_read_only_and_the_form_says_why(
    client: FlaskClient, session: Session, province: Province, teacher: Teacher, school: Viewer
) -> None:
    step = Step(TODAY, school, "评上了")
    with pytest.raises(Refusal) as refused:
        actions.edit(teacher, {"title": "first_grade"}, step, version=None)
    assert (refused.value.field, refused.value.rule) == ("title", "ZJ22-61")
    user = make_user(session, province.school, Role.SCHOOL_ADMINISTRATOR)
    sign_in(client, user)
    address = f"/teachers/{teacher.id}/edit"
    page = client.get(address).text
    assert 'name="title"' not in page
    assert "只读：以下各项来自导入的名单" in page
    assert "全国教师管理信息系统" in page
    sign_in(client, province.officer)
    assert 'name="title"' in client.get(address).text
    by = viewer_of(province.officer)
    actions.edit(
        teacher, {"title": "first_grade"}, Step(TODAY, by, "核实"), version=None, imported_too=True
    )
    assert teacher.sources["title"] == "form"


def test_a_change_needs_a_reason_and_keeps_the_history(
    session: Session, teacher: Teacher, school: Viewer
) -> None:
    number = id_number("19911212", 24)
    with pytest.raises(Refusal) as refused:
        actions.edit(teacher, {"native_place": "新郑"}, Step(TODAY, school), version=None)
    assert refused.value.field == "reason"
    step = Step(TODAY, school, "身份证号录错")
    facts = {"id_number": number, "phone": "15400000022", "name": "曾国祥"}
    actions.edit(teacher, facts, step, version=teacher.version)
    assert queries.by_id_numbers([number])[number] is teacher
    assert (teacher.birth_on, teacher.sex) == (date(1991, 12, 12), "2")
    assert queries.phones_in_use(["15400000022"]) == {"15400000022": {teacher.id}}
    event = session.scalars(select(TeacherEvent)).one()
    wanted = (JournalEvent.thing_type == "teacher", JournalEvent.thing_id == teacher.id)
    noted = session.scalars(select(JournalEvent).where(*wanted)).one()
    for text in (str(event.before), str(event.after), str(noted.after)):
        assert number not in text
        assert PHONE not in text
    assert actions.edit(teacher, {"name": "曾国祥"}, step, version=None) is None
    with pytest.raises(StaleVersion):
        actions.edit(teacher, {"name": "曾强"}, step, version=1)


@pytest.mark.rule("PE-131")
def test_education_has_two_blocks(
    client: FlaskClient, session: Session, province: Province, teacher: Teacher, school: Viewer
) -> None:
    sign_in(client, make_user(session, province.school, Role.SCHOOL_ADMINISTRATOR))
    address = f"/teachers/{teacher.id}/education"
    empty = dict.fromkeys(
        (
            f"{kind}_{name}"
            for kind in ("full_time", "in_service")
            for name in ("qualification", "degree")
        ),
        "",
    )
    full = empty | {
        "full_time_qualification": "30",
        "full_time_entered_on": "2008-09",
        "full_time_graduated_on": "2011-07",
        "full_time_institution": "郑州师范学院",
        "in_service_qualification": "20",
        "in_service_degree": "4",
        "reason": "补录",
    }
    wrong = post(client, address, full | {"full_time_graduated_on": "2008-01"})
    assert wrong.status_code == 422
    assert "毕业时间早于入学时间" in wrong.text
    none = post(client, address, full | {"full_time_qualification": ""})
    assert "请选择学历" in none.text
    assert post(client, address, full).status_code == 303
    blocks = queries.educations(teacher)
    assert blocks["full_time"].entered_on == date(2008, 9, 1)
    assert (blocks["in_service"].qualification, blocks["in_service"].degree) == ("20", "4")
    page = client.get(f"/teachers/{teacher.id}").text
    assert "郑州师范学院" in page
    actions.set_education(teacher, [Education("in_service", "10")], Step(TODAY, school, "更正"))
    assert list(queries.educations(teacher)) == ["in_service"]


def test_leaving_and_coming_back(
    client: FlaskClient, session: Session, province: Province, teacher: Teacher, school: Viewer
) -> None:
    actions.leave(teacher, Step(TODAY, school, "退休", kind=EventKind.LEFT))
    assert (teacher.state, teacher.left_on) == ("left", TODAY)
    with pytest.raises(WrongState):
        actions.edit(teacher, {"name": "曾强"}, Step(TODAY, school, "x"), version=None)
    sign_in(client, make_user(session, province.school, Role.SCHOOL_ADMINISTRATOR))
    address = f"/teachers/{teacher.id}"
    assert "重新任教" in client.get(address).text
    assert post(client, f"{address}/leave", {"reason": "返聘"}).status_code == 303
    session.refresh(teacher)
    assert (teacher.state, teacher.left_on) == ("active", None)


def rows_of(school_id: int, count: int) -> list[TeacherRow]:
    made = []
    for n in range(count):
        day = date(1965, 1, 1) + timedelta(days=n * 3)
        facts = Facts(name="买买提·艾力", stage="primary", subject="chinese", post="a\tb\\c\nd")
        number = id_number(f"{day:%Y%m%d}", n % 1000)
        made.append(TeacherRow(n, number, day, "1", school_id, "校", facts, f"154{n:08d}"))
    return made


def test_many_teachers_are_registered_at_once(session: Session, province: Province) -> None:
    rows = rows_of(province.school.id, 1200)
    by = viewer_of(province.city_officer)
    ids = actions.register_many(rows, source="nomination", on=TODAY, by=by)
    assert len(set(ids)) == 1200
    known = queries.by_id_numbers([row.id_number for row in rows])
    assert [known[row.id_number].id for row in rows] == list(ids)
    last = known[rows[-1].id_number]
    assert (last.post, last.sources["name"]) == ("a\tb\\c\nd", Source.NOMINATION)
    assert queries.phone_of(last) == rows[-1].phone
    assert queries.phones_in_use([rows[7].phone or ""]) == {rows[7].phone: {ids[7]}}
    steps = session.scalars(select(TeacherEvent).where(TeacherEvent.teacher_id == ids[0])).all()
    assert [step.kind for step in steps] == [EventKind.REGISTERED]
    notes = select(func.count()).select_from(JournalEvent)
    assert session.scalar(notes.where(JournalEvent.action == "teachers.registered")) == 1200
    assert queries.schools_on(ids[:3], TODAY) == dict.fromkeys(ids[:3], province.school.id)


def test_who_is_known_refuses_all_and_leaves_nothing(session: Session, province: Province) -> None:
    rows = rows_of(province.school.id, 3)
    actions.register_many(rows[:1], source=Source.FORM, on=TODAY, by=None)
    with pytest.raises(Refusal, match="just registered"):
        actions.register_many(rows, source=Source.FORM, on=TODAY, by=None)
    assert session.scalar(select(func.count()).select_from(Teacher)) == 1
    assert actions.register_many([], source=Source.FORM, on=TODAY, by=None) == []
