"""Yearly figures: typed in, from a spreadsheet, sorted, undone."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.core.refusals import Refusal, StaleVersion
from provincial.office.imports.models import ImportRun
from provincial.people.figures import actions, queries
from provincial.people.figures.importer import check
from provincial.people.figures.rules import Figures, checked, flags_of, grade_of, rate_of
from provincial.people.organisations import actions as bodies
from provincial.people.organisations.models import Organisation, YearlyFigure
from provincial.people.organisations.queries import figures as figures_of
from provincial.people.organisations.rules import Kind
from tests.forms import post
from tests.people.factories import make_user, sign_in, viewer_of

DAY = date(2023, 9, 1)
HEADS = ["单位", "教师数", "骨干教师数", "乡村教师数", "县域标记", "报到率", "得分", "等次"]
ROWS = [
    ["开封市教育局", "12,000", 300, "４000", "", "98.5%", 92.5, "优秀"],
    ["兰 考 县", 3000, 80, 2000, "国家级贫困、集中连片特困", 0.91, "", "良好"],
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
def tree(session: Session) -> dict[str, Organisation]:
    root = bodies.found_province("410000", on=DAY)
    kai = bodies.register(Kind.PREFECTURE_CITY, "410200", "开封市", root, on=DAY, by=None)
    kind = Kind.PROVINCE_MANAGED_COUNTY
    lankao = bodies.register(kind, "410225", "兰考县", kai, root, on=DAY, by=None)
    session.commit()
    return {"root": root, "kai": kai, "lankao": lankao}


@pytest.mark.rule("HN-35")
def test_figures_come_in_by_spreadsheet_and_go_back(
    client: FlaskClient, session: Session, tree: dict[str, Organisation]
) -> None:
    sign_in(client, make_user(session, tree["root"]))
    answer = post(
        client, "/figures/import", {"year": "2023", "file": (io.BytesIO(book(ROWS)), "数据.xlsx")}
    )
    assert answer.status_code == 303
    run = session.scalars(select(ImportRun)).one()
    assert run.counts["new"] == 2
    assert session.scalars(select(YearlyFigure)).all() == []
    assert client.get(f"/figures/import/{run.id}").status_code == 200
    done = post(client, f"/figures/import/{run.id}/confirm", {"version": str(run.version)})
    assert done.status_code == 303
    kept = figures_of(2023, [tree["kai"].id, tree["lankao"].id])
    kai, lankao = kept[tree["kai"].id], kept[tree["lankao"].id]
    assert (kai.teachers, kai.rural_teachers, kai.grade) == (12000, 4000, "excellent")
    assert kai.check_in_rate == Decimal("0.985")
    assert lankao.flags == ["contiguous_poor", "national_poverty"]
    assert lankao.source == "import"
    undone = post(client, f"/figures/import/{run.id}/undo", {"reason": "年份错了"})
    assert undone.status_code == 303
    assert figures_of(2023, [tree["kai"].id]) == {}


@pytest.mark.rule("GP-05")
def test_flags_and_grades_are_read_by_their_words() -> None:
    assert flags_of("深度贫困县，国家级贫困县") == ("national_poverty", "deep_poverty")
    assert flags_of("无") == ()
    assert grade_of("良好") == "good"
    with pytest.raises(Refusal):
        flags_of("百强县")
    assert rate_of("98.5％") == rate_of(98.5) == rate_of(0.985) == Decimal("0.9850")
    for wrong in ("-1", "101", "nan", "1e999", "九成"):
        with pytest.raises(Refusal):
            rate_of(wrong)


def test_a_part_is_never_more_than_the_whole() -> None:
    with pytest.raises(Refusal):
        checked(Figures(teachers=10, rural_teachers=11))


def test_a_wrong_row_is_named_and_nothing_is_saved(
    session: Session, tree: dict[str, Organisation]
) -> None:
    viewer = viewer_of(make_user(session, tree["root"]))
    wrong = [["开封", 1, 0, 0, "", "", "", ""], ["开封市", 1, 5, 0, "", "", "", ""]]
    found = check(book([*wrong, ["不知市", 1, 1, 1, "", "", "", ""]]), "a.xlsx", 2023, viewer)
    assert {finding.code for finding in found.findings} >= {"unknown-body"}
    assert len([f for f in found.findings if f.severity == "block"]) >= 2


def test_the_table_is_sorted_exported_and_edited(
    client: FlaskClient, session: Session, tree: dict[str, Organisation]
) -> None:
    officer = make_user(session, tree["root"])
    by = viewer_of(officer)
    actions.put(tree["kai"], 2023, Figures(teachers=10), by=by)
    actions.put(tree["lankao"], 2023, Figures(teachers=20), by=by)
    session.commit()
    sign_in(client, officer)
    up = client.get("/figures/?year=2023&sort=teachers").text
    down = client.get("/figures/?year=2023&sort=-teachers").text
    assert up.index(">开封市</a>") < up.index(">兰考县</a>")
    assert down.index(">兰考县</a>") < down.index(">开封市</a>")
    rows = list(
        load_workbook(
            io.BytesIO(post(client, "/figures/workbook?year=2023").data)
        ).active.iter_rows(values_only=True)
    )
    assert ("410200", "开封市", 10) in [row[:3] for row in rows]
    address = f"/figures/{tree['kai'].id}/2023"
    assert client.get(address).status_code == 200
    saved = post(client, address, {"version": "1", "teachers": "15", "check_in_rate": "98.5"})
    assert saved.status_code == 303
    row = queries.of_body(tree["kai"], 2023)
    assert row is not None
    session.refresh(row)
    assert (row.teachers, row.check_in_rate, row.source) == (15, Decimal("0.985"), "edited")
    stale = post(client, address, {"version": "1", "teachers": "16"})
    assert stale.status_code == 409
    assert "16" in stale.text
    with pytest.raises(StaleVersion):
        actions.put(tree["kai"], 2023, Figures(teachers=3), by=by, version=0)


def test_a_city_reads_but_does_not_write(
    client: FlaskClient, session: Session, tree: dict[str, Organisation]
) -> None:
    sign_in(client, make_user(session, tree["kai"], "bureau_officer"))
    assert client.get("/figures/").status_code == 200
    assert client.get("/figures/import").status_code == 403
    assert client.get(f"/figures/{tree['kai'].id}/2023").status_code == 403
    assert client.get(f"/figures/{tree['root'].id}/2023").status_code == 404
