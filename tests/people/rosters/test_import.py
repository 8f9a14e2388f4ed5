"""Teachers from spreadsheets: checked, confirmed, undone; hostile rows go back with their reason."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.office.jobs.actions import Run
from provincial.office.jobs.models import Job
from provincial.people.organisations.rules import Kind
from provincial.people.rosters import actions, jobs
from provincial.people.rosters.importer import Checked, check
from provincial.people.teachers import queries
from provincial.people.teachers.models import Teacher, TeacherEvent
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
HEADS = ["姓名", "性别", "身份证号", "手机号", "所在县区", "学校", "学段", "学科"]
HEADS += ["职称", "职务", "参加工作时间"]
ONE, TWO, THREE = (id_number(sequence=n) for n in (1, 2, 3))
GOOD: list[list[object]] = [
    [
        "单晓明",
        "男",
        ONE,
        "12000000001",
        "",
        "乙县第一小学",
        "小学",
        "语文",
        "一级教师",
        "校长",
        "2012-09",
    ],
    ["阿卜杜拉·买买提", "女", TWO, "", "甲市乙县", "第一小学", "小学", "数学", "", "", ""],
]
GOOD[0][3] = "19900000001"
NOT_FOR_ANYBODY = "13900000002"


def book(rows: list[list[object]], heads: list[str] = HEADS) -> bytes:
    made = Workbook()
    made.active.title = "名单"
    made.active.append(heads)
    for row in rows:
        made.active.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


@pytest.fixture
def officer(session: Session, province: Province) -> Viewer:
    return viewer_of(make_user(session, province.county, "bureau_officer"))


def upload(client: FlaskClient, data: bytes, name: str = "教师.xlsx") -> ImportRun:
    answer = post(client, "/teachers/import", {"file": (io.BytesIO(data), name)})
    assert answer.status_code == 303, answer.text
    run = queries.db.session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()
    assert run is not None
    return run


def confirm(client: FlaskClient, run: ImportRun) -> int:
    data = {"version": str(run.version)}
    return post(client, f"/teachers/import/{run.id}/confirm", data).status_code


def teachers(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Teacher)) or 0


def codes(checked: Checked, severity: str = "block") -> list[str]:
    return [f.code for f in checked.findings if f.severity == severity]


def test_a_list_is_checked_confirmed_and_undone(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, make_user(session, province.county, "bureau_officer"))
    run = upload(client, book(GOOD))
    assert teachers(session) == 0
    assert run.counts == {"rows": 2, "new": 2, "changed": 0, "unchanged": 0, "refused": 0}
    page = client.get(f"/teachers/import/{run.id}")
    assert "阿卜杜拉·买买提" in page.text
    assert "410322********" in page.text
    assert confirm(client, run) == 303
    made = queries.by_id_numbers([ONE, TWO])
    first = made[ONE]
    assert (first.name, first.search_key) == ("单晓明", "shanxiaoming sxm")
    assert (first.title, first.is_head, first.since) == ("first_grade", True, date(2012, 9, 1))
    assert (first.sex, first.birth_on) == ("1", date(1990, 3, 7))
    assert queries.phone_of(first) == "19900000001"
    assert first.sources["title"] == "import"
    assert made[TWO].organisation_id == province.school.id
    assert client.get(f"/teachers/import/{run.id}").status_code == 200
    undone = post(client, f"/teachers/import/{run.id}/undo", {"reason": "导错了文件"})
    assert undone.status_code == 303
    assert teachers(session) == 0
    assert session.scalar(select(func.count()).select_from(TeacherEvent)) == 0


def test_r6_nothing_plain_is_written_down(
    client: FlaskClient, session: Session, province: Province, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client, make_user(session, province.county, "bureau_officer"))
    shifted: list[object] = ["李四", THREE, NOT_FOR_ANYBODY, ONE, ONE, TWO, THREE]
    rows = [*GOOD, shifted, ["王五", "男", THREE[:-1] + "?", *GOOD[0][3:]]]
    run = upload(client, book(rows, HEADS[:7] + HEADS[7:]))
    assert confirm(client, run) == 303
    changed = [*GOOD[0]]
    changed[3] = NOT_FOR_ANYBODY
    confirm(client, upload(client, book([changed])))
    session.flush()
    tables = session.scalars(
        text("select table_name from information_schema.tables where table_schema = 'public'")
    ).all()
    secret = [ONE, TWO, THREE, THREE[:-1], "19900000001", NOT_FOR_ANYBODY]
    for table in tables:
        dump = str(session.scalars(text(f'select t::text from "{table}" t')).all())
        assert not [word for word in secret if word in dump], table
    assert not [word for word in secret if word in caplog.text]


def test_good_rows_are_kept_and_bad_ones_go_back(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, make_user(session, province.county, "bureau_officer"))
    bad = ["王五", "女", THREE, "1", "", "乙县第一小学", "小学", "天文", "", "", ""]
    run = upload(client, book([GOOD[0], bad, GOOD[1]]))
    assert run.counts["refused"] == 1
    assert "须改正" not in client.get(f"/teachers/import/{run.id}").text
    back = load_workbook(io.BytesIO(post(client, f"/imports/{run.id}/results").data)).active
    told = [str(cell.value) for cell in back[3]]
    assert any("须改正" in cell for cell in told)
    assert any("天文" in cell and "语文" in cell for cell in told)
    assert confirm(client, run) == 303
    session.expire_all()
    assert (teachers(session), run.state) == (2, "confirmed")
    assert run.effect == {"made": 2, "changed": 0}


ROW = ["王五", "男", THREE, "", "", "乙县第一小学", "小学", "语文", "", "", ""]


def changed(column: str, value: object) -> list[object]:
    row: list[object] = [*ROW]
    row[HEADS.index(column)] = value
    return row


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (changed("姓名", ""), "empty"),
        (changed("姓名", "王\u202e五"), "name"),
        (changed("姓名", "=1+1"), "no-value"),
        (changed("姓名", 12), "name"),
        (changed("身份证号", ""), "empty"),
        (changed("身份证号", 410322199003070032), "digits-lost"),
        (changed("身份证号", 4.1e17), "digits-lost"),
        (changed("身份证号", True), "value"),
        (changed("身份证号", date(1990, 3, 7)), "value"),
        (changed("身份证号", "410322900307003"), "id-length"),
        (changed("身份证号", THREE[:-1] + ("1" if THREE[-1] != "1" else "2")), "id-checksum"),
        (changed("身份证号", ONE), "id-twice"),
        (changed("身份证号", id_number("18800101")), "id-birth"),
        (changed("身份证号", id_number("20990101")), "id-birth"),
        (changed("性别", "女"), "sex-differs"),
        (changed("性别", "不详"), "unknown-word"),
        (changed("手机号", "123"), "phone"),
        (changed("手机号", 1.38e10 + 0.5), "digits-lost"),
        (changed("学校", "不存在的学校"), "unknown-school"),
        (changed("学校", ""), "empty"),
        (changed("学校", "丁县第一小学"), "unknown-school"),
        (changed("所在县区", "丁县"), "unknown-county"),
        (changed("学段", "大学"), "unknown-word"),
        (changed("学段", THREE), "number-here"),
        (changed("学科", "13800002316"), "number-here"),
        (changed("职称", "院士"), "unknown-word"),
        (changed("职务", "主" * 41), "value"),
        (changed("参加工作时间", 1998.1), "month-figure"),
        (changed("参加工作时间", "很久以前"), "value"),
        (changed("参加工作时间", "13800002316"), "value"),
        (changed("参加工作时间", "2031-01"), "since-future"),
        (changed("参加工作时间", "1999-09"), "since-early"),
    ],
)
def test_r15_a_row_that_is_wrong_is_named_with_its_cell(
    session: Session, province: Province, officer: Viewer, row: list[object], code: str
) -> None:
    other = make_organisation(session, Kind.COUNTY, "甲市丁县", province.city)
    make_organisation(session, Kind.SCHOOL, "丁县第一小学", other)
    checked = check(book([*GOOD, row]), "教师.xlsx", officer, TODAY)
    assert codes(checked) == [code]
    stop = next(f for f in checked.findings if f.severity == "block")
    assert stop.cell.endswith("4")
    assert [r.facts.name for r in checked.rows] == ["单晓明", "阿卜杜拉·买买提"]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2012-09", date(2012, 9, 1)),
        ("2012.9", date(2012, 9, 1)),
        ("2012年9月", date(2012, 9, 1)),
        ("201209", date(2012, 9, 1)),
        (201209, date(2012, 9, 1)),
        ("2012-09-03", date(2012, 9, 3)),
        (20120903, date(2012, 9, 3)),
        (date(2012, 9, 3), date(2012, 9, 3)),
    ],
)
def test_a_month_reads_as_its_first_day(
    session: Session, officer: Viewer, value: object, day: date
) -> None:
    checked = check(book([changed("参加工作时间", value)]), "教师.xlsx", officer, TODAY)
    assert [row.facts.since for row in checked.rows] == [day]


def test_what_is_asked_about_does_not_stop(session: Session, officer: Viewer) -> None:
    young = changed("身份证号", id_number("20080101"))
    wide = changed("身份证号", "".join(chr(ord(c) + 0xFEE0) for c in TWO))
    wide[1], wide[3] = "女", "19900000001"
    checked = check(book([GOOD[0], young, wide]), "教师.xlsx", officer, TODAY)
    assert len(checked.rows) == 3
    assert codes(checked, "warn") == ["age", "phone-shared"]
    assert codes(checked, "pass") == ["id-tidied"]


def test_a_near_miss_of_a_school_is_offered(session: Session, officer: Viewer) -> None:
    checked = check(book([changed("学校", "乙县第二小学")]), "教师.xlsx", officer, TODAY)
    assert "乙县第一小学" in str(checked.findings[0].mend)


def test_schools_of_one_name_need_their_county(session: Session, province: Province) -> None:
    other = make_organisation(session, Kind.COUNTY, "丁县", province.city)
    for county in (province.county, other):
        make_organisation(session, Kind.SCHOOL, "实验小学", county)
    city = viewer_of(province.city_officer)
    row = changed("学校", "实验小学")
    assert codes(check(book([row]), "a.xlsx", city, TODAY)) == ["ambiguous-school"]
    row[HEADS.index("所在县区")] = "丁县"
    checked = check(book([row]), "a.xlsx", city, TODAY)
    assert [one.verdict for one in checked.rows] == ["new"]


@pytest.mark.rule("HN-01")
def test_a_city_brings_nobody_into_a_province_managed_county(
    session: Session, province: Province
) -> None:
    make_organisation(session, Kind.SCHOOL, "丙县第一小学", province.managed)
    row = changed("学校", "丙县第一小学")
    city, office = viewer_of(province.city_officer), viewer_of(province.officer)
    assert codes(check(book([row]), "a.xlsx", city, TODAY)) == ["unknown-school"]
    assert codes(check(book([row]), "a.xlsx", office, TODAY)) == []


def test_a_school_leaves_its_own_name_out(session: Session, province: Province) -> None:
    own = viewer_of(make_user(session, province.school, "school_administrator"))
    checked = check(book([changed("学校", "")]), "a.xlsx", own, TODAY)
    assert [row.school for row in checked.rows] == ["乙县第一小学"]


def test_who_is_known_is_changed_and_never_moved(
    session: Session, province: Province, officer: Viewer
) -> None:
    make_teacher(session, province.school, "王五", THREE)
    second = make_organisation(session, Kind.SCHOOL, "乙县第二小学", province.county)
    far = make_organisation(session, Kind.SCHOOL, "远小学", province.managed)
    make_teacher(session, second, "赵六", ONE)
    make_teacher(session, far, "钱七", TWO)
    same, named = [*ROW], changed("姓名", "王武")
    near, away = changed("身份证号", ONE), changed("身份证号", TWO)
    near[0], away[0], away[1] = "赵六", "钱七", "女"
    verdicts = check(book([same]), "a.xlsx", officer, TODAY).rows
    assert [row.verdict for row in verdicts] == ["unchanged"]
    assert codes(check(book([named]), "a.xlsx", officer, TODAY)) == ["name-differs"]
    known = check(book([near]), "a.xlsx", officer, TODAY).findings
    assert "乙县第二小学" in str(known[0].message)
    unknown = check(book([away]), "a.xlsx", officer, TODAY).findings
    assert unknown[0].code == "other-school"
    assert "远小学" not in str(unknown[0].as_data())


def test_a_second_import_changes_what_differs_and_undo_puts_it_back(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, make_user(session, province.county, "bureau_officer"))
    first = upload(client, book(GOOD))
    confirm(client, first)
    new = [*GOOD[0]]
    new[3], new[8], new[10] = NOT_FOR_ANYBODY, "高级教师", "2011-09"
    run = upload(client, book([new, GOOD[1]]))
    assert (run.counts["changed"], run.counts["unchanged"]) == (1, 1)
    assert confirm(client, run) == 303
    session.expire_all()
    teacher = queries.by_id_numbers([ONE])[ONE]
    assert (teacher.title, teacher.since) == ("senior_associate", date(2011, 9, 1))
    assert queries.phone_of(teacher) == NOT_FOR_ANYBODY
    blocked = post(client, f"/teachers/import/{first.id}/undo", {"reason": "导错了"})
    assert blocked.status_code == 422
    assert "单晓明" in blocked.text
    back = post(client, f"/teachers/import/{run.id}/undo", {"reason": "导错了"})
    assert back.status_code == 303
    session.expire_all()
    assert (teacher.title, teacher.since) == ("first_grade", date(2012, 9, 1))
    assert queries.phone_of(teacher) == "19900000001"
    assert queries.phones_in_use(["19900000001"]) == {"19900000001": {teacher.id}}


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04broken", b"%PDF-1.7 x", b"\x00" * 500, "姓名,什么\n张三,2".encode()]
)
def test_r35_a_file_that_is_no_list_is_refused_in_a_sentence(
    client: FlaskClient, session: Session, province: Province, data: bytes
) -> None:
    sign_in(client, make_user(session, province.county, "bureau_officer"))
    name = "教师.csv" if data.startswith("姓".encode()) else "教师.xlsx"
    answer = post(client, "/teachers/import", {"file": (io.BytesIO(data), name)})
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        run = session.scalars(select(ImportRun)).one()
        assert client.get(answer.headers["Location"]).status_code == 200
        assert confirm(client, run) == 422
    assert teachers(session) == 0


def test_a_long_list_is_written_by_a_job_that_may_start_again(
    client: FlaskClient, session: Session, province: Province
) -> None:
    """R38: killed between two chunks, it goes on where it stopped; then undone as a whole."""
    user = make_user(session, province.county, "bureau_officer")
    sign_in(client, user)
    numbers = [id_number(f"19{60 + n // 900}0307", n % 900) for n in range(1200)]
    rows: list[list[object]] = [
        ["测试教师", "", number, "", "", "乙县第一小学", "小学", "语文", "", "", ""]
        for number in numbers
    ]
    run = upload(client, book(rows))
    assert confirm(client, run) == 303
    job = session.scalars(select(Job)).one()
    assert (job.kind, teachers(session)) == ("teachers.write", 0)

    class Killed(Exception):
        """The worker is gone."""

    def after_the_first_chunk() -> bool:
        if teachers(session) >= 500:
            raise Killed
        return False

    work = Run(job.id, job.args, viewer_of(user), after_the_first_chunk)
    with pytest.raises(Killed):
        jobs.write(work)
    assert teachers(session) == 500
    jobs.write(Run(job.id, job.args, viewer_of(user), lambda: False))
    session.expire_all()
    assert teachers(session) == 1200
    assert (run.state, run.effect) == ("confirmed", {"made": 1200, "changed": 0})
    assert (job.done, job.total) == (1200, 1200)
    actions.undo(run, "导错了文件", on=TODAY, by=viewer_of(user))
    assert teachers(session) == 0
