"""Signing in and one's own account, through the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import refresh
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from provincial.adapters.passwords import verify_password
from provincial.adapters.services import configure, services
from provincial.core import clock
from provincial.office.journal.models import JournalEvent
from provincial.people.accounts import actions, queries
from provincial.people.accounts.models import User, UserSession
from provincial.people.accounts.rules import Role
from provincial.web.limits import RateCounter
from tests.people.conftest import Province
from tests.people.factories import (
    PASSWORD,
    first_membership,
    make_membership,
    make_user,
    sign_in,
)
from tests.people.pages import hidden_values, send, text_of


@pytest.fixture
def person(session: Session, province: Province) -> User:
    return make_user(
        session, province.city, Role.BUREAU_OFFICER, "李甲", login="lijia", password=PASSWORD
    )


def type_in(client: FlaskClient, login: str, password: str) -> TestResponse:
    page = client.get("/sign-in")
    values = hidden_values(page.text) | {"login": login, "password": password}
    return client.post("/sign-in", data=values)


def test_the_right_password_opens_a_session(
    client: FlaskClient, person: User, session: Session
) -> None:
    answer = type_in(client, " LiJia ", PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("sid="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = client.get("/me")
    assert page.status_code == 200
    assert "lijia" in text_of(page)


def test_r20_only_a_digest_of_the_token_is_kept(
    client: FlaskClient, person: User, session: Session
) -> None:
    type_in(client, "lijia", PASSWORD)
    token = client.get_cookie("sid").value
    row = session.scalars(select(UserSession)).one()
    assert len(row.token_digest) == 32
    assert token.encode() not in row.token_digest


def test_r24_the_answer_does_not_tell_whether_an_account_exists(
    client: FlaskClient, person: User
) -> None:
    known = type_in(client, "lijia", "wrong")
    unknown = type_in(client, "lijib", "wrong")
    assert known.status_code == unknown.status_code == 422
    assert text_of(known).replace("lijia", "") == text_of(unknown).replace("lijib", "")


def test_r22_five_failures_close_the_account_even_for_the_right_password(
    client: FlaskClient, person: User, session: Session
) -> None:
    for _ in range(5):
        type_in(client, "lijia", "wrong")
    answer = type_in(client, "lijia", PASSWORD)
    assert answer.status_code == 422
    session.expire_all()
    assert person.locked_until > clock.now() + timedelta(minutes=9)
    person.locked_until = clock.now() - timedelta(seconds=1)
    session.commit()
    assert type_in(client, "lijia", PASSWORD).status_code == 303
    session.expire_all()
    assert person.failures == 0


def test_r22_failures_of_an_address_are_counted_and_limited(
    client: FlaskClient, person: User, session: Session
) -> None:
    type_in(client, "nobody", "wrong")
    bucket = RateCounter.bucket == "address:127.0.0.1"
    row = session.scalars(select(RateCounter).where(bucket)).one()
    assert (row.bucket, row.count) == ("address:127.0.0.1", 1)
    row.count = 60
    session.commit()
    answer = type_in(client, "lijia", PASSWORD)
    assert answer.status_code == 422
    assert client.get_cookie("sid") is None


def test_r24_demonstration_accounts_never_sign_in_in_production(
    client: FlaskClient, person: User, session: Session
) -> None:
    person.is_demonstration = True
    session.commit()
    built = services()
    live = replace(built, settings=replace(built.settings, production=True))
    configure(live)
    try:
        assert type_in(client, "lijia", PASSWORD).status_code == 422
    finally:
        configure(built)
    assert type_in(client, "lijia", PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/me", "/me"),
        ("/users?q=a", "/users?q=a"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/sign-out", "/"),
        ("/no-such-page", "/"),
        ("/me/%2f%2fevil", "/"),
    ],
)
def test_r28_after_signing_in_one_lands_on_this_site(
    client: FlaskClient, person: User, target: str, goes_to: str
) -> None:
    page = client.get("/sign-in")
    values = hidden_values(page.text) | {"login": "lijia", "password": PASSWORD}
    answer = client.post("/sign-in", data=values, query_string={"next": target})
    assert answer.location == goes_to


def test_a_stranger_is_sent_to_sign_in_and_comes_back(client: FlaskClient, person: User) -> None:
    answer = client.get("/me")
    assert answer.location == "/sign-in?next=/me"


def test_r20_a_revoked_session_ends_at_once(
    client: FlaskClient, person: User, session: Session
) -> None:
    row = sign_in(client, person)
    assert client.get("/me").status_code == 200
    row.ended_at = clock.now()
    session.commit()
    assert client.get("/me").status_code == 303


@pytest.mark.parametrize("column", ["created_at", "last_seen_at"])
def test_r20_idle_and_old_sessions_are_over(
    client: FlaskClient, person: User, session: Session, column: str
) -> None:
    row = sign_in(client, person)
    limit = {"created_at": timedelta(hours=12), "last_seen_at": timedelta(minutes=15)}[column]
    setattr(row, column, clock.now() - limit)
    session.commit()
    assert client.get("/me").status_code == 303


def test_r20_teachers_may_be_idle_for_longer_than_officers(
    client: FlaskClient, province: Province, session: Session
) -> None:
    teacher = make_user(session, province.school, Role.TEACHER, "王老师")
    row = sign_in(client, teacher)
    row.last_seen_at = clock.now() - timedelta(minutes=29)
    session.commit()
    assert "30" in text_of(client.get("/me"))
    row.last_seen_at = clock.now() - timedelta(minutes=30)
    session.commit()
    assert client.get("/me").status_code == 303


def test_r20_what_a_page_asks_for_by_itself_is_no_sign_of_life(
    client: FlaskClient, person: User, session: Session
) -> None:
    row = sign_in(client, person)
    row.last_seen_at = before = clock.now() - timedelta(minutes=5)
    session.commit()
    assert client.get("/me", headers={"X-Poll": "1"}).status_code == 200
    session.expire_all()
    assert row.last_seen_at == before
    assert client.get("/session").status_code == 204
    session.expire_all()
    assert row.last_seen_at > before


@pytest.mark.parametrize("what", ["disabled", "membership", "future", "body"])
def test_r20_a_session_lives_only_while_its_rights_do(
    client: FlaskClient, person: User, session: Session, what: str
) -> None:
    sign_in(client, person)
    membership = first_membership(person)
    if what == "disabled":
        person.state = "disabled"
    elif what == "membership":
        membership.ends_on = clock.today() - timedelta(days=1)
    elif what == "future":
        membership.starts_on = clock.today() + timedelta(days=1)
    else:
        membership.organisation.state = "closed"
    session.commit()
    assert client.get("/me").status_code == 303


def test_a_page_notes_the_sign_of_life_at_most_once_a_minute(
    client: FlaskClient, person: User, session: Session
) -> None:
    row = sign_in(client, person)
    row.last_seen_at = before = clock.now() - timedelta(seconds=40)
    session.commit()
    client.get("/me")
    session.expire_all()
    assert row.last_seen_at == before
    row.last_seen_at = clock.now() - timedelta(minutes=5)
    session.commit()
    client.get("/me")
    session.expire_all()
    assert row.last_seen_at > clock.now() - timedelta(minutes=1)


def test_signing_out_ends_the_session_and_takes_the_cookie(
    client: FlaskClient, person: User, session: Session
) -> None:
    row = sign_in(client, person)
    page = client.get("/me")
    answer = client.post("/sign-out", data=hidden_values(page.text))
    assert answer.location == "/sign-in"
    assert client.get_cookie("sid") is None
    session.expire_all()
    assert row.ended_at is not None


def test_r21_changing_the_password_ends_other_sessions_and_renews_this_one(
    client: FlaskClient, app: Flask, person: User, session: Session
) -> None:
    other = app.test_client()
    sign_in(other, person)
    sign_in(client, person)
    before = client.get_cookie("sid").value
    new = "gelbe-wolken-trinken-leise-tee"
    wrong = send(client, "/me/password", {"current": "x", "password": new, "again": new})
    assert wrong.status_code == 422
    weak = send(
        client,
        "/me/password",
        {"current": PASSWORD, "password": "password12345678", "again": "password12345678"},
    )
    assert weak.status_code == 422
    answer = send(client, "/me/password", {"current": PASSWORD, "password": new, "again": new})
    assert answer.location == "/me"
    assert client.get_cookie("sid").value != before
    assert client.get("/me").status_code == 200
    assert other.get("/me").status_code == 303
    session.expire_all()
    assert verify_password(person.password_hash, new)


def test_one_ends_ones_own_sessions_but_not_those_of_others(
    client: FlaskClient, app: Flask, person: User, province: Province, session: Session
) -> None:
    lost = sign_in(app.test_client(), person)
    foreign = sign_in(app.test_client(), province.officer)
    sign_in(client, person)
    answer = send(client, f"/me/sessions/{lost.id}/end", page_url="/me")
    assert answer.location == "/me"
    session.expire_all()
    assert lost.ended_at is not None
    values = hidden_values(client.get("/me").text)
    refused = client.post(f"/me/sessions/{foreign.id}/end", data=values)
    assert refused.status_code == 404


def test_more_sessions_than_allowed_end_the_oldest(
    session: Session, person: User, province: Province
) -> None:
    tokens = [
        actions.open_session(person, "", "", clock.now() + timedelta(seconds=n)) for n in range(6)
    ]
    session.commit()
    at = clock.now() + timedelta(seconds=10)
    found = [queries.find_signed_in(token, at) for token in tokens]
    assert found[0] is None
    assert all(found[1:])


def test_contact_is_changed_once_though_sent_twice(
    client: FlaskClient, person: User, session: Session
) -> None:
    sign_in(client, person)
    values = hidden_values(client.get("/me/contact").text)
    values |= {"name": "李甲甲", "email": "li@example.org", "phone": "138 0000 1234"}
    first = client.post("/me/contact", data=values)
    second = client.post("/me/contact", data=values)
    assert (first.location, second.location) == ("/me", "/me")
    events = session.scalar(
        select(func.count()).where(JournalEvent.action == "accounts.change_contact")
    )
    assert events == 1
    session.expire_all()
    assert "1234" not in person.phone
    assert actions.phone_of(person) == "13800001234"
    assert "138****1234" in text_of(client.get("/me"))


def test_a_bad_mail_address_lands_on_its_field_and_keeps_what_was_typed(
    client: FlaskClient, person: User
) -> None:
    sign_in(client, person)
    answer = send(client, "/me/contact", {"name": "李甲", "email": "not an address", "phone": ""})
    assert answer.status_code == 422
    assert "not an address" in answer.text


def test_language_and_text_size_are_remembered_before_signing_in(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    client.post("/language", data={"csrf_token": token, "language": "en", "next": "/sign-in"})
    client.post("/text-size", data={"csrf_token": token, "large": "1", "next": "/sign-in"})
    refresh()  # the tests' requests share one context, where the language is remembered
    page = client.get("/sign-in").text
    assert '<html lang="en" class="large">' in page


def test_flask_logins_current_user_is_the_person(
    app: Flask, client: FlaskClient, person: User
) -> None:
    sign_in(client, person)
    with client:
        client.get("/me")
        assert current_user.id == person.id


def test_r20_the_token_is_void_after_switching_bodies(
    client: FlaskClient, person: User, province: Province, session: Session
) -> None:
    second = make_membership(session, person, province.county, Role.BUREAU_OFFICER)
    sign_in(client, person)
    before = client.get_cookie("sid").value
    answer = send(client, "/act-as", {"membership": str(second.id)}, page_url="/acting")
    assert answer.location == "/"
    assert client.get_cookie("sid").value != before
    assert queries.find_signed_in(before, clock.now()) is None
    found = queries.find_signed_in(client.get_cookie("sid").value, clock.now())
    assert found is not None
    assert found.viewer.organisation_id == province.county.id


def test_the_page_of_roles_explains_every_role(client: FlaskClient, person: User) -> None:
    sign_in(client, person)
    assert client.get("/roles").text.count("<tr>") == len(Role) + 1


def test_r26_a_sign_in_form_that_was_open_too_long_is_opened_again(
    client: FlaskClient, province: Province
) -> None:
    """Its password cannot travel along, so there is nothing that could be sent once more."""
    values = {"login": "x", "password": "songshu-huoche", "csrf_token": "of-yesterday"}
    answer = client.post("/sign-in", data=values, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    again = client.get("/sign-in")
    assert "重新填写" in again.text
    assert "songshu" not in again.text
