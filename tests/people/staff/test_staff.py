"""The people of a body: ending, disabling, deputies, hand-over, dormancy; actions and pages."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.core.db import db, transaction
from provincial.core.refusals import Refusal
from provincial.office.messages.models import Message
from provincial.people.accounts.models import Invitation, Membership, User
from provincial.people.accounts.queries import current_memberships
from provincial.people.accounts.rules import Role
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.people.staff import actions, queries
from provincial.people.staff.permissions import may_hand_over, may_manage_person
from tests.forms import post
from tests.people.conftest import Province
from tests.people.factories import (
    first_membership,
    make_membership,
    make_organisation,
    make_user,
    sign_in,
    viewer_of,
)
from tests.people.pages import send, text_of

NOW = clock.now
DAY = timedelta(days=1)


def person_of(user: User, looker: User) -> object:
    found = queries.person_in_scope(viewer_of(looker), user.id)
    assert found is not None
    return found


def second_admin(session: Session, province: Province) -> User:
    return make_user(session, province.city, Role.BUREAU_ADMINISTRATOR, "第二管理员")


def test_the_last_administrator_cannot_be_removed(session: Session, province: Province) -> None:
    membership = first_membership(province.city_admin)
    with pytest.raises(Refusal):
        actions.end_membership(membership, "x", by=viewer_of(province.system), at=NOW())
    session.rollback()
    with pytest.raises(Refusal):
        actions.disable(
            person_of(province.city_admin, province.system), "x",
            by=viewer_of(province.system), at=NOW(),
        )  # fmt: skip


def test_a_deputy_does_not_count_as_the_other_administrator(
    session: Session, province: Province
) -> None:
    membership = first_membership(province.city_admin)
    on = clock.today()
    actions.appoint_deputy(
        membership, province.city_officer, on, on + 10 * DAY, "休假",
        by=viewer_of(province.city_admin), on=on,
    )  # fmt: skip
    with pytest.raises(Refusal):
        actions.end_membership(membership, "x", by=viewer_of(province.system), at=NOW())


def test_with_another_administrator_one_can_go_and_the_session_ends_at_once(
    client: FlaskClient, session: Session, province: Province
) -> None:
    second = second_admin(session, province)
    sign_in(client, province.city_admin)
    assert client.get("/me").status_code == 200
    membership = first_membership(province.city_admin)
    actions.end_membership(membership, "调离", by=viewer_of(second), at=NOW())
    session.commit()
    assert client.get("/me").status_code == 303
    told = session.scalars(select(Message).where(Message.user_id == province.city_admin.id)).one()
    assert told.kind == "membership_ended"


def test_two_administrators_who_remove_each_other_leave_one(app: Flask) -> None:
    """Real transactions on two connections: the body's row lock lets only one succeed."""
    with app.app_context():
        body = make_organisation(db.session(), Kind.PREFECTURE_CITY, "并发市")
        users = [make_user(db.session(), body, Role.BUREAU_ADMINISTRATOR) for _ in range(2)]
        pairs = [
            (first_membership(u).id, viewer_of(o)) for u, o in zip(users, users[::-1], strict=True)
        ]
        body_id = body.id
    start, done = threading.Barrier(2), []

    def remove(membership_id: int, viewer: object) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction() as session:
                    membership = session.get_one(Membership, membership_id)
                    actions.end_membership(membership, "x", by=viewer, at=NOW())
                done.append(membership_id)
            except Refusal:
                pass

    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    with app.app_context():
        open_ones = db.session.scalars(
            select(Membership).where(
                Membership.organisation_id == body_id, Membership.ended_at.is_(None)
            )
        ).all()
        assert len(open_ones) == 1
        with transaction() as session:
            session.execute(delete(Membership).where(Membership.organisation_id == body_id))
            session.execute(delete(Organisation).where(Organisation.id == body_id))


def test_disabling_ends_sessions_and_enabling_opens_the_account_again(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, province.city_officer)
    by = viewer_of(province.city_admin)
    actions.disable(person_of(province.city_officer, province.city_admin), "离职", by=by, at=NOW())
    session.commit()
    assert client.get("/me").status_code == 303
    actions.enable(person_of(province.city_officer, province.city_admin), "误停", by=by, at=NOW())
    session.commit()
    sign_in(client, province.city_officer)
    assert client.get("/me").status_code == 200


def test_r2_an_account_of_two_bodies_is_not_disabled_by_one_of_them(
    session: Session, province: Province
) -> None:
    make_membership(session, province.city_officer, province.county, Role.BUREAU_OFFICER)
    found = person_of(province.city_officer, province.city_admin)
    assert not may_manage_person(viewer_of(province.city_admin), found)
    assert may_manage_person(viewer_of(province.system), found)


def test_r2_the_system_administrator_cannot_take_the_place_of_who_runs_the_province(
    session: Session, province: Province
) -> None:
    viewer = viewer_of(province.system)
    for user in (province.admin, province.officer, province.auditor, province.system):
        assert not may_manage_person(viewer, person_of(user, province.system))


def test_r3_what_a_person_does_elsewhere_is_not_shown(
    client: FlaskClient, session: Session, province: Province
) -> None:
    make_membership(session, province.city_officer, province.institution, Role.INSTITUTION_OFFICER)
    sign_in(client, province.city_admin)
    said = text_of(client.get(f"/users/{province.city_officer.id}"))
    assert "甲市" in said
    assert "测试师范大学" not in said


def test_personal_roles_are_not_handed_over(session: Session, province: Province) -> None:
    teacher = make_user(session, province.school, Role.TEACHER)
    assert not may_hand_over(viewer_of(teacher), first_membership(teacher))
    officer = province.city_officer
    assert may_hand_over(viewer_of(officer), first_membership(officer))


def test_a_deputy_acts_between_two_days_only(session: Session, province: Province) -> None:
    on = clock.today()
    actions.appoint_deputy(
        first_membership(province.city_admin), province.city_officer, on + DAY, on + 3 * DAY,
        "休假", by=viewer_of(province.city_admin), on=on,
    )  # fmt: skip

    def roles(day: object) -> set[str]:
        return {m.role for m in current_memberships(province.city_officer.id, day)}

    assert roles(on) == {Role.BUREAU_OFFICER}
    assert roles(on + DAY) == {Role.BUREAU_OFFICER, Role.BUREAU_ADMINISTRATOR}
    assert roles(on + 3 * DAY) == {Role.BUREAU_OFFICER, Role.BUREAU_ADMINISTRATOR}
    assert roles(on + 4 * DAY) == {Role.BUREAU_OFFICER}


@pytest.mark.parametrize(("first", "last"), [(3, 1), (-5, -1), (0, 400)])
def test_deputies_with_impossible_days_are_refused(
    session: Session, province: Province, first: int, last: int
) -> None:
    on = clock.today()
    with pytest.raises(Refusal) as refused:
        actions.appoint_deputy(
            first_membership(province.city_admin), province.city_officer, on + first * DAY,
            on + last * DAY, "x", by=viewer_of(province.city_admin), on=on,
        )  # fmt: skip
    assert refused.value.field == "ends_on"


def test_the_last_provincial_administrator_stays_though_a_system_administrator_is_there(
    session: Session, province: Province
) -> None:
    """The system administrator may not give that post, so nobody could fill it again."""
    post = first_membership(province.admin)
    with pytest.raises(Refusal):
        actions.end_membership(post, "离任", by=viewer_of(province.admin), at=clock.now())
    other = make_user(session, province.office, Role.PROVINCE_ADMINISTRATOR, "另一管理员")
    actions.end_membership(post, "离任", by=viewer_of(other), at=clock.now())
    system = first_membership(province.system)
    actions.end_membership(system, "离任", by=viewer_of(other), at=clock.now())
    assert system.ended_at is not None


def test_the_last_administrator_hands_over_to_a_successor(
    session: Session, province: Province
) -> None:
    membership = first_membership(province.city_admin)
    actions.hand_over(
        membership, province.city_officer, "调离", by=viewer_of(province.city_admin), at=NOW()
    )
    roles = {m.role for m in current_memberships(province.city_officer.id, clock.today())}
    assert Role.BUREAU_ADMINISTRATOR in roles
    assert current_memberships(province.city_admin.id, clock.today()) == []


def test_handing_over_to_ones_deputy_makes_the_post_theirs(
    session: Session, province: Province
) -> None:
    membership, on = first_membership(province.city_admin), clock.today()
    by = viewer_of(province.city_admin)
    actions.appoint_deputy(membership, province.city_officer, on, on + DAY, "休假", by=by, on=on)
    heir = actions.hand_over(membership, province.city_officer, "调离", by=by, at=NOW())
    assert (heir.ends_on, heir.deputy_for_id) == (None, None)


def test_the_page_of_a_hand_over_lists_what_waits(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, province.city_admin)
    membership = first_membership(province.city_admin)
    url = f"/memberships/{membership.id}/hand-over"
    page = client.get(url)
    assert "/invitations/below" in page.text
    answer = send(client, url, {"successor": str(province.city_officer.id), "reason": "调离"})
    assert answer.location == "/sign-in"
    assert client.get("/me").status_code == 303


def test_daily_ends_terms_and_tells_before_disabling_unused_accounts(
    session: Session, province: Province
) -> None:
    at = NOW()
    idle, told = province.city_officer, province.officer
    idle.last_seen_at = at - 170 * DAY
    told.last_seen_at = at - 181 * DAY
    told.warned_dormant_at = at - 15 * DAY
    over = make_membership(
        session, province.auditor, province.office, Role.PROVINCE_OFFICER,
        ends_on=clock.today() - DAY,
    )  # fmt: skip
    actions.daily(at)
    session.flush()
    assert (idle.state, idle.warned_dormant_at) == ("active", at)
    assert told.state == "disabled"
    assert over.ended_at == at
    assert session.scalars(select(Message).where(Message.user_id == idle.id)).one()
    actions.daily(at)
    assert len(session.scalars(select(Message).where(Message.user_id == idle.id)).all()) == 1


def test_the_list_names_members_and_invitations_and_comes_as_a_workbook(
    client: FlaskClient, session: Session, province: Province, tmp_path: object
) -> None:
    sign_in(client, province.city_admin)
    said = text_of(client.get("/users"))
    assert "甲市工作人员" in said
    assert "厅管理员" not in said
    assert "甲市工作人员" not in text_of(client.get("/users?q=%25%25"))
    book = post(client, f"/users/bodies/{province.city.id}/export")
    path = tmp_path / "users.xlsx"
    path.write_bytes(book.data)
    cells = {cell.value for row in load_workbook(path).active for cell in row}
    assert "甲市工作人员" in cells


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("admin", "county", 200),
        ("auditor", "institution", 200),
        ("city_admin", "school", 200),
        ("city_admin", "institution", 404),
        ("city_officer", "city", 403),
    ],
)
def test_r3_lists_outside_the_scope_do_not_exist(
    client: FlaskClient, session: Session, province: Province, who: str, body: str, status: int
) -> None:
    sign_in(client, getattr(province, who))
    page = client.get(f"/users/bodies/{getattr(province, body).id}")
    assert page.status_code == status


def test_a_refusal_stays_on_the_persons_page_with_the_reason_kept(
    client: FlaskClient, session: Session, province: Province
) -> None:
    second = make_user(session, province.city, Role.BUREAU_ADMINISTRATOR, "第二管理员")
    sign_in(client, second)
    membership = first_membership(province.city_admin)
    url = f"/memberships/{membership.id}/end"
    assert send(client, url, {"reason": ""}).status_code == 422
    first = first_membership(second)
    actions.end_membership(first, "x", by=viewer_of(province.system), at=NOW())
    session.commit()
    sign_in(client, province.system)
    answer = send(client, url, {"reason": "机构调整"})
    assert answer.status_code == 422
    assert "机构调整" in answer.text


def test_a_manager_issues_a_reset_code_and_the_person_is_told(
    client: FlaskClient, session: Session, province: Province
) -> None:
    sign_in(client, province.city_admin)
    page = f"/users/{province.city_officer.id}"
    answer = send(client, f"{page}/reset", {"reason": "忘记密码"}, page_url=page)
    assert answer.status_code == 200
    invitation = session.scalars(select(Invitation)).one()
    assert (invitation.purpose, invitation.form) == ("reset", "slip")
    assert invitation.expires_at <= NOW() + timedelta(hours=24)
    told = session.scalars(select(Message).where(Message.user_id == province.city_officer.id)).one()
    assert told.kind == "password_reset"
    assert client.get(f"/users/{province.admin.id}").status_code == 404
