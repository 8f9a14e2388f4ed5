"""The second factor, through the pages: set up, asked at sign-in, recovered, taken off (R23)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from provincial import create_app
from provincial.adapters.services import configure, services
from provincial.core import clock
from provincial.office.journal.models import JournalEvent
from provincial.people.accounts.models import User, UserSession
from provincial.people.accounts.rules import Role
from provincial.people.proofs import actions, queries
from provincial.people.proofs.models import AccountInHand, RecoveryCode
from provincial.settings import UnsafeSettings
from tests.people.conftest import Province
from tests.people.factories import PASSWORD, make_user, sign_in, sign_out, viewer_of
from tests.people.pages import hidden_values, open_page, send, text_of


@pytest.fixture
def person(session: Session, province: Province) -> User:
    return make_user(
        session, province.city, Role.BUREAU_OFFICER, "李甲", login="lijia", password=PASSWORD
    )


def secure(session: Session, person: User) -> list[str]:
    """Switch the second factor on, long enough ago that every code is new; the recovery codes."""
    row = UserSession(token_digest=b"x", user_id=person.id)
    session.add(row)
    actions.begin_setup(person)
    at = clock.now() - timedelta(hours=1)
    code = pyotp.TOTP(queries.secret_of(person)).at(at)
    codes = actions.switch_on(person, code, row.id, by=viewer_of(person), at=at)
    session.commit()
    return codes


def code_now(person: User) -> str:
    return pyotp.TOTP(queries.secret_of(person)).now()


def type_password(client: FlaskClient, login: str = "lijia") -> TestResponse:
    page = open_page(client, "/sign-in")
    values = hidden_values(page.text) | {"login": login, "password": PASSWORD}
    return client.post("/sign-in", data=values)


def type_code(client: FlaskClient, code: str) -> TestResponse:
    return send(client, "/sign-in/code", {"code": code})


def test_r23_it_is_set_up_with_a_picture_and_a_first_code(
    client: FlaskClient, person: User, session: Session
) -> None:
    row = sign_in(client, person)
    other = sign_in(client.application.test_client(), person)
    sign_in_again = client.get_cookie("sid")
    assert sign_in_again is not None
    begun = send(client, "/me/second-factor/begin", page_url="/me/second-factor")
    assert begun.location == "/me/second-factor/set-up"
    page = client.get(begun.location)
    session.expire_all()
    secret = queries.secret_of(person)
    assert secret not in person.factor_secret
    assert " ".join(secret[i : i + 4] for i in range(0, 32, 4)) in text_of(page)
    assert 'src="data:image/svg+xml' in page.text
    wrong = send(client, "/me/second-factor/set-up", {"code": "000000"})
    assert wrong.status_code == 422
    session.expire_all()
    assert person.factor_on_at is None
    done = send(client, "/me/second-factor/set-up", {"code": code_now(person)})
    codes = [
        li.get_text()
        for li in BeautifulSoup(done.text, "html.parser").select("ol.recovery-codes li")
    ]
    assert len(set(codes)) == 10
    session.expire_all()
    assert person.factor_on_at is not None
    assert other.ended_at is not None
    assert row.ended_at is None
    kept = session.scalars(select(RecoveryCode.digest)).all()
    assert all(codes[0].encode() not in digest for digest in kept)


def test_r23_the_password_alone_opens_nothing(
    client: FlaskClient, person: User, session: Session
) -> None:
    secure(session, person)
    answer = type_password(client)
    assert answer.location == "/sign-in/code"
    assert client.get("/me").location == "/sign-in?next=/me"
    before = client.get_cookie("sid").value
    assert type_code(client, code_now(person)).location == "/"
    assert client.get_cookie("sid").value != before
    assert client.get("/me").status_code == 200


def test_r23_a_code_counts_once(client: FlaskClient, person: User, session: Session) -> None:
    secure(session, person)
    code = code_now(person)
    type_password(client)
    assert type_code(client, code).status_code == 303
    type_password(thief := client.application.test_client())
    assert type_code(thief, code).status_code == 422


def test_r23_a_recovery_code_opens_once_and_the_person_is_told(
    client: FlaskClient, person: User, session: Session
) -> None:
    code = secure(session, person)[0]
    type_password(client)
    assert type_code(client, code.lower().replace("-", " ")).location == "/"
    assert queries.codes_left(person.id) == 9
    messages = client.get("/messages/")
    assert "还剩9个" in text_of(messages), (messages.status, messages.location)
    sign_out(client)
    type_password(client)
    assert type_code(client, code).status_code == 422


def test_r22_wrong_codes_lock_the_account_though_the_password_is_right_each_time(
    client: FlaskClient, person: User, session: Session
) -> None:
    secure(session, person)
    for _ in range(5):
        type_password(client)
        assert type_code(client, "000000").status_code == 422
    session.expire_all()
    assert person.locked_until > clock.now() + timedelta(minutes=9)
    assert type_code(client, code_now(person)).status_code == 422
    assert type_password(client).status_code == 422


def test_r23_a_session_does_not_wait_for_its_code_for_ever(
    client: FlaskClient, person: User, session: Session
) -> None:
    secure(session, person)
    type_password(client)
    row = session.scalars(select(UserSession).where(UserSession.awaits_code)).one()
    row.created_at = clock.now() - timedelta(minutes=10)
    session.commit()
    assert client.get("/sign-in/code").location == "/sign-in"


def test_r23_it_is_switched_off_and_codes_are_renewed_by_the_person(
    client: FlaskClient, person: User, session: Session
) -> None:
    old = secure(session, person)
    sign_in(client, person)
    page = "/me/second-factor"
    fresh = send(client, "/me/second-factor/recovery-codes", page_url=page)
    assert old[0] not in fresh.text
    assert queries.codes_left(person.id) == 10
    assert send(client, "/me/second-factor/off", page_url=page).location == page
    session.expire_all()
    assert (person.factor_secret, person.factor_on_at) == ("", None)
    assert queries.codes_left(person.id) == 0


def test_r23_a_manager_takes_a_lost_factor_off_with_a_reason(
    client: FlaskClient, person: User, province: Province, session: Session
) -> None:
    secure(session, person)
    sign_in(client, province.city_admin)
    page = f"/users/{person.id}"
    answer = send(client, f"{page}/reset-factor", {"reason": "手机丢失"}, page_url=page)
    assert answer.location == page
    session.expire_all()
    assert person.factor_on_at is None
    event = session.scalars(
        select(JournalEvent).where(JournalEvent.action == "proofs.reset_factor")
    ).one()
    assert event.reason == "手机丢失"
    held = session.scalars(select(AccountInHand)).one()
    assert (held.user_id, held.by_user_id, held.cause) == (
        person.id,
        province.city_admin.id,
        "factor",
    )
    sign_out(client)
    assert type_password(client).location == "/"
    assert "手机丢失" in text_of(client.get("/messages/"))


def test_r23_a_role_may_be_made_to_need_it(
    client: FlaskClient, province: Province, session: Session
) -> None:
    built = services()
    settings = replace(built.settings, second_factor_roles=frozenset({"province_administrator"}))
    configure(replace(built, settings=settings))
    try:
        sign_in(client, province.officer)
        assert client.get("/me").status_code == 200
        sign_in(client, province.admin)
        assert client.get("/bodies/").location == "/me/second-factor"
        assert client.get("/me/second-factor").status_code == 200
        province.admin.is_demonstration = True
        session.commit()
        assert client.get("/bodies/").status_code == 200
    finally:
        configure(built)


def test_r29_a_role_that_does_not_exist_stops_the_start(app: Flask, database_url: str) -> None:
    built = services()
    try:
        with pytest.raises(UnsafeSettings, match="no_such_role"):
            create_app(
                {
                    "DATABASE_URL": database_url,
                    "PTP_INSTANCE": str(built.settings.instance),
                    "SECOND_FACTOR_ROLES": "province_officer,no_such_role",
                }
            )
    finally:
        configure(built)
