"""The pages of bans without script: propose, object, sign, confirm, list, export."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from provincial.core import clock
from provincial.office.files import queries as files
from provincial.office.files.models import StoredFile
from provincial.office.jobs.actions import Run
from provincial.office.jobs.models import Job
from provincial.people.accounts.rules import Role
from provincial.planning.bans.actions import propose, take_step
from provincial.planning.integrity.models import Ban, BanObjection
from provincial.schedule import JOBS
from tests.forms import post
from tests.people.factories import id_number, make_user, sign_in
from tests.planning.bans.facts import EVENT, NOW, PDF, a_teacher, in_force, proposed
from tests.planning.office import Office


@pytest.fixture
def plan(office: Office) -> None:
    office.issued()


pytestmark = pytest.mark.usefixtures("plan")
FACTS = {
    "cause": "no_show",
    "event_on": "2023-12-18",
    "training_name": "小学语文骨干",
    "reason": "开班当日未报到",
}


@pytest.mark.rule("HN-46")
def test_r14_the_whole_way_through_pages(client: FlaskClient, office: Office) -> None:
    teacher, user = a_teacher(office, number=id_number(sequence=61))
    sign_in(client, office.maker_user)
    found = post(client, "/bans/find", {"who": id_number(sequence=61)})
    assert teacher.name in found.text
    form = {**FACTS, "plan": "1", "file": (io.BytesIO(PDF), "考勤.pdf")}
    page = client.get(f"/bans/teachers/{teacher.id}/propose").text
    form["plan"] = page.split('<option value="')[1].split('"')[0]
    made = post(client, f"/bans/teachers/{teacher.id}/propose", form)
    assert made.status_code == 303, made.text
    address = made.headers["Location"]
    ban = office.session.scalars(select(Ban)).one()
    assert client.get(f"{address}/evidence").data == PDF
    assert "教师仍在异议期内" in post(client, f"{address}/steps/sign").text
    sign_in(client, user)
    lodge = f"/objections/bans/{ban.id}"
    sent = {"kind": "objection", "text": "当日住院", "files": (io.BytesIO(PDF), "证明.pdf")}
    assert post(client, lodge, {"kind": "objection"}).status_code == 422
    assert post(client, lodge, sent).status_code == 303
    objection = office.session.scalars(select(BanObjection)).one()
    proof = f"/objections/{objection.id}/evidence/{objection.evidence_file_ids[0]}"
    assert client.get(proof).data == PDF
    sign_in(client, make_user(office.session, office.school, Role.PRINCIPAL))
    seen = client.get(address).text
    assert "当日住院" not in seen
    assert client.get(proof).status_code == 403
    ban.objection_closes_at = clock.now() - timedelta(days=1)
    objection.at = ban.objection_closes_at - timedelta(days=1)
    office.session.commit()
    sign_in(client, office.maker_user)
    assert "请先处理" in post(client, f"{address}/steps/sign").text
    decide = f"/objections/{objection.id}"
    assert post(client, decide, {"verdict": "declined"}).status_code == 422
    assert post(client, decide, {"verdict": "declined", "reason": "无证明"}).status_code == 303
    assert post(client, f"{decide}/confirm").status_code == 422
    sign_in(client, office.second_user)
    assert post(client, f"{decide}/return", {"reason": " "}).status_code == 422
    assert post(client, f"{decide}/confirm").status_code == 303
    sign_in(client, office.maker_user)
    assert post(client, f"{address}/steps/sign").status_code == 303
    assert post(client, f"{address}/steps/confirm").status_code == 422
    sign_in(client, office.second_user)
    assert "1 名教师" in client.get(f"{address}/steps/confirm").text
    assert post(client, f"{address}/steps/confirm").status_code == 303
    office.session.expire_all()
    assert ban.state == "in_force"
    shown = client.get(address).text
    assert "限制参训中" in shown
    assert "三年内不得再参加省级组织的集中培训项目" in shown
    assert client.get(f"{address}/steps/confirm").status_code == 303


def test_what_is_typed_wrongly_comes_back_with_a_sentence(
    client: FlaskClient, office: Office
) -> None:
    """R15: no input gives a fault."""
    teacher, _ = a_teacher(office)
    sign_in(client, office.city_user)
    address = f"/bans/teachers/{teacher.id}/propose"
    page = client.get(address).text
    good = {**FACTS, "plan": page.split('<option value="')[1].split('"')[0]}
    for change in (
        {"event_on": "2999-01-01"},
        {"event_on": "0203-01-01"},
        {"event_on": "x"},
        {"event_on": (clock.today() + timedelta(days=1)).isoformat()},
        {"cause": "late"},
        {"plan": "99999999"},
        {"plan": "x"},
        {"training_name": ""},
        {"reason": ""},
        {"file": (io.BytesIO(b"MZ"), "a.exe")},
        {"file": (io.BytesIO(b""), "a.pdf")},
    ):
        assert post(client, address, good | change).status_code == 422, change
    assert office.session.scalars(select(Ban)).all() == []
    for who in ("x" * 61, "", "％'\u202e"):
        assert post(client, "/bans/find", {"who": who}).status_code in (200, 422)
    for odd in ("stage='", "ending=x", "ending=7", f"at={2**70}", "cause=x", "after=x", "q=%25"):
        assert client.get(f"/bans/?{odd}").status_code == 200
    assert client.get("/bans/1/steps/none").status_code == 404


def test_the_list_shows_the_days_left_and_goes_out_as_a_workbook(
    client: FlaskClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, _ = a_teacher(office, number=id_number(sequence=71))
    in_force(office, teacher)
    proposed(office, teacher, "expelled")
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 9))
    sign_in(client, office.city_user)
    page = client.get("/bans/?ending=30").text
    assert teacher.name in page
    assert ">10</td>" in page
    data = post(client, "/bans/export").data
    rows = list(load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))
    cells = {str(cell) for line in rows for cell in line if cell is not None}
    assert {"王小明", "未参训", "被劝退", "限制中", "拟限制", "10"} <= cells
    assert id_number(sequence=71) not in cells
    monkeypatch.setattr("provincial.office.exports.rules.EXPORT_AT_ONCE", 0)
    assert post(client, "/bans/export").status_code == 303
    job = office.session.scalars(select(Job).where(Job.kind == "bans.export")).one()
    result = JOBS["bans.export"](Run(job.id, job.args, office.bureau, lambda: False))
    assert result is not None
    stored = office.session.get_one(StoredFile, result.file_id)
    assert files.content(stored)[:2] == b"PK"


def test_the_list_is_paged_by_end(client: FlaskClient, office: Office) -> None:
    for number in range(55):
        teacher, _ = a_teacher(office, f"测试{number:02d}号", id_number(sequence=200 + number))
        propose(
            teacher, "no_show", event_on=EVENT - timedelta(days=number), now=NOW, by=office.maker
        )
    office.session.commit()
    sign_in(client, office.maker_user)
    first = client.get("/bans/?stage=").text
    assert "测试54号" in first
    assert "测试00号" not in first
    after = first.split("after=")[1].split('"')[0].split("&")[0]
    assert "测试00号" in client.get(f"/bans/?stage=&after={after}").text


def test_r12_a_page_that_was_opened_before_does_not_act(
    client: FlaskClient, office: Office
) -> None:
    teacher, _ = a_teacher(office)
    ban = proposed(office, teacher)
    ban.objection_closes_at = NOW
    office.session.commit()
    seen = ban.version
    take_step(ban, "sign", by=office.maker, now=clock.now())
    office.session.commit()
    sign_in(client, office.second_user)
    answer = post(client, f"/bans/{ban.id}/steps/confirm", {"version": str(seen)})
    assert answer.status_code == 409
    assert ban.state == "proposed"
