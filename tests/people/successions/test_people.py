"""People follow a merger, a closing and their taking back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.adapters.passwords import token_digest
from provincial.core import clock
from provincial.desk.reorganisation.rules import Follower
from provincial.people.accounts.models import Invitation, Membership, User, UserSession
from provincial.people.accounts.rules import Role
from provincial.people.organisations import actions as organisations
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import can_take_back, contact_phone
from provincial.people.organisations.rules import ChangeKind, Kind, OrganisationChange, Step
from provincial.people.structure import actions as steps
from provincial.people.successions.actions import follow_people
from provincial.people.successions.queries import preview_people
from tests.people.conftest import Province
from tests.people.factories import (
    first_membership,
    make_membership,
    make_organisation,
    make_user,
    sign_in,
    viewer_of,
)

STEP = Step(date(2023, 9, 1), "区划调整", "豫政〔2023〕1号")


@pytest.fixture
def heir(session: Session, province: Province) -> Organisation:
    return make_organisation(session, Kind.COUNTY, "甲市丁县", province.city)


@pytest.fixture
def head(session: Session, province: Province) -> User:
    return make_user(session, province.county, Role.BUREAU_ADMINISTRATOR, "县管理员")


@pytest.fixture
def do(session: Session, province: Province) -> Callable[..., OrganisationChange]:
    """A step of the tree with the people following, as reorganisation does it."""
    by = viewer_of(province.admin)

    def act(verb: Callable[..., OrganisationChange], *bodies: object) -> OrganisationChange:
        change = verb(*bodies, step=STEP, today=clock.today(), by=by)
        follow_people(change, by)
        session.commit()
        return change

    return act


def back(do: Callable[..., OrganisationChange], body: Organisation) -> OrganisationChange:
    """Take the body's last step back."""
    return do(steps.take_back, body, can_take_back(body))


def open_posts(session: Session, body: Organisation) -> set[tuple[str, str]]:
    rows = session.scalars(
        select(Membership).where(
            Membership.organisation_id == body.id, Membership.ended_at.is_(None)
        )
    )
    return {(row.user.name, row.role) for row in rows}


def invite(session: Session, body: Organisation, mark: str, role: Role) -> Invitation:
    row = Invitation(
        token_digest=token_digest(mark),
        organisation_id=body.id,
        role=role.value,
        name=mark,
        expires_at=clock.now() + timedelta(days=10),
    )
    session.add(row)
    session.commit()
    return row


def test_in_a_merger_people_go_to_the_heir_and_come_back(
    session: Session,
    province: Province,
    heir: Organisation,
    head: User,
    do: Callable[..., OrganisationChange],
    client: FlaskClient,
) -> None:
    both = make_user(session, province.county, Role.BUREAU_OFFICER, "两县兼任")
    make_membership(session, both, heir, Role.BUREAU_OFFICER)
    deputy = make_user(session, province.county, Role.BUREAU_OFFICER, "代理")
    make_membership(
        session,
        deputy,
        province.county,
        Role.BUREAU_ADMINISTRATOR,
        ends_on=clock.today() + timedelta(days=30),
        deputy_for_id=first_membership(head).id,
    )
    before, heirs = open_posts(session, province.county), open_posts(session, heir)
    sign_in(client, head)
    do(steps.merge, province.county, heir)
    assert open_posts(session, province.county) == set()
    assert open_posts(session, heir) == before | heirs
    made = session.scalars(
        select(Membership).where(
            Membership.organisation_id == heir.id, Membership.deputy_for_id.is_not(None)
        )
    ).one()
    principal = session.get(Membership, made.deputy_for_id)
    assert principal is not None
    assert (principal.user_id, principal.organisation_id) == (head.id, heir.id)
    page = client.get("/me")
    assert page.status_code == 200
    assert heir.name in page.text
    back(do, province.county)
    assert open_posts(session, province.county) == before
    assert open_posts(session, heir) == heirs
    assert province.county.name in client.get("/me").text


def test_invitations_and_the_contact_go_along_and_come_back(
    session: Session,
    province: Province,
    heir: Organisation,
    do: Callable[..., OrganisationChange],
) -> None:
    row = invite(session, province.county, "新人", Role.BUREAU_OFFICER)
    organisations.name_contact(province.county, "王五", "13800001234", "w@example.org", by=None)
    session.commit()
    do(steps.merge, province.county, heir)
    assert row.organisation_id == heir.id
    assert (heir.contact_name, contact_phone(heir)) == ("王五", "13800001234")
    back(do, province.county)
    assert (row.organisation_id, row.withdrawn_at) == (province.county.id, None)
    assert (heir.contact_name, heir.contact_phone) == ("", "")
    assert contact_phone(province.county) == "13800001234"


def test_an_heir_keeps_its_own_contact(
    session: Session, province: Province, heir: Organisation, do: Callable[..., OrganisationChange]
) -> None:
    organisations.name_contact(province.county, "王五", "13800001234", "w@example.org", by=None)
    organisations.name_contact(heir, "赵六", "13800005678", "z@example.org", by=None)
    do(steps.merge, province.county, heir)
    assert heir.contact_name == "赵六"
    back(do, province.county)
    assert heir.contact_name == "赵六"


def test_who_has_left_the_heir_since_does_not_come_back(
    session: Session,
    province: Province,
    heir: Organisation,
    head: User,
    do: Callable[..., OrganisationChange],
) -> None:
    do(steps.merge, province.county, heir)
    made = session.scalars(select(Membership).where(Membership.organisation_id == heir.id)).one()
    made.ended_at = clock.now()
    session.commit()
    back(do, province.county)
    assert open_posts(session, province.county) == set()


def test_a_closed_body_has_nobody_until_the_closing_is_taken_back(
    session: Session, province: Province, do: Callable[..., OrganisationChange], client: FlaskClient
) -> None:
    school = province.school
    principal = make_user(session, school, Role.PRINCIPAL, "校长")
    row = invite(session, school, "新人", Role.SCHOOL_ADMINISTRATOR)
    sign_in(client, principal)
    do(steps.close, school)
    assert open_posts(session, school) == set()
    assert row.withdrawn_at is not None
    assert client.get("/me").status_code == 303
    assert session.scalars(select(UserSession)).one().ended_reason == "membership ended"
    back(do, school)
    assert open_posts(session, school) == {("校长", "principal")}
    assert row.withdrawn_at is None


def test_opening_again_without_taking_back_brings_nobody(
    session: Session, province: Province, do: Callable[..., OrganisationChange]
) -> None:
    school = province.school
    make_user(session, school, Role.PRINCIPAL, "校长")
    do(steps.close, school)
    do(steps.reopen, school)
    assert open_posts(session, school) == set()
    make_user(session, school, Role.PRINCIPAL, "新校长")
    back(do, school)  # the opening: closed once more
    back(do, school)  # the closing itself
    assert open_posts(session, school) == {("校长", "principal"), ("新校长", "principal")}


def planned(kind: ChangeKind, body: Organisation, **values: object) -> OrganisationChange:
    facts: dict[str, object] = {"before": {}, "after": {}} | values
    return OrganisationChange(kind, body.id, on_date=STEP.on_date, reason="", **facts)  # type: ignore[arg-type]


def test_the_officer_reads_before_what_it_does_to_people(
    session: Session, province: Province, heir: Organisation, head: User
) -> None:
    make_membership(session, head, heir, Role.BUREAU_ADMINISTRATOR)
    make_user(session, province.county, Role.BUREAU_OFFICER, "县工作人员")
    invite(session, province.county, "新人", Role.BUREAU_OFFICER)
    merger = planned(ChangeKind.MERGED, province.county, successor_id=heir.id)
    said = [str(finding.message) for finding in preview_people(merger)]
    assert said == [
        "1 memberships go to the successor.",
        "1 people act for the successor already.",
        "1 open invitations go to the successor.",
    ]
    closing = preview_people(planned(ChangeKind.CLOSED, province.county))
    assert [(f.severity.value, str(f.message)[:14]) for f in closing] == [
        ("pass", "1 open invitat"),
        ("warn", "2 memberships "),
    ]
    assert preview_people(planned(ChangeKind.MOVED, province.county)) == []
    assert len(preview_people(planned(ChangeKind.REOPENED, province.county))) == 1


def test_people_stand_among_the_followers(app: Flask) -> None:
    followers: tuple[Follower, ...] = app.config["ORGANISATION_FOLLOWERS"]
    assert "people" in [follower.name for follower in followers]
