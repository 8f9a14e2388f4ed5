"""Mandates and support views: actions and pages (R27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.adapters.services import services
from provincial.core import clock
from provincial.core.refusals import Refusal
from provincial.office.journal.models import JournalEvent
from provincial.office.messages.models import Message
from provincial.people.accounts.models import Mandate, User, UserSession
from provincial.people.accounts.queries import find_signed_in
from provincial.people.accounts.rules import Role
from provincial.people.acting import actions
from provincial.people.acting.permissions import may_open_support, may_record_mandates
from tests.people.conftest import Province
from tests.people.factories import first_membership, make_user, sign_in, viewer_of
from tests.people.pages import hidden_values, open_page, send, text_of

NOW = clock.now
DAY = timedelta(days=1)


@pytest.fixture
def mandate(session: Session, province: Province) -> Mandate:
    made = actions.record_mandate(
        province.county, "县局暂缺人员", "甲教函〔2023〕1号", clock.today(), None,
        by=viewer_of(province.city_admin), on=clock.today(),
    )  # fmt: skip
    session.commit()
    return made


def signed(client: FlaskClient) -> object:
    found = find_signed_in(client.get_cookie("sid").value, NOW())
    assert found is not None
    return found.viewer


def act_under(client: FlaskClient, mandate: Mandate) -> object:
    return send(client, "/act-as", {"mandate": str(mandate.id)}, page_url="/acting")


def test_a_mandate_is_recorded_in_the_browser_and_the_body_is_told(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, province.city_admin)
    values = {"body": "甲市乙县", "reason": "县局暂缺人员", "starts_on": str(clock.today())}
    assert send(client, "/mandates/new", values).location == "/mandates"
    told = session.scalars(select(Message).where(Message.organisation_id == province.county.id))
    assert told.one().kind == "mandate"


@pytest.mark.parametrize("body", ["测试师范大学", "甲市", "没有这个县"])
def test_a_mandate_goes_downwards_only(
    client: FlaskClient, session: Session, province: Province, body: str
) -> None:
    sign_in(client, province.city_admin)
    values = {"body": body, "reason": "原因", "starts_on": str(clock.today())}
    answer = send(client, "/mandates/new", values)
    assert answer.status_code == 422
    assert "原因" in answer.text


def test_acting_under_a_mandate_is_within_the_lower_body_and_on_every_act(
    client: FlaskClient, session: Session, province: Province, mandate: Mandate
) -> None:
    sign_in(client, province.city_officer)
    assert act_under(client, mandate).location == "/"
    viewer = signed(client)
    assert viewer.organisation_id == province.county.id
    assert (viewer.mandate_id, viewer.role) == (mandate.id, Role.BUREAU_OFFICER)
    assert viewer.path == province.county.path
    page = client.get("/me")
    assert "甲市乙县" in page.text
    who = BeautifulSoup(page.text, "html.parser").select_one(".who-lines small")
    assert who is not None
    assert who.get_text() == "甲市乙县 · 教育局工作人员"
    send(client, "/me/contact", {"name": "甲市工作人员", "email": "", "phone": ""})
    event = session.scalars(
        select(JournalEvent).where(JournalEvent.action == "accounts.change_contact")
    ).one()
    assert event.mandate_id == mandate.id


def test_the_mandate_is_named_on_every_page_of_a_production_site_too(
    app: Flask, client: FlaskClient, province: Province, mandate: Mandate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    production = {"site": replace(services().settings.site, demonstration=False)}
    processors = app.template_context_processors[None]
    monkeypatch.setitem(app.template_context_processors, None, [*processors, lambda: production])

    sign_in(client, province.city_officer)
    act_under(client, mandate)
    words = BeautifulSoup(open_page(client, "/me").text, "html.parser").select_one(".strip-support")
    assert words is not None
    assert "甲市乙县" in words.text


def test_an_ended_mandate_throws_out_at_once(
    client: FlaskClient, session: Session, province: Province, mandate: Mandate
) -> None:
    sign_in(client, province.city_officer)
    act_under(client, mandate)
    actions.end_mandate(mandate, "已配齐", by=viewer_of(province.city_admin), at=NOW())
    session.commit()
    assert client.get("/me").status_code == 303
    with pytest.raises(Refusal):
        actions.end_mandate(mandate, "x", by=viewer_of(province.city_admin), at=NOW())


def test_a_mandate_that_has_run_out_is_of_no_use(
    client: FlaskClient, session: Session, province: Province, mandate: Mandate
) -> None:
    sign_in(client, province.city_officer)
    act_under(client, mandate)
    mandate.starts_on = mandate.ends_on = clock.today() - DAY
    session.commit()
    assert client.get("/me").status_code == 303


def test_r3_a_mandate_ends_with_the_superiority_it_stands_on(
    client: FlaskClient, session: Session, province: Province, mandate: Mandate
) -> None:
    """R3: the county has moved away from the city; the city no longer acts for it."""
    sign_in(client, province.city_officer)
    act_under(client, mandate)
    assert client.get("/me").status_code == 200
    county, office = province.county, province.office
    county.parent_id = county.quota_parent_id = office.id
    county.path, county.quota_path = (
        f"{office.path}{county.id}/",
        f"{office.quota_path}{county.id}/",
    )
    session.commit()
    assert client.get("/me").status_code == 303
    sign_in(client, province.city_officer)
    values = hidden_values(open_page(client, "/me").text) | {"mandate": str(mandate.id)}
    assert client.post("/act-as", data=values).status_code == 404


def test_r3_nobody_acts_for_a_body_that_has_closed(
    client: FlaskClient, session: Session, province: Province, mandate: Mandate
) -> None:
    sign_in(client, province.city_officer)
    act_under(client, mandate)
    province.county.state, province.county.closed_on = "closed", clock.today()
    session.commit()
    assert client.get("/me").status_code == 303


def test_the_lower_body_sees_the_mandate_but_cannot_end_it(
    client: FlaskClient, session: Session, province: Province, mandate: Mandate
) -> None:
    county = make_user(session, province.county, Role.BUREAU_ADMINISTRATOR)
    sign_in(client, county)
    assert "县局暂缺人员" in text_of(client.get(f"/mandates/{mandate.id}"))
    values = hidden_values(client.get("/mandates/new").text)
    answer = client.post(f"/mandates/{mandate.id}/end", data=values | {"reason": "x"})
    assert answer.status_code == 403


def test_a_mandate_of_others_can_neither_be_seen_nor_used(
    client: FlaskClient, session: Session, province: Province, mandate: Mandate
) -> None:
    stranger = make_user(session, province.institution, Role.INSTITUTION_ADMINISTRATOR)
    sign_in(client, stranger)
    assert client.get(f"/mandates/{mandate.id}").status_code == 404
    values = hidden_values(client.get("/me").text) | {"mandate": str(mandate.id)}
    assert client.post("/act-as", data=values).status_code == 404


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("admin", True), ("officer", False), ("system", False), ("auditor", False),
        ("city_admin", True), ("city_officer", False),
    ],
)  # fmt: skip
def test_r2_who_records_mandates(province: Province, who: str, may: bool) -> None:
    viewer = viewer_of(getattr(province, who))
    assert may_record_mandates(viewer) is may


@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        ("system", "city_admin", True),
        ("system", "officer", True),
        ("system", "admin", False),
        ("system", "auditor", False),
        ("system", "system", False),
        ("admin", "city_admin", False),
        ("city_admin", "city_officer", False),
    ],
)
def test_r27_support_views_are_for_the_system_administrator_and_never_upward(
    client: FlaskClient, session: Session, province: Province, who: str, whom: str, may: bool
) -> None:
    looker, shown = getattr(province, who), getattr(province, whom)
    membership = first_membership(shown)
    assert may_open_support(viewer_of(looker), membership) is may
    sign_in(client, looker)
    status = client.get(f"/support-view/{membership.id}").status_code
    assert status == 200 if may else status in (403, 404)


def look_as(client: FlaskClient, session: Session, looker: User, shown: User) -> UserSession:
    row = sign_in(client, looker)
    url = f"/support-view/{first_membership(shown).id}"
    assert send(client, url, {"reason": "协助排查"}).location == "/"
    return row


def test_r27_a_support_view_is_marked_read_only_told_and_kept(
    client: FlaskClient, session: Session, province: Province
) -> None:
    look_as(client, session, province.system, province.city_officer)
    viewer = signed(client)
    assert (viewer.user_id, viewer.support_user_id) == (
        province.city_officer.id,
        province.system.id,
    )
    page = client.get("/me")
    assert "strip-support" in page.text
    assert "甲市工作人员" in page.text
    values = hidden_values(open_page(client, "/me/contact").text) | {"name": "别的名字"}
    assert client.post("/me/contact", data=values).status_code == 403
    assert client.post("/act-as", data=values).status_code == 403
    told = session.scalars(select(Message).where(Message.user_id == province.city_officer.id)).one()
    assert told.kind == "support_view"
    ended = client.post("/support-view/end", data=values)
    assert ended.location == "/"
    assert signed(client).user_id == province.system.id
    event = session.scalars(
        select(JournalEvent).where(JournalEvent.action == "acting.end_support_view")
    ).one()
    assert (event.actor_id, event.real_actor_id) == (province.city_officer.id, province.system.id)


def test_r27_a_support_view_ends_by_itself_after_30_minutes(
    client: FlaskClient, session: Session, province: Province
) -> None:
    row = look_as(client, session, province.system, province.city_officer)
    session.expire_all()
    assert row.support_ends_at <= NOW() + timedelta(minutes=30)
    row.support_ends_at = NOW() - timedelta(seconds=1)
    session.commit()
    assert signed(client).user_id == province.system.id


def test_r27_a_support_view_needs_a_reason(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, province.system)
    url = f"/support-view/{first_membership(province.city_officer).id}"
    assert send(client, url, {"reason": " "}).status_code == 422
