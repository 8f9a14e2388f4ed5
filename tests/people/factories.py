"""Bodies, people and signed-in browsers for the tests of every room.

Plain functions; each saves what it makes (inside the test's own rolled-back transaction), so that a
request of the test client sees it and a refused act does not lose it.
"""

from __future__ import annotations

import itertools
import uuid
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.adapters.passwords import hash_password, new_token, token_digest
from provincial.adapters.services import keys
from provincial.core import clock
from provincial.core.db import db
from provincial.core.identity import id_check_character, match_key
from provincial.core.pinyin import person_search_key
from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Membership, User, UserSession
from provincial.people.accounts.rules import Role
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind, child_path
from provincial.people.teachers import queries as register
from provincial.people.teachers.models import Teacher

#: A password that the rules accept, for the tests that type one.
PASSWORD = "korrekt-pferd-batterie-heftklammer"
_numbers = itertools.count(1)


def make_organisation(
    session: Session,
    kind: Kind | str = Kind.PROVINCIAL_OFFICE,
    name: str = "",
    parent: Organisation | None = None,
    *,
    quota_parent: Organisation | None = None,
    code: str = "",
    **values: Any,
) -> Organisation:
    """A body of the tree with both its paths.

    Without ``quota_parent`` it is the parent, for a province-managed county the root (HN-01).
    """
    number = next(_numbers)
    kind = Kind(kind)
    name = name or f"{kind.value}-{number}"
    if quota_parent is None:
        quota_parent = parent
        while kind is Kind.PROVINCE_MANAGED_COUNTY and quota_parent and quota_parent.parent:
            quota_parent = quota_parent.parent
    body = Organisation(
        kind=kind.value,
        name=name,
        code=code or f"T{number:06d}",
        name_key=match_key(name),
        parent=parent,
        quota_parent=quota_parent,
        sort_order=values.pop("sort_order", number),
        **values,
    )
    session.add(body)
    session.flush()
    body.path = child_path(parent.path if parent else "/", body.id)
    body.quota_path = child_path(quota_parent.quota_path if quota_parent else "/", body.id)
    session.commit()
    return body


def make_user(
    session: Session,
    organisation: Organisation | None = None,
    role: Role | str = Role.PROVINCE_OFFICER,
    name: str = "",
    *,
    login: str = "",
    password: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    **values: Any,
) -> User:
    """A person who acts for ``organisation`` in ``role``; without a password they cannot type one."""
    number = next(_numbers)
    user = User(
        login=login or f"user{number}",
        name=name or f"测试{number}",
        password_hash=hash_password(password) if password else "",
        password_set_at=clock.now() if password else None,
        **values,
    )
    session.add(user)
    session.flush()
    if organisation is not None:
        make_membership(session, user, organisation, role, starts_on=starts_on, ends_on=ends_on)
    session.commit()
    return user


def make_membership(
    session: Session,
    user: User,
    organisation: Organisation,
    role: Role | str,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    **values: Any,
) -> Membership:
    """One more body for which ``user`` acts."""
    membership = Membership(
        user=user,
        organisation=organisation,
        role=Role(role).value,
        starts_on=starts_on or date(2023, 1, 1),
        ends_on=ends_on,
        **values,
    )
    session.add(membership)
    session.commit()
    return membership


def first_membership(user: User) -> Membership:
    """The membership a user was made with."""
    found = db.session.scalars(
        select(Membership).where(Membership.user_id == user.id).order_by(Membership.id)
    ).first()
    assert found is not None
    return found


def viewer_of(user: User, membership: Membership | None = None, **values: Any) -> Viewer:
    """The plain value that actions and queries take, as a request of this user would have it."""
    membership = membership or first_membership(user)
    body = membership.organisation
    facts: dict[str, Any] = {
        "user_id": user.id,
        "name": user.name,
        "organisation_id": body.id,
        "organisation_name": body.name,
        "organisation_kind": body.kind,
        "path": body.path,
        "quota_path": body.quota_path,
        "role": membership.role,
        "membership_id": membership.id,
        "roles": frozenset({membership.role}),
    }
    return Viewer(**(facts | values))


def sign_in(client: FlaskClient, user: User, membership: Membership | None = None) -> UserSession:
    """Sign ``user`` in to ``client`` without a password form; gives the session's row."""
    membership = membership or first_membership(user)
    token = new_token()
    row = UserSession(
        token_digest=token_digest(token),
        user_id=user.id,
        membership_id=membership.id,
        created_at=clock.now(),
        last_seen_at=clock.now(),
    )
    db.session.add(row)
    db.session.commit()
    client.set_cookie("sid", token)
    return row


def sign_out(client: FlaskClient) -> None:
    """Forget the browser's session cookie."""
    client.delete_cookie("sid")


def id_number(born: str = "19900307", sequence: int = 1) -> str:
    """An invented ID number with a right check digit, of a county that exists no more (410322)."""
    first = f"410322{born}{sequence:03d}"
    return first + id_check_character(first)


def make_teacher(
    session: Session,
    school: Organisation,
    name: str = "",
    number: str = "",
    phone: str = "",
    **values: Any,
) -> Teacher:
    """One teacher on the register of ``school``, the numbers sealed."""
    serial = next(_numbers)
    name = name or "测试教师"
    number = number or id_number("19851111", serial % 1000)
    mark = uuid.uuid4()
    teacher = Teacher(
        uuid=mark,
        organisation_id=school.id,
        name=name,
        name_key=match_key(name),
        search_key=person_search_key(name),
        id_number=keys().encrypt(number, register.sealed_context("id_number", mark)),
        id_index=register.id_index(number),
        birth_on=date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
        sex="1" if int(number[16]) % 2 else "2",
        phone=keys().encrypt(phone, register.sealed_context("phone", mark)) if phone else "",
        phone_index=register.phone_index(phone) if phone else None,
        stage=values.pop("stage", "primary"),
        subject=values.pop("subject", "chinese"),
        **values,
    )
    session.add(teacher)
    session.commit()
    return teacher
