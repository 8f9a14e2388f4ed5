"""Links, slips, resets and the first link: actions and pages (R24)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from provincial.adapters.passwords import clean_slip_code, token_digest
from provincial.core import clock
from provincial.core.refusals import Refusal
from provincial.office.messages.models import OutboxMail
from provincial.people.accounts.models import Invitation, Membership, User
from provincial.people.accounts.queries import find_user
from provincial.people.accounts.rules import Role
from provincial.people.invitations import actions, queries
from provincial.people.invitations.permissions import BodyUsers
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from tests.people.conftest import Province
from tests.people.factories import PASSWORD, make_organisation, make_user, sign_in, viewer_of
from tests.people.pages import hidden_values, send, text_of

NOW = clock.now


def invited(
    session: Session, province: Province, body: Organisation, role: Role, email: str = ""
) -> tuple[Invitation, str]:
    made = actions.invite(
        BodyUsers(body, 0), "王乙", email, role, by=viewer_of(province.system), at=NOW()
    )
    session.commit()
    return made


def test_r24_only_a_digest_of_the_code_is_kept(session: Session, province: Province) -> None:
    invitation, code = invited(session, province, province.city, Role.BUREAU_OFFICER)
    assert invitation.token_digest == token_digest(code)


def test_an_invitation_with_an_address_is_mailed(session: Session, province: Province) -> None:
    _, code = invited(session, province, province.city, Role.BUREAU_OFFICER, "wang@example.org")
    mail = session.scalars(select(OutboxMail)).one()
    assert mail.to_address == "wang@example.org"
    assert actions.link_of(code) in str(mail.body)


def test_from_above_only_the_first_administrator_is_invited(
    session: Session, province: Province
) -> None:
    body = BodyUsers(province.city, 0)
    viewer = viewer_of(province.admin)
    with pytest.raises(Refusal):
        actions.invite(body, "王乙", "", Role.BUREAU_OFFICER, by=viewer, at=NOW())
    actions.invite(body, "王乙", "", Role.BUREAU_ADMINISTRATOR, by=viewer, at=NOW())


def test_a_role_of_another_kind_of_body_is_refused(session: Session, province: Province) -> None:
    with pytest.raises(Refusal) as refused:
        invited(session, province, province.city, Role.PROVINCE_ADMINISTRATOR)
    assert refused.value.field == "role"


def test_r2_the_system_administrator_does_not_make_provincial_officers(
    session: Session, province: Province
) -> None:
    with pytest.raises(Refusal):
        invited(session, province, province.office, Role.PROVINCE_OFFICER)


def test_the_person_activates_the_account_in_the_browser(
    client: FlaskClient, session: Session, province: Province
) -> None:
    _, code = invited(session, province, province.county, Role.BUREAU_ADMINISTRATOR)
    url = f"/activate/{code}"
    values = {"name": "王乙", "login": "wangyi", "password": PASSWORD, "again": PASSWORD}
    weak = send(client, url, values | {"password": "wangyi", "again": "wangyi"})
    assert weak.status_code == 422
    answer = send(client, url, values)
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/me").status_code == 200
    user = find_user("wangyi")
    assert user is not None
    membership = session.scalars(select(Membership).where(Membership.user_id == user.id)).one()
    assert (membership.organisation_id, membership.role) == (
        province.county.id,
        Role.BUREAU_ADMINISTRATOR,
    )


def test_r24_a_code_works_once(client: FlaskClient, session: Session, province: Province) -> None:
    invitation, code = invited(session, province, province.county, Role.BUREAU_ADMINISTRATOR)
    actions.join_with_new_account(invitation, "wangyi", "王乙", PASSWORD, NOW())
    session.commit()
    assert client.get(f"/activate/{code}").status_code == 410
    with pytest.raises(Refusal):
        actions.join_with_new_account(invitation, "wangbing", "王丙", PASSWORD, NOW())


@pytest.mark.parametrize("how", ["expired", "withdrawn", "resent"])
def test_r24_a_void_code_opens_nothing(
    client: FlaskClient, session: Session, province: Province, how: str
) -> None:
    invitation, code = invited(session, province, province.county, Role.BUREAU_ADMINISTRATOR)
    if how == "expired":
        invitation.expires_at = NOW() - timedelta(seconds=1)
    elif how == "withdrawn":
        actions.withdraw(invitation, by=viewer_of(province.system), at=NOW())
    else:
        actions.resend(invitation, by=viewer_of(province.system), at=NOW())
    session.commit()
    assert client.get(f"/activate/{code}").status_code == (404 if how == "resent" else 410)


def test_the_same_activation_sent_twice_makes_one_account(
    client: FlaskClient, session: Session, province: Province
) -> None:
    _, code = invited(session, province, province.county, Role.BUREAU_ADMINISTRATOR)
    url = f"/activate/{code}"
    values = hidden_values(client.get(url).text)
    values |= {"name": "王乙", "login": "wangyi", "password": PASSWORD, "again": PASSWORD}
    client.post(url, data=values)
    assert client.post(url, data=values).status_code in (303, 400, 410)
    assert len(session.scalars(select(User).where(User.login == "wangyi")).all()) == 1


def test_a_taken_sign_in_name_is_refused_on_its_field(
    client: FlaskClient, session: Session, province: Province
) -> None:
    make_user(session, province.city, Role.BUREAU_OFFICER, login="wangyi")
    _, code = invited(session, province, province.county, Role.BUREAU_ADMINISTRATOR)
    values = {"name": "王乙", "login": " WangYi", "password": PASSWORD, "again": PASSWORD}
    answer = send(client, f"/activate/{code}", values)
    assert answer.status_code == 422
    assert session.scalars(select(Invitation)).one().used_at is None


def test_a_person_with_an_account_adds_a_body_to_it(
    client: FlaskClient, session: Session, province: Province
) -> None:
    _, code = invited(session, province, province.county, Role.BUREAU_OFFICER)
    sign_in(client, province.city_officer)
    answer = send(client, f"/activate/{code}")
    assert answer.location == "/acting"
    assert "甲市乙县" in text_of(client.get("/acting"))


def test_a_slip_is_typed_as_people_type(
    client: FlaskClient, session: Session, province: Province
) -> None:
    code = actions.print_slip(
        BodyUsers(province.school, 0), "", Role.SCHOOL_ADMINISTRATOR.value,
        by=viewer_of(province.system), at=NOW(),
    )  # fmt: skip
    session.commit()
    typed = code.lower().replace("-", " ")
    assert clean_slip_code(typed) == code
    answer = send(client, "/activate", {"code": typed})
    assert answer.location == f"/activate/{code}"
    assert send(client, "/activate", {"code": "AAAAA-AAAAA-AAAAA-AAAAA"}).status_code == 422


def test_r22_guessing_codes_is_limited(client: FlaskClient, session: Session) -> None:
    values = hidden_values(client.get("/activate").text)
    for _ in range(60):
        client.post("/activate", data=values | {"code": "AAAAA-AAAAA-AAAAA-AAAAA"})
    answer = client.post("/activate", data=values | {"code": "AAAAA-AAAAA-AAAAA-AAAAA"})
    assert answer.status_code == 429


def test_slips_for_all_bodies_below_are_shown_once_and_replace_earlier_ones(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, province.admin)
    first = send(client, "/invitations/below/slips", page_url="/invitations/below")
    codes = re.findall(r"[A-Z2-9]{5}(?:-[A-Z2-9]{5}){3}", text_of(first))
    assert len(codes) == len(
        queries.all_without_administrator(viewer_of(province.admin), clock.today())
    )
    assert "丙县" in first.text  # the province, not the city, invites a province-managed county
    assert "乙县" not in text_of(first)
    send(client, "/invitations/below/slips", page_url="/invitations/below")
    assert client.get(f"/activate/{codes[0]}").status_code == 410


def test_slips_come_as_a_pdf(client: FlaskClient, session: Session, province: Province) -> None:
    sign_in(client, province.city_admin)
    answer = send(
        client, "/invitations/below/slips", {"format": "pdf"}, page_url="/invitations/below"
    )
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")


def test_inviting_without_an_address_shows_the_link_once(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, province.city_admin)
    answer = send(
        client,
        f"/invitations/bodies/{province.city.id}",
        {"name": "王乙", "email": "", "role": "bureau_officer", "as": "link"},
    )
    assert answer.status_code == 200
    assert "/activate/" in answer.text
    listed = client.get("/users")
    assert "王乙" in text_of(listed)
    assert "/activate/" not in listed.text


def test_one_does_not_invite_into_foreign_bodies(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, province.city_admin)
    assert client.get(f"/invitations/bodies/{province.institution.id}").status_code == 404
    assert client.get(f"/invitations/bodies/{province.school.id}").status_code == 403
    sign_in(client, province.city_officer)
    assert client.get(f"/invitations/bodies/{province.city.id}").status_code == 403


def test_r24_a_forgotten_password_is_answered_alike_for_everybody(
    client: FlaskClient, session: Session, province: Province
) -> None:
    make_user(session, province.city, Role.BUREAU_OFFICER, login="lijia", email="li@example.org")
    known = send(client, "/forgotten-password", {"who": "lijia"})
    unknown = send(client, "/forgotten-password", {"who": "lijib"})
    assert text_of(known) == text_of(unknown)
    assert session.scalars(select(OutboxMail)).one().to_address == "li@example.org"


def test_r24_a_reset_link_lasts_30_minutes_ends_sessions_and_unlocks(
    client: FlaskClient, app: Flask, session: Session, province: Province
) -> None:
    user = make_user(
        session, province.city, Role.BUREAU_OFFICER, login="lijia", email="li@example.org"
    )
    other = app.test_client()
    sign_in(other, user)
    user.locked_until = NOW() + timedelta(hours=3)
    actions.ask_for_reset("li@example.org", "", NOW())
    session.commit()
    invitation = session.scalars(select(Invitation)).one()
    assert invitation.expires_at <= NOW() + timedelta(minutes=30)
    code = re.search(r"/activate/([\w-]+)", str(session.scalars(select(OutboxMail)).one().body))
    assert code is not None
    answer = send(client, f"/activate/{code[1]}", {"password": PASSWORD, "again": PASSWORD})
    assert answer.location == "/"
    assert other.get("/me").status_code == 303
    session.expire_all()
    assert user.locked_until is None


@pytest.fixture
def empty_site(session: Session) -> None:
    """No body at all, whatever other tests have left; undone with the test's transaction."""
    session.execute(text("set local session_replication_role = replica"))
    session.execute(text("delete from organisation"))
    session.execute(text("set local session_replication_role = origin"))
    session.commit()


@pytest.mark.usefixtures("empty_site")
def test_the_first_administrator_gets_one_link(app: Flask, session: Session) -> None:
    code = actions.found_province("测试省教育厅", "990000", "赵管理", NOW())
    session.commit()
    root = queries.root()
    assert root is not None
    assert (root.code, root.path, root.kind) == ("990000", f"/{root.id}/", Kind.PROVINCIAL_OFFICE)
    invitation = queries.find_invitation(code)
    assert invitation is not None
    assert invitation.role == Role.PROVINCE_ADMINISTRATOR
    assert invitation.expires_at <= NOW() + timedelta(hours=24)
    with pytest.raises(Refusal):
        actions.found_province("另一省教育厅", "980000", "", NOW())
    second = actions.first_link(root, "", NOW())
    assert not queries.is_open(invitation, NOW())
    found = queries.find_invitation(second)
    assert found is not None
    actions.join_with_new_account(found, "zhao", "赵管理", PASSWORD, NOW())
    with pytest.raises(Refusal):
        actions.first_link(root, "", NOW())


@pytest.mark.usefixtures("empty_site")
def test_the_command_prints_the_link(app: Flask, session: Session) -> None:
    answer = app.test_cli_runner().invoke(args=["province", "init", "--name", "测试省教育厅"])
    assert answer.exit_code == 0
    assert "/activate/" in answer.output
    again = app.test_cli_runner().invoke(args=["province", "init", "--name", "测试省教育厅"])
    assert again.exit_code == 1
    assert "Traceback" not in again.output


def test_bodies_below_wait_in_the_to_do_list(session: Session, province: Province) -> None:
    item = queries.todo(viewer_of(province.city_admin))[0]
    assert (item.count, item.url) == (1, "/invitations/below")
    make_organisation(session, Kind.COUNTY, "丁县", province.city)
    assert queries.todo(viewer_of(province.city_admin))[0].count == 2
    assert queries.todo(viewer_of(province.city_officer)) == []
