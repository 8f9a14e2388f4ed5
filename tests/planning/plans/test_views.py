"""The pages of plans in both languages, for the roles that see them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from provincial.planning.plans import queries
from provincial.planning.plans.models import Plan
from tests.forms import post
from tests.people.factories import sign_in
from tests.planning.office import Office


def token(page: str) -> dict[str, str]:
    """The hidden fields of a page's last form of its own."""
    found = dict(
        re.findall(r'<input[^>]*name="(csrf_token|key|version)"[^>]*value="([^"]*)"', page)
    )
    return {name: value for name, value in found.items() if value}


def send(client: FlaskClient, url: str, **data: object) -> str:
    """Open a form, send it, follow the redirect; the page that came of it."""
    page = client.get(url).get_data(as_text=True)
    values = {k: v for k, v in data.items() if v is not None}
    answer = client.post(url, data={**token(page), **values})
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    return client.get(answer.location).get_data(as_text=True)


def english(client: FlaskClient) -> None:
    """Read the site in English from now on."""
    with client.session_transaction() as stored:
        stored["language"] = "en"


def addresses(plan: Plan) -> list[str]:
    """Every page of a plan that only reads."""
    pages = ["/plans/", "/plans/programmes", f"/plans/{plan.id}", f"/plans/{plan.id}/rules"]
    pages += [f"/categories/{category.id}" for category in plan.categories]
    pages += [f"/windows/{window.id}" for window in plan.windows]
    return pages


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_pages_of_a_plan_read_in_both_languages(
    client: FlaskClient, office: Office, language: str
) -> None:
    plan = office.issued()
    sign_in(client, office.maker_user)
    if language == "en":
        english(client)
    for url in addresses(plan):
        answer = client.get(url)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200, url
        assert "<h1>" in page, url
        assert f'lang="{language.replace(chr(95), chr(45))}"' in page, url


def test_a_draft_exists_only_for_the_province(client: FlaskClient, office: Office) -> None:
    """R3: outside the scope is 404."""
    plan = office.draft()
    office.session.commit()
    sign_in(client, office.city_user)
    assert client.get(f"/plans/{plan.id}").status_code == 404
    assert client.get(f"/categories/{plan.categories[0].id}").status_code == 404
    assert client.get(f"/windows/{plan.windows[0].id}").status_code == 404
    assert plan.title not in client.get("/plans/").get_data(as_text=True)


def test_a_city_reads_an_issued_plan_and_changes_nothing(
    client: FlaskClient, office: Office
) -> None:
    plan = office.issued()
    sign_in(client, office.city_user)
    page = client.get(f"/plans/{plan.id}").get_data(as_text=True)
    assert "教办师〔2023〕389号" in page
    assert "/steps/" not in page
    window = plan.windows[0].id
    closed = ["/plans/new", f"/plans/{plan.id}/copy", f"/plans/{plan.id}/edit"]
    closed += [f"/plans/{plan.id}/steps/start", f"/windows/{window}/extend"]
    for url in [*closed, f"/plan-documents/plan/{plan.id}"]:
        assert client.get(url).status_code == 403, url


def test_making_submitting_and_issuing_in_the_browser(client: FlaskClient, office: Office) -> None:
    sign_in(client, office.maker_user)
    page = send(client, "/plans/new", source="henan-2023", code="henan-2023")
    plan = queries.plan_by_code("henan-2023")
    assert plan is not None
    assert "省级骨干教师培育" in page
    refused = client.post(
        f"/plans/{plan.id}/steps/submit",
        data=token(client.get(f"/plans/{plan.id}/steps/submit").get_data(as_text=True)),
    )
    assert refused.status_code == 422
    assert "field-error" in refused.get_data(as_text=True)
    send(client, f"/plans/{plan.id}/steps/submit", reason="附件随后印发")
    own = client.get(f"/plans/{plan.id}/steps/issue").get_data(as_text=True)
    assert client.post(f"/plans/{plan.id}/steps/issue", data=token(own)).status_code == 422
    sign_in(client, office.second_user)
    send(client, f"/plans/{plan.id}/steps/issue")
    office.session.refresh(plan)
    assert plan.state == "issued"
    assert post(client, "/plans/export").mimetype.endswith("sheet")


def test_editing_facts_keeps_what_was_typed_when_a_colleague_was_faster(
    client: FlaskClient, office: Office
) -> None:
    """R12: no lost update across a form round trip."""
    plan = office.draft()
    office.session.commit()
    sign_in(client, office.maker_user)
    url = f"/plans/{plan.id}/edit"
    page = client.get(url).get_data(as_text=True)
    typed = {
        "title": "甲的标题",
        "year": "2023",
        "programme_id": "0",
        "publicity": "public",
        "contact_0_office": "执行办公室",
        "contact_0_phone": "0371-12345678",
    }
    stale = token(page)
    assert client.post(url, data={**stale, **typed}).status_code == 303
    fresh = token(client.get(url).get_data(as_text=True))
    answer = client.post(url, data={**stale, "key": fresh["key"], **typed, "title": "乙的标题"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "甲的标题" in text
    assert "乙的标题" in text
    office.session.refresh(plan)
    assert plan.contacts == [{"office": "执行办公室", "phone": "0371-12345678"}]


@pytest.mark.rule("HN-73")
def test_programmes_of_years_in_the_browser(client: FlaskClient, office: Office) -> None:
    sign_in(client, office.maker_user)
    page = send(
        client, "/plans/programmes/new", name="教师培训规划", first_year=2021, last_year=2025
    )
    assert "教师培训规划" in page
    twice = client.get("/plans/programmes/new").get_data(as_text=True)
    data = {"name": "教师培训规划", "first_year": 2021, "last_year": 2025}
    assert client.post("/plans/programmes/new", data={**token(twice), **data}).status_code == 422


def test_a_step_that_is_not_open_leads_back_with_a_sentence(
    client: FlaskClient, office: Office
) -> None:
    plan = office.issued()
    sign_in(client, office.maker_user)
    assert client.get(f"/plans/{plan.id}/steps/archive").status_code == 303
    assert client.get(f"/plans/{plan.id}/steps/nonsense").status_code == 404


def test_copying_in_the_browser(client: FlaskClient, office: Office) -> None:
    plan = office.issued()
    sign_in(client, office.maker_user)
    page = send(
        client, f"/plans/{plan.id}/copy", title="2024年通知", code="henan-2024",
        starts_on="2024-10-31",
    )  # fmt: skip
    assert "2024年通知" in page
