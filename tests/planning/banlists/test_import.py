"""Paper lists of bans: each row judged, good ones signed, put in force by another, undone as a whole."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select

from provincial.core.findings import Severity
from provincial.office.imports.models import ImportRun
from provincial.people.accounts.models import User
from provincial.people.teachers.models import Teacher
from provincial.planning.banlists.documents import template
from provincial.planning.banlists.importer import Checked, check
from provincial.planning.integrity.models import Ban, IntegrityRecord
from provincial.planning.integrity.queries import latest_policy
from tests.forms import post
from tests.people.factories import id_number, make_teacher, sign_in
from tests.planning.bans.facts import in_force
from tests.planning.office import Office

HEADS = ("姓名", "身份证号", "情形", "事由日期", "培训项目", "文号", "备注")
TODAY = date(2026, 6, 1)
FIRST, SECOND = id_number(sequence=51), id_number(sequence=52)


def workbook(*rows: tuple[object, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in (heads, *rows):
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def row(number: object = FIRST, name: str = "王小明", **values: object) -> tuple[object, ...]:
    told = {
        "cause": "未参训",
        "day": "2025-03-01",
        "training": "骨干培训",
        "notice": "通报〔2025〕3号",
    } | values
    return (name, number, told["cause"], told["day"], told["training"], told["notice"], "")


@pytest.fixture
def register(office: Office) -> list[Teacher]:
    office.issued()
    return [
        make_teacher(office.session, office.school, "王小明", FIRST),
        make_teacher(office.session, office.school, "李大力", SECOND),
    ]


def judged(data: bytes) -> Checked:
    policy = latest_policy()
    assert policy is not None
    return check(data, "t.xlsx", policy, TODAY)


@pytest.mark.rule("HN-46")
@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("one", "code"),
    [
        (row(id_number(sequence=99)), "unknown-teacher"),
        (row("110105194912310021"), "id-checksum"),
        (row(int(FIRST) if FIRST.isdigit() else 410322199003070512), "digits-lost"),
        (row("4103221990030"), "id-length"),
        (row(name="王大明"), "name-differs"),
        (row(cause="迟到"), "cause"),
        (row(day="去年"), "value"),
        (row(day="2027-01-01"), "event-day"),
        (row(day="1980-01-01"), "event-day"),
        (row(training=""), "empty"),
        (row(name="王\u202e小明"), "name"),
    ],
)
def test_what_is_refused_and_why(one: tuple[object, ...], code: str) -> None:
    checked = judged(workbook(one, row(SECOND, "李大力")))
    assert [r.name for r in checked.new] == ["李大力"]
    blocks = [f for f in checked.findings if f.severity is Severity.BLOCK]
    assert [f.code for f in blocks] == [code]
    assert blocks[0].cell.endswith("2")
    assert FIRST not in str([f.as_data() for f in checked.findings])
    assert checked.counts == {"rows": 2, "new": 1, "known": 0, "refused": 1}


@pytest.mark.rule("A-04")
@pytest.mark.usefixtures("register")
def test_the_end_of_each_ban_is_reckoned(office: Office) -> None:
    checked = judged(
        workbook(
            row(day=date(2024, 2, 29), cause="劝退"),
            row(SECOND, "李大力", day="2020年5月1日", cause="未结业"),
            row(),
            row(),
        )
    )
    assert [(r.cause, r.ends_on) for r in checked.rows] == [
        ("expelled", date(2027, 2, 28)),
        ("not_completed", date(2023, 5, 1)),
        ("no_show", date(2028, 3, 1)),
    ]
    codes = {f.code: f.severity for f in checked.findings}
    assert codes == {"over": Severity.WARN, "event-twice": Severity.BLOCK}
    assert office.session.scalars(select(Ban)).all() == []


def test_what_is_on_record_is_known(office: Office, register: list[Teacher]) -> None:
    in_force(office, register[0])
    checked = judged(workbook(row(day="2023-12-18"), row(day="2023-12-18", cause="被劝退")))
    assert checked.counts == {"rows": 2, "new": 1, "known": 1, "refused": 0}


@pytest.mark.usefixtures("register")
def test_files_that_are_no_such_list() -> None:
    assert judged(workbook(row(), heads=("甲", "乙", "丙", "丁", "戊", "己", "庚"))).stops
    assert judged(workbook()).stops
    assert judged(template()).stops


def upload(client: FlaskClient, data: bytes) -> str:
    answer = post(client, "/ban-lists/", {"file": (io.BytesIO(data), "往年.xlsx")})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def sit(client: FlaskClient, user: User) -> None:
    sign_in(client, user)


@pytest.mark.rule("HN-46")
@pytest.mark.usefixtures("register")
def test_r14_a_list_comes_in_force_by_two_officers(client: FlaskClient, office: Office) -> None:
    sit(client, office.maker_user)
    address = upload(client, workbook(row(), row(id_number(sequence=98))))
    page = client.get(address).text
    assert "教师名册中没有该身份证号的教师" in page
    assert FIRST not in page
    assert office.session.scalars(select(Ban)).all() == []
    assert post(client, f"{address}/confirm").status_code == 303
    ban = office.session.scalars(select(Ban)).one()
    assert (ban.state, ban.asked, ban.plan_id) == ("proposed", "sign", None)
    assert post(client, f"{address}/enforce").status_code == 422
    assert office.session.scalars(select(IntegrityRecord)).all() == []
    sit(client, office.second_user)
    assert "复核生效" in client.get(address).text
    assert post(client, f"{address}/enforce").status_code == 303
    office.session.expire_all()
    assert (ban.state, ban.confirmed_by_id) == ("in_force", office.second_user.id)
    assert [line.source for line in office.session.scalars(select(IntegrityRecord))] == ["骨干培训"]
    assert post(client, f"{address}/undo", {"reason": "误导入"}).status_code == 422
    assert post(client, f"{address}/enforce").status_code == 422
    results = post(client, f"/imports/{address.rpartition('/')[2]}/results")
    assert results.status_code == 200


@pytest.mark.usefixtures("register")
def test_a_list_is_undone_as_a_whole_before_it_is_in_force(
    client: FlaskClient, office: Office
) -> None:
    sit(client, office.maker_user)
    address = upload(client, workbook(row(), row(SECOND, "李大力")))
    post(client, f"{address}/confirm")
    assert len(office.session.scalars(select(Ban)).all()) == 2
    assert post(client, f"{address}/undo", {"reason": ""}).status_code == 422
    assert post(client, f"{address}/undo", {"reason": "名单有误"}).status_code == 303
    office.session.expire_all()
    assert office.session.scalars(select(Ban)).all() == []
    assert office.session.scalars(select(ImportRun.state)).all() == ["undone"]


def test_odd_files_never_break_the_page(client: FlaskClient, office: Office) -> None:
    """R15: bad input gives a sentence, not a fault; without a plan there is nothing to reckon by."""
    sit(client, office.maker_user)
    for data in (b"", b"PK\x03\x04 no zip", b"\x00" * 50, workbook(row())):
        answer = post(client, "/ban-lists/", {"file": (io.BytesIO(data), "x.xlsx")})
        assert answer.status_code == 422
    assert post(client, "/ban-lists/").status_code == 422
