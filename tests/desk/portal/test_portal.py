"""The public side: front page, notices, help; nothing that is not open to the public."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from provincial.desk.portal.documents import blocks
from tests.people.factories import sign_in
from tests.planning.office import Office, make_office
from tests.planning.plans.test_views import english


@pytest.fixture
def office(session: object) -> Office:
    """A provincial office with two officers."""
    return make_office(session)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_visitors_read_the_front_page_and_help(
    client: FlaskClient, office: Office, language: str
) -> None:
    if language == "en":
        english(client)
    assert client.get("/").status_code == 200
    plan = office.issued()
    page = client.get("/").get_data(as_text=True)
    for wanted in (plan.title, plan.doc_number, "/sign-in", "/v", "/help", "/activate"):
        assert wanted in page
    assert client.get("/help").status_code == 200


@pytest.mark.rule("PE-159", "PE-160", "HN-03")
def test_the_notice_carries_its_publication_metadata(client: FlaskClient, office: Office) -> None:
    plan = office.issued()
    plan.index_number, plan.keywords = "410000-2023-0001", "教师 培训"
    office.session.commit()
    page = client.get(f"/notices/{plan.id}").get_data(as_text=True)
    for wanted in ("410000-2023-0001", "教师 培训", "教办师〔2023〕389号", "河南省教育厅办公室"):
        assert wanted in page
    assert "一、项目设置" in page
    assert 'content="noindex"' not in page
    plan.publicity = "internal"
    office.session.commit()
    assert client.get(f"/notices/{plan.id}").status_code == 404
    assert plan.title not in client.get("/").get_data(as_text=True)


def test_a_draft_has_no_notice(client: FlaskClient, office: Office) -> None:
    plan = office.draft()
    office.session.commit()
    assert client.get(f"/notices/{plan.id}").status_code == 404


def test_people_with_an_account_go_home(client: FlaskClient, office: Office) -> None:
    sign_in(client, office.city_user)
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (303, "/home")


def test_the_text_of_a_notice_is_laid_out() -> None:
    text = "某厅关于\n培训的通知\n\n某〔2023〕1号\n\n各市:\n一、任务\n(一)要求\n正文。\n"
    found = blocks(text, "某厅关于培训的通知", "某〔2023〕1号")
    assert [(block.kind, block.text) for block in found] == [
        ("text", "各市:"),
        ("heading", "一、任务"),
        ("subheading", "(一)要求"),
        ("text", "正文。"),
    ]
    assert blocks("", "通知", "") == []
