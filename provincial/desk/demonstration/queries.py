"""Reading the demonstration's own data, and what stands on the site already."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.people.accounts.models import Membership, User
from provincial.people.accounts.rules import Role
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import BUREAUS

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """One account as ``flask demo accounts`` lists it."""

    user: str
    role: Role
    organisation: str
    organisation_code: str


def is_empty() -> bool:
    """Whether the site holds neither a body nor a person."""
    taken = select(exists().where(Organisation.id > 0) | exists().where(User.id > 0))
    return not db.session.scalar(taken)


def accounts() -> list[DemonstrationAccount]:
    """The demonstration accounts of this site, in the order in which they were made."""
    memberships = db.session.scalars(
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(User.is_demonstration, Membership.ended_at.is_(None))
        .options(joinedload(Membership.user), joinedload(Membership.organisation))
        .order_by(Membership.id)
    )
    return [
        DemonstrationAccount(
            membership.user.login,
            Role(membership.role),
            membership.organisation.name,
            membership.organisation.code,
        )
        for membership in memberships
    ]


def bureaus() -> Sequence[Organisation]:
    """Every education authority, in the order of the table of divisions."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.kind.in_(sorted(kind.value for kind in BUREAUS)))
        .order_by(Organisation.code)
    ).all()


def table(name: str) -> list[dict[str, str]]:
    """One of the demonstration's tables: accounts, institutions or figures."""
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def workbook(name: str) -> bytes:
    """A workbook that comes with the demonstration."""
    return (_HERE / name).read_bytes()
