from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from provincial.core.viewer import Viewer
from provincial.desk.home import queries
from provincial.office.journal.actions import record
from provincial.people.accounts.rules import Role
from tests.people.factories import (
    make_organisation,
    make_user,
    sign_in,
    viewer_of,
)
from tests.planning.tree import Tree, small_province

Page = tuple[int, str]


@pytest.fixture
def tree(session: Session) -> Tree:
    return small_province(session)


def as_person(client: FlaskClient, session: Session, tree: Tree, name: str, role: Role) -> None:
    sign_in(client, make_user(session, tree.bodies[name], role, "测试员"))


def test_a_new_province_is_led_through_its_first_steps(
    client: FlaskClient, session: Session
) -> None:
    office = make_organisation(session, name="省教育厅")
    sign_in(client, make_user(session, office, Role.PROVINCE_ADMINISTRATOR))
    page = client.get("/home").text
    assert "开始使用" in page
    assert "已完成 0 / 6" in page
    assert f"/bodies/{office.id}/contact" in page


def test_home_shows_the_province_its_sums(
    client: FlaskClient, session: Session, tree: Tree
) -> None:
    tree.issue({"甲市": [3, 2], "乙市": [1, 0]})
    numbers = queries.province_numbers(tree.category.plan_id)
    assert (numbers.issued, numbers.at_schools) == (6, 0)
    assert (numbers.holders, numbers.unfinished, numbers.tables_waiting) == (2, 2, 0)
    as_person(client, session, tree, "省", Role.PROVINCE_OFFICER)
    page = client.get("/home").text
    assert "已下达名额" in page
    assert "0 / 6 个名额" in page
    assert "开始使用" not in page


def test_home_shows_a_city_what_it_holds(client: FlaskClient, session: Session, tree: Tree) -> None:
    tree.issue({"甲市": [3, 2]})
    tree.bodies["甲市"].contact_name = ""
    as_person(client, session, tree, "甲市", Role.BUREAU_OFFICER)
    page = client.get("/home").text
    assert "持有名额" in page
    assert "明确专人负责" in page, "HN-66: no contact is named yet"


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_ADMINISTRATOR, Role.PRINCIPAL])
def test_home_opens_for_everybody_at_a_school(
    client: FlaskClient, session: Session, tree: Tree, role: Role
) -> None:
    as_person(client, session, tree, "甲一县一小", role)
    assert client.get("/home").status_code == 200
    assert client.get("/to-do").status_code == 200


def test_what_changed_stays_in_the_viewers_scope(session: Session, tree: Tree) -> None:
    for name in ("甲一县", "乙一县", "直管县"):
        body = tree.bodies[name]
        record("organisations.edit", body, by=None, label=name, org_path=body.quota_path)
    session.flush()

    def seen(viewer: Viewer) -> set[str]:
        return {event.thing_label for event in queries.changes(viewer).rows}

    assert seen(tree.viewer("甲市")) == {"甲一县"}, (
        "R3: a province-managed county is not the city's"
    )
    assert seen(tree.viewer("直管县")) == {"直管县"}
    assert seen(tree.viewer("省", "province_officer")) >= {"甲一县", "乙一县", "直管县"}


def test_a_teacher_sees_only_own_acts(session: Session, tree: Tree) -> None:
    school = tree.bodies["甲一县一小"]
    teacher = viewer_of(make_user(session, school, Role.TEACHER))
    record("organisations.edit", school, by=None, org_path=school.path)
    record("organisations.edit", school, by=teacher, label="own", org_path=school.path)
    session.flush()
    assert [event.thing_label for event in queries.changes(teacher).rows] == ["own"]


def test_signing_in_is_not_news(session: Session, tree: Tree) -> None:
    officer = viewer_of(make_user(session, tree.bodies["省"]))
    before = [event.id for event in queries.changes(officer).rows]  # real races leave theirs behind
    record("accounts.sign_in", ("app_user", officer.user_id), by=officer)
    record("proofs.failed", ("app_user", officer.user_id), by=None)
    record("organisations.reveal_contact", tree.bodies["甲市"], by=officer, reason="x")
    session.flush()
    assert [event.id for event in queries.changes(officer).rows] == before


def test_a_broken_page_token_shows_the_first_page(
    client: FlaskClient, session: Session, tree: Tree
) -> None:
    as_person(client, session, tree, "省", Role.AUDITOR)
    assert client.get("/changes?after=zzz&before=zzz").status_code == 200


def test_home_shows_the_latest_changes_and_leads_to_all(
    client: FlaskClient, session: Session, tree: Tree
) -> None:
    for n in range(12):
        body = tree.bodies["甲一县"]
        record(f"organisations.edit{n}", body, by=None, label=f"第{n}次", org_path=body.path)
    session.flush()
    as_person(client, session, tree, "省", Role.AUDITOR)
    home = client.get("/home").text
    assert "第11次" in home
    assert "第0次" not in home
    assert "/changes" in home
    assert "第0次" in client.get("/changes").text
