"""Schools from spreadsheets: checked, confirmed, undone; hostile and wrong files are told why."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.office.jobs.actions import Run
from provincial.office.jobs.models import Job
from provincial.people.organisations import actions, queries
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.people.schools import jobs
from provincial.people.schools.importer import check
from tests.forms import post
from tests.people.factories import make_user, sign_in, viewer_of

DAY = date(2023, 9, 1)
HEADS = ["学校代码", "学校名称", "所属县(市、区)", "学段", "乡村学校", "民办学校"]
GOOD = [
    ["2141000001", "示例一小", "通许县", "小学", "是", "否"],
    ["2141000002", "示例九年制", "通许县教育局", "九年一贯制", "", ""],
    ["2141000003", "示例高中", "开封市", "高中", "否", "是"],
]


def book(rows: list[list[object]], heads: list[str] = HEADS) -> bytes:
    made = Workbook()
    made.active.append(heads)
    for row in rows:
        made.active.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


@pytest.fixture
def city(session: Session) -> Organisation:
    root = actions.found_province("410000", on=DAY)
    kai = actions.register(Kind.PREFECTURE_CITY, "410200", "开封市", root, on=DAY, by=None)
    actions.register(Kind.COUNTY, "410222", "通许县", kai, on=DAY, by=None)
    luo = actions.register(Kind.PREFECTURE_CITY, "410300", "洛阳市", root, on=DAY, by=None)
    actions.register(Kind.COUNTY, "410323", "新安县", luo, on=DAY, by=None)
    session.commit()
    return kai


@pytest.fixture
def officer(session: Session, city: Organisation) -> Viewer:
    return viewer_of(make_user(session, city, "bureau_officer"))


def upload(client: FlaskClient, data: bytes, name: str = "学校.xlsx") -> object:
    return post(client, "/schools/import", {"file": (io.BytesIO(data), name)})


def schools(session: Session) -> int:
    statement = select(func.count()).where(Organisation.kind == Kind.SCHOOL)
    return session.scalar(statement) or 0


def test_a_list_is_checked_confirmed_and_undone(
    client: FlaskClient, session: Session, city: Organisation
) -> None:
    sign_in(client, make_user(session, city, "bureau_officer"))
    answer = upload(client, book(GOOD))
    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert schools(session) == 0
    run = session.scalars(select(ImportRun)).one()
    assert run.counts == {"rows": 3, "new": 3, "changed": 0, "unchanged": 0, "refused": 0}
    page = client.get(f"/schools/import/{run.id}")
    assert "示例九年制" in page.text
    done = post(client, f"/schools/import/{run.id}/confirm", {"version": str(run.version)})
    assert done.status_code == 303
    made = queries.by_code("2141000002")
    assert made is not None
    assert made.stages == ["primary", "junior"]
    assert made.parent is not None
    assert made.parent.name == "通许县"
    rural = queries.by_code("2141000001")
    assert rural is not None
    assert rural.is_rural
    assert client.get(f"/schools/import/{run.id}").status_code == 200
    undone = post(client, f"/schools/import/{run.id}/undo", {"reason": "导错了文件"})
    assert undone.status_code == 303
    assert schools(session) == 0


def test_a_second_import_changes_what_differs_and_undo_puts_it_back(
    client: FlaskClient, session: Session, city: Organisation
) -> None:
    sign_in(client, make_user(session, city, "bureau_officer"))
    for rows in (GOOD, [GOOD[1], ["2141000001", "示例一小", "通许县", "小学、初中", "否", "否"]]):
        upload(client, book(rows))
        run = session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()
        assert run is not None
        post(client, f"/schools/import/{run.id}/confirm", {"version": str(run.version)})
    session.expire_all()
    assert run.counts["changed"] == run.counts["unchanged"] == 1
    school = queries.by_code("2141000001")
    assert school is not None
    assert school.stages == ["primary", "junior"]
    post(client, f"/schools/import/{run.id}/undo", {"reason": "导错了文件"})
    session.expire_all()
    assert school.stages == ["primary"]


def test_an_import_that_is_built_on_stays(
    client: FlaskClient, session: Session, city: Organisation
) -> None:
    sign_in(client, make_user(session, city, "bureau_officer"))
    upload(client, book(GOOD))
    run = session.scalars(select(ImportRun)).one()
    post(client, f"/schools/import/{run.id}/confirm", {"version": str(run.version)})
    school = queries.by_code("2141000001")
    assert school is not None
    make_user(session, school, "school_administrator")
    answer = post(client, f"/schools/import/{run.id}/undo", {"reason": "导错了文件"})
    assert answer.status_code == 422
    assert "示例一小" in answer.text
    assert schools(session) == 3


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["2141000009", "某校", "通许", "小学", "", ""], "unknown-parent"),
        (["2141000009", "某校", "新安县", "小学", "", ""], "unknown-parent"),
        (["2141000009", "某校", "通许县", "大学", "", ""], "value"),
        (["2141000009", "某校", "通许县", "小学", "也许", ""], "value"),
        ([12345678901234567890, "某校", "通许县", "小学", "", ""], "digits-lost"),
        (["410300", "某校", "通许县", "小学", "", ""], "code-taken"),
        (["2141000001", "另一校", "通许县", "小学", "", ""], "code-twice"),
        (["2141000009", "示例一小", "通许县", "小学", "", ""], "name-twice"),
        (["=1+1", "某校", "通许县", "小学", "", ""], "no-value"),
        (["2141000009", "=cmd|'/c calc'!A1", "通许县", "小学", "", ""], "no-value"),
        (["2141000009", "", "通许县", "小学", "", ""], "empty"),
    ],
)
def test_r15_a_row_that_is_wrong_is_named_with_its_cell(
    session: Session, officer: Viewer, row: list[object], code: str
) -> None:
    checked = check(book([*GOOD, row]), "学校.xlsx", officer)
    stops = [finding for finding in checked.findings if finding.severity == "block"]
    assert [finding.code for finding in stops] == [code]
    assert stops[0].cell.endswith("5")
    assert schools(session) == 0


def test_a_near_miss_of_a_county_is_offered(session: Session, officer: Viewer) -> None:
    checked = check(book([["2141000009", "某校", "通许区", "小学", "", ""]]), "a.xlsx", officer)
    assert "通许县" in str(checked.findings[0].mend)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04broken",
        b"%PDF-1.7 not a workbook",
        b"\x00" * 500,
        "学校,什么\n1,2".encode(),
    ],
)
def test_r35_a_file_that_is_no_list_is_refused_in_a_sentence(
    client: FlaskClient, session: Session, city: Organisation, data: bytes
) -> None:
    sign_in(client, make_user(session, city, "bureau_officer"))
    answer = upload(client, data, "学校.csv" if data.startswith("学".encode()) else "学校.xlsx")
    assert answer.status_code in (303, 422)  # type: ignore[attr-defined]
    assert schools(session) == 0


def test_a_long_list_is_written_by_a_job_that_may_start_again(
    client: FlaskClient, session: Session, city: Organisation
) -> None:
    """R38: killed between two chunks, it goes on where it stopped."""
    user = make_user(session, city, "bureau_officer")
    sign_in(client, user)
    rows = [[f"{3141000000 + n}", f"示例{n}小", "通许县", "小学", "是", ""] for n in range(1200)]
    upload(client, book(rows))
    run = session.scalars(select(ImportRun)).one()
    answer = post(client, f"/schools/import/{run.id}/confirm", {"version": str(run.version)})
    assert answer.status_code == 303
    job = session.scalars(select(Job)).one()
    assert job.kind == "schools.write"

    class Killed(Exception):
        """The worker is gone."""

    def after_the_first_chunk() -> bool:
        if schools(session) >= 1000:
            raise Killed
        return False

    work = Run(job.id, job.args, viewer_of(user), after_the_first_chunk)
    with pytest.raises(Killed):
        jobs.write(work)
    assert schools(session) == 1000
    jobs.write(Run(job.id, job.args, viewer_of(user), lambda: False))
    session.expire_all()
    assert schools(session) == 1200
    assert (run.state, len(run.effect["made"])) == ("confirmed", 1200)
    assert (job.done, job.total) == (1200, 1200)
