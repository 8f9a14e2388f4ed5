"""Reading whom the demonstration can send."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from provincial.core.db import db
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher


def teachers_of(school: Organisation) -> Sequence[Teacher]:
    """The teachers of a school in service, in the order in which they were registered."""
    return db.session.scalars(
        select(Teacher)
        .where(Teacher.organisation_id == school.id, Teacher.state == "active")
        .order_by(Teacher.id)
    ).all()
