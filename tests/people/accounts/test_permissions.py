"""Who manages whose users: role by body, against a table read by hand (R2, R3)."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.people.accounts import permissions
from provincial.people.accounts.models import Membership, User
from provincial.people.accounts.rules import Role
from tests.people.conftest import Province
from tests.people.factories import make_user, viewer_of

BODIES = ("office", "city", "county", "school", "managed", "institution")

#: (person, bodies whose users are managed, bodies whose first administrator may be invited,
#:  bodies whose users can be read)
TABLE = [
    ("admin", "office", "city managed institution", " ".join(BODIES)),
    ("officer", "", "", " ".join(BODIES)),
    ("system", " ".join(BODIES), "city managed institution", " ".join(BODIES)),
    ("auditor", "", "", " ".join(BODIES)),
    ("city_admin", "city", "county", "city county school managed"),
    ("city_officer", "", "", ""),
]


@pytest.mark.rule("HN-01")
@pytest.mark.parametrize(("person", "managed", "invites", "reads"), TABLE)
def test_r2_who_manages_whose_users(
    province: Province, person: str, managed: str, invites: str, reads: str
) -> None:
    viewer = viewer_of(getattr(province, person))
    for name in BODIES:
        body = getattr(province, name)
        assert permissions.may_manage_users(viewer, body) == (name in managed.split()), name
        assert permissions.may_invite_first(viewer, body, 0) == (name in invites.split()), name
        assert not permissions.may_invite_first(viewer, body, 1)
        assert permissions.may_see_users(viewer, body) == (name in reads.split()), name


def test_r27_a_support_view_manages_nothing(province: Province) -> None:
    viewer = viewer_of(province.admin, support_user_id=province.system.id)
    assert not permissions.may_manage_users(viewer, province.office)
    assert not permissions.may_invite_first(viewer, province.city, 0)
    assert not permissions.may_act(viewer)


def test_r3_the_scope_clause_shows_ones_own_subtree_only(
    province: Province, session: Session
) -> None:
    other = make_user(session, province.institution, Role.INSTITUTION_ADMINISTRATOR)
    below = make_user(session, province.school, Role.PRINCIPAL)
    viewer = viewer_of(province.city_admin)
    users = set(session.scalars(select(User.id).where(permissions.visible_users(viewer))))
    assert {below.id, province.city_admin.id, province.city_officer.id} <= users
    assert not {other.id, province.admin.id} & users
    rows = session.scalars(select(Membership).where(permissions.visible_memberships(viewer)))
    assert {row.organisation_id for row in rows} == {province.city.id, province.school.id}
