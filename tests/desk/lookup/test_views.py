from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from provincial.desk.lookup.rules import PlanChoice, chosen, wanted_words
from provincial.people.accounts.rules import Role
from provincial.people.organisations.rules import Kind
from provincial.planning.plans.models import Plan
from tests.people.factories import make_organisation, make_user, sign_in


@pytest.fixture
def province(session: Session) -> dict[str, object]:
    office = make_organisation(session, name="省教育厅")
    city = make_organisation(session, Kind.PREFECTURE_CITY, "甲市", office)
    other = make_organisation(session, Kind.PREFECTURE_CITY, "乙市", office)
    school = make_organisation(
        session, Kind.SCHOOL, "甲市实验小学", city, search_key="jiashishiyan"
    )
    far = make_organisation(session, Kind.SCHOOL, "乙市实验小学", other, search_key="yishishiyan")
    return {"office": office, "city": city, "school": school, "far": far}


def make_plan(session: Session, code: str, state: str = "issued", year: int = 2023) -> Plan:
    issued = state not in ("draft", "issuing")
    plan = Plan(
        code=code,
        title=f"{year}年培训计划",
        year=year,
        rulebook_code="x",
        rulebook={},
        state=state,
        doc_number="测〔2023〕1号" if issued else "",
        issued_by_id=1 if issued else None,
    )
    if issued:
        plan.issued_at = session.connection().exec_driver_sql("select now()").scalar_one()
    session.add(plan)
    session.commit()
    return plan


def test_a_city_finds_its_own_school_and_no_other(
    client: FlaskClient, session: Session, province: dict[str, object]
) -> None:
    """R3: what lies outside the scope is not found."""
    sign_in(client, make_user(session, province["city"], Role.BUREAU_OFFICER))  # type: ignore[arg-type]
    page = client.get("/search?q=实验").text
    assert "甲市实验小学" in page
    assert "乙市实验小学" not in page
    assert "甲市实验小学" in client.get("/search?q=jiashi").text


def test_people_are_found_by_those_who_manage_them_only(
    client: FlaskClient, session: Session, province: dict[str, object]
) -> None:
    """R3: names of users are for the administrators above them."""
    make_user(session, province["school"], Role.PRINCIPAL, "独一无二")  # type: ignore[arg-type]
    sign_in(client, make_user(session, province["city"], Role.BUREAU_ADMINISTRATOR))  # type: ignore[arg-type]
    assert "独一无二" in client.get("/search?q=独一").text
    sign_in(client, make_user(session, province["city"], Role.BUREAU_OFFICER))  # type: ignore[arg-type]
    page = client.get("/search?q=独一").text
    assert "没有找到" in page


def test_a_visitor_finds_published_notices_only(
    client: FlaskClient, session: Session, province: dict[str, object]
) -> None:
    make_plan(session, "p-1")
    make_plan(session, "p-2", "draft", 2024)
    page = client.get("/search?q=培训计划").text
    assert "2023年培训计划" in page
    assert "2024年培训计划" not in page
    assert "没有找到" in client.get("/search?q=实验").text


@pytest.mark.parametrize("words", ["", "%", "_", "\\", "'", "a" * 5000, "　", "<b>"])
def test_odd_words_are_no_error(
    client: FlaskClient, session: Session, province: dict[str, object], words: str
) -> None:
    sign_in(client, make_user(session, province["office"], Role.PROVINCE_ADMINISTRATOR))  # type: ignore[arg-type]
    answer = client.get("/search", query_string={"q": words})
    assert answer.status_code == 200
    assert "<b>" not in answer.text


def test_site_map_is_for_everybody(client: FlaskClient, session: Session) -> None:
    assert client.get("/site-map").status_code == 200
    office = make_organisation(session, name="省教育厅")
    sign_in(client, make_user(session, office, Role.PROVINCE_OFFICER))
    assert "/bodies/" in client.get("/site-map").text


def test_the_chosen_plan_is_remembered(
    client: FlaskClient, session: Session, province: dict[str, object], app: object
) -> None:
    first, second = make_plan(session, "p-1"), make_plan(session, "p-2", year=2024)
    draft = make_plan(session, "p-3", "draft", 2025)
    sign_in(client, make_user(session, province["office"], Role.PROVINCE_OFFICER))  # type: ignore[arg-type]
    app.config["WTF_CSRF_ENABLED"] = False  # type: ignore[attr-defined]
    try:
        for plan, marked in ((first, first), (draft, first), (second, second)):
            answer = client.post(
                "/current-plan",
                data={"plan": str(plan.id)},
                headers={"Referer": "http://localhost/bodies/?kind=school"},
            )
            assert answer.status_code == 303
            assert answer.headers["Location"].endswith("/bodies/?kind=school")
            page = client.get("/home").text
            assert f'value="{marked.id}" aria-current="true"' in page
    finally:
        app.config["WTF_CSRF_ENABLED"] = True  # type: ignore[attr-defined]


def test_the_newest_plan_is_current_until_one_is_chosen() -> None:
    plans = [PlanChoice(2, "b", "B"), PlanChoice(1, "a", "A")]
    assert chosen(plans, None) == plans[0]
    assert chosen(plans, 1) == plans[1]
    assert chosen(plans, 7) == plans[0]
    assert chosen([], 1) is None


def test_words_are_tidied() -> None:
    assert wanted_words("  金水　区 ") == wanted_words("金水 区")
    assert len(wanted_words("x" * 500)) == 100
