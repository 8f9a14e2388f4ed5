"""Categories and columns of a plan."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.planning.plans.models import Plan, ProjectCategory
from provincial.planning.projects import actions, queries, rules
from tests.people.factories import sign_in
from tests.planning.office import Office
from tests.planning.plans.test_views import send, token


def category(plan: Plan, code: str) -> ProjectCategory:
    """A category by its code."""
    return next(row for row in plan.categories if row.code == code)


@pytest.mark.rule("HN-05", "GP-03", "GP-08", "GP-37")
def test_describing_a_category(office: Office) -> None:
    """Target, conditions, days, hours, outcomes; theme, tier and line from the rulebook's lists."""
    row = category(office.draft(), "county_support_system")
    said = actions.Description(
        "县域教师发展支持服务体系建设",
        target="县级教师发展机构",
        eligibility="专职研训教师",
        face_days=10,
        online_hours=60,
        outcomes_required="行动研究报告",
        themes=["digital_literacy"],
        tier="outstanding",
        programme_line="central_western",
    )
    actions.describe(row, said, by=office.maker, expected_version=1)
    assert (row.face_days, row.themes, row.tier) == (10, ["digital_literacy"], "outstanding")
    with pytest.raises(StaleVersion):
        actions.describe(row, said, by=office.second, expected_version=1)
    for change, rule in (
        ({"themes": ["nonsense"]}, "GP-03"),
        ({"tier": "nonsense"}, "GP-08"),
        ({"programme_line": "nonsense"}, "GP-37"),
    ):
        with pytest.raises(Refusal) as refused:
            actions.describe(row, actions.Description("x", **change), by=office.maker)  # type: ignore[arg-type]
        assert refused.value.rule == rule


@pytest.mark.rule("GP-01", "GP-03", "GP-08")
def test_a_project_carries_themes_and_a_tier(office: Office) -> None:
    plan = office.draft()
    project = queries.columns(category(plan, "key_teacher_cultivation"))[0]
    assert project.tier == "key"
    actions.set_project_themes(project, ["ethics", "labour_education"], "young", by=office.maker)
    assert (project.themes, project.tier) == (["ethics", "labour_education"], "young")
    with pytest.raises(Refusal):
        actions.set_project_themes(project, ["nonsense"], "", by=office.maker)


@pytest.mark.rule("HN-04")
def test_columns_whose_annex_is_not_in_the_notice_are_added_later(office: Office) -> None:
    plan = office.issued()
    row = category(plan, "young_mid_career_10k")
    added = actions.add_columns(row, "小学语文、初中数学\n学前幼儿教育", by=office.maker)
    assert [project.name for project in added] == ["小学语文", "初中数学", "学前幼儿教育"]
    for typed in ("小学语文", "语文", "高中语文,高中语文", " "):
        with pytest.raises(Refusal) as refused:
            actions.add_columns(row, typed, by=office.maker)
        assert refused.value.field == "columns"
    actions.remove_column(added[1], by=office.maker, reason="附件5未列")
    assert [(p.name, p.position) for p in queries.columns(row)] == [
        ("小学语文", 0),
        ("学前幼儿教育", 1),
    ]


def test_columns_move_within_a_draft(office: Office) -> None:
    row = category(office.draft(), "key_teacher_cultivation")
    first, second = queries.columns(row)[:2]
    actions.move_column(second, -1, by=office.maker)
    assert queries.columns(row)[:2] == [second, first]
    actions.move_column(second, -1, by=office.maker)
    assert queries.columns(row)[0] == second
    assert rules.reordered([1, 2, 3], 1, 1) == [2, 1, 3]
    assert rules.reordered([1, 2, 3], 3, 1) == [1, 2, 3]


def test_adding_and_taking_out_a_category(office: Office) -> None:
    plan = office.draft()
    row = actions.add_category(plan, "rural_heads", actions.Description("校长"), by=office.maker)
    assert len(plan.categories) == 6
    for code in ("rural_heads", "Bad Code"):
        with pytest.raises(Refusal):
            actions.add_category(plan, code, actions.Description("x"), by=office.maker)
    actions.remove_category(row, by=office.maker, reason="并入他类")
    actions.remove_category(category(plan, "key_teacher_cultivation"), by=office.maker, reason="x")
    assert len(plan.categories) == 4


def test_an_issued_plan_keeps_its_categories(office: Office) -> None:
    plan = office.issued()
    row = category(plan, "ethics_special")
    with pytest.raises(WrongState):
        actions.describe(row, actions.Description("x"), by=office.maker)
    with pytest.raises(WrongState):
        actions.remove_category(row, by=office.maker, reason="x")


def test_categories_in_the_browser(client: FlaskClient, office: Office) -> None:
    plan = office.draft()
    office.session.commit()
    sign_in(client, office.maker_user)
    row = category(plan, "young_mid_career_10k")
    send(client, f"/categories/{row.id}/edit", name="万名优秀中青年", face_days="10")
    office.session.refresh(row)
    assert row.face_days == 10
    page = client.get(f"/categories/{row.id}").get_data(as_text=True)
    answer = client.post(
        f"/categories/{row.id}/columns", data={**token(page), "columns": "小学语文 小学数学"}
    )
    assert answer.status_code == 422
    send(client, f"/categories/new/{plan.id}", name="校长", code="heads", target="校长")
    key = category(plan, "key_teacher_cultivation")
    columns = queries.columns(key)
    page = client.get(f"/categories/{key.id}").get_data(as_text=True)
    moved = f"/categories/{key.id}/columns/{columns[0].id}/right"
    assert client.post(moved, data={"csrf_token": token(page)["csrf_token"]}).status_code == 303
    url = f"/categories/{key.id}/columns/{columns[0].id}"
    send(client, url, themes="ethics", tier="key")
    send(client, f"{url}/remove", reason="不设")
    assert len(queries.columns(key)) == 17
    send(client, f"/categories/{key.id}/remove", reason="不设")
