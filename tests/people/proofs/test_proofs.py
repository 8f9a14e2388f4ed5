"""Asked again before grave acts, wrong passwords counted, two accounts in one hand, input kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from provincial.adapters.passwords import verify_password
from provincial.core import clock
from provincial.core.refusals import Refusal
from provincial.people.accounts.models import Invitation, User, UserSession
from provincial.people.accounts.rules import Role
from provincial.people.invitations import actions as invitations
from provincial.people.proofs import actions, queries
from provincial.web.once import Submission
from tests.people.conftest import Province
from tests.people.factories import PASSWORD, make_user, sign_in, viewer_of
from tests.people.pages import hidden_values, open_page, send, text_of

NEW = "gelbe-wolken-trinken-leise-tee"


@pytest.fixture
def person(session: Session, province: Province) -> User:
    return make_user(
        session, province.city, Role.BUREAU_ADMINISTRATOR, "李甲", login="lijia", password=PASSWORD
    )


def fields(page: str) -> dict[str, str]:
    """Every field of the page's form, hidden or not, as a browser would send it."""
    form = (BeautifulSoup(page, "html.parser").find("main")).find("form", method="post")
    return {str(f["name"]): str(f.get("value", "")) for f in form.find_all("input")}


def age(session: Session, row: UserSession, minutes: int = 11) -> None:
    """Let the last proof of a session lie back."""
    row.confirmed_at = clock.now() - timedelta(minutes=minutes)
    session.commit()


def test_r22_a_wrong_current_password_counts_towards_the_lock(
    client: FlaskClient, person: User, session: Session
) -> None:
    sign_in(client, person)
    for n in range(5):
        values = {"current": "x", "password": NEW, "again": NEW}
        assert send(client, "/me/password", values).status_code == 422
        session.expire_all()
        assert person.failures == n + 1
    right = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert send(client, "/me/password", right).status_code == 422
    person.locked_until = None
    session.commit()
    assert send(client, "/me/password", right).location == "/me"
    session.expire_all()
    assert person.failures == 0
    assert verify_password(person.password_hash, NEW)


def test_r23_a_grave_act_asks_again_and_keeps_what_was_typed(
    client: FlaskClient, person: User, province: Province, session: Session
) -> None:
    age(session, sign_in(client, person))
    url = f"/users/{province.city_officer.id}/disable"
    page = f"/users/{province.city_officer.id}"
    asked = send(client, url, {"reason": "离职"}, page_url=page)
    assert asked.status_code == 401
    values = fields(asked.text)
    assert values["reason"] == "离职"
    wrong = client.post(url, data=values | {"proof": "wrong"})
    assert wrong.status_code == 401
    assert "wrong" not in wrong.text
    session.expire_all()
    assert (person.failures, province.city_officer.state) == (1, "active")
    values = fields(wrong.text)
    assert client.post(url, data=values | {"proof": PASSWORD}).location == page
    session.expire_all()
    assert (person.failures, province.city_officer.state) == (0, "disabled")
    assert province.city_officer.disabled_reason == "离职"
    # Lately proved: the next grave act is not stopped.
    again = send(client, f"{page}/enable", {"reason": "返岗"}, page_url=page)
    assert again.location == page


def test_r23_who_may_not_do_it_is_not_asked_at_all(
    client: FlaskClient, person: User, province: Province, session: Session
) -> None:
    age(session, sign_in(client, province.city_officer))
    values = hidden_values(client.get("/me/contact").text)
    assert client.post(f"/users/{person.id}/disable", data=values).status_code in (403, 404)


def test_r21_no_digest_of_a_password_is_kept(
    client: FlaskClient, person: User, session: Session
) -> None:
    sign_in(client, person)
    values = hidden_values(client.get("/me/password").text)
    for current in ("wrong one", PASSWORD):
        client.post(
            "/me/password", data=values | {"current": current, "password": NEW, "again": NEW}
        )
    first = session.scalars(select(Submission)).all()
    assert len(first) == 1
    session.expire_all()
    assert verify_password(person.password_hash, NEW)


def take_over(session: Session, victim: User, manager: User) -> None:
    """The manager issues a code, uses it, and is then signed in as the colleague."""
    code = invitations.reset_by_manager(victim, "忘记密码", by=viewer_of(manager), at=clock.now())
    use(session, victim, code)


def use(session: Session, victim: User, _code: str = "") -> None:
    slip = session.scalars(
        select(Invitation)
        .where(Invitation.user_id == victim.id, Invitation.used_at.is_(None))
        .order_by(Invitation.id.desc())
    ).first()
    assert slip is not None
    invitations.reset_password(slip, NEW, clock.now())
    session.commit()


@pytest.mark.rule("HN-32")
def test_r14_a_manager_who_has_reset_a_colleague_is_not_a_second_officer(
    session: Session, province: Province
) -> None:
    admin, officer, third = province.admin, province.officer, province.auditor
    queries.require_other_hands(viewer_of(admin), {officer.id})
    take_over(session, officer, admin)
    for one, other in ((admin, officer), (officer, admin)):
        with pytest.raises(Refusal):
            queries.require_other_hands(viewer_of(one), {other.id, None})
    queries.require_other_hands(viewer_of(third), {officer.id, admin.id})
    # One manager with the keys to two accounts is not two officers either.
    take_over(session, third, admin)
    with pytest.raises(Refusal):
        queries.require_other_hands(viewer_of(third), {officer.id})


def test_r14_only_somebody_else_confirms_the_owner(
    client: FlaskClient, session: Session, province: Province
) -> None:
    take_over(session, province.officer, province.admin)
    page = f"/users/{province.officer.id}"
    sign_in(client, province.admin)
    values = {"reason": "当面核实"}
    shown = client.get(page)
    assert "confirm-owner" not in shown.text
    hidden = hidden_values(shown.text, f"{page}/disable")
    assert client.post(f"{page}/confirm-owner", data=hidden | values).status_code == 422
    sign_in(client, province.system)
    assert province.admin.name in text_of(client.get(page))
    assert send(client, f"{page}/confirm-owner", values, page_url=page).location == page
    queries.require_other_hands(viewer_of(province.admin), {province.officer.id})


def test_r14_a_link_to_the_own_address_gives_the_account_back_but_not_to_a_changed_one(
    session: Session, province: Province
) -> None:
    officer = province.officer
    officer.email = "officer@example.org"
    take_over(session, officer, province.admin)
    officer.email = "thief@example.org"
    invitations.ask_for_reset(officer.login, "10.0.0.1", clock.now())
    use(session, officer)
    assert queries.hands_open(officer.id)
    officer.email = "officer@example.org"
    invitations.mail_reset(officer, "忘记密码", by=viewer_of(province.admin), at=clock.now())
    use(session, officer)
    assert queries.hands_open(officer.id) == []


def test_r14_behind_a_second_factor_a_code_for_the_password_opens_nothing(
    session: Session, province: Province
) -> None:
    province.officer.factor_on_at = clock.now()
    take_over(session, province.officer, province.admin)
    assert queries.hands_open(province.officer.id) == []
    actions.reset_factor(province.officer, "丢失", by=viewer_of(province.admin), at=clock.now())
    assert [note.cause for note in queries.hands_open(province.officer.id)] == ["factor"]


def late(
    client: FlaskClient, person: User, session: Session
) -> tuple[TestResponse, dict[str, str]]:
    """A form whose session ended while it was being filled in."""
    row = sign_in(client, person)
    values = hidden_values(open_page(client, "/me/contact").text)
    values |= {"name": "李甲甲", "email": "li@example.org", "phone": ""}
    row.last_seen_at = clock.now() - timedelta(minutes=16)
    session.commit()
    return client.post("/me/contact", data=values), values


def test_r26_a_form_that_comes_after_the_session_is_kept_through_the_new_sign_in(
    client: FlaskClient, person: User, session: Session
) -> None:
    answer, _values = late(client, person, session)
    assert answer.status_code == 401
    form = fields(answer.text)
    assert form["kept.name"] == "李甲甲"
    target = BeautifulSoup(answer.text, "html.parser").find(
        "form", action=lambda a: a and "next" in a
    )
    assert target is not None
    wrong = client.post(str(target["action"]), data=form | {"login": "lijia", "password": "x"})
    assert fields(wrong.text)["kept.name"] == "李甲甲"
    form = fields(wrong.text) | {"login": "lijia", "password": PASSWORD}
    again = client.post(str(target["action"]), data=form)
    assert again.status_code == 200
    assert "password" not in fields(again.text)
    sent = client.post("/me/contact", data=fields(again.text))
    assert sent.location == "/me"
    session.expire_all()
    assert person.name == "李甲甲"


def test_r26_what_one_person_typed_is_not_handed_to_the_next(
    client: FlaskClient, person: User, session: Session, province: Province
) -> None:
    answer, _values = late(client, person, session)
    make_user(
        session, province.city, Role.BUREAU_OFFICER, "王乙", login="wangyi", password=PASSWORD
    )
    form = fields(answer.text) | {"login": "wangyi", "password": PASSWORD}
    other = client.post("/sign-in?next=/me/contact", data=form)
    assert other.status_code == 303
    assert "李甲甲" not in other.text


def test_r26_a_stranger_who_sends_a_form_is_sent_to_sign_in(client: FlaskClient) -> None:
    values = hidden_values(client.get("/sign-in").text)
    assert client.post("/me/contact", data=values | {"name": "x"}).location == "/sign-in"


def test_r20_the_page_says_how_long_the_session_lasts(client: FlaskClient, person: User) -> None:
    sign_in(client, person)
    box = BeautifulSoup(client.get("/me").text, "html.parser").select_one("[data-idle]")
    assert box is not None
    assert 850 < int(str(box["data-idle"])) <= 900
