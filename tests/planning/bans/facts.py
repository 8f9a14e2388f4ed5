"""A teacher with bans, for the tests of bans, files, objections and lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from provincial.core.viewer import Viewer
from provincial.people.accounts.models import User
from provincial.people.accounts.rules import Role
from provincial.people.teachers.models import Teacher
from provincial.planning.bans import actions
from provincial.planning.integrity.models import Ban
from tests.people.factories import make_teacher, make_user
from tests.planning.office import Office

EVENT = date(2023, 12, 18)
#: The day after the event, and one after the objection window.
NOW = datetime(2023, 12, 19, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class Sent:
    """A file as a form brings it."""

    def __init__(self, data: bytes = PDF, filename: str | None = "证明.pdf") -> None:
        self.data, self.filename = data, filename

    def read(self) -> bytes:
        """Its bytes."""
        return self.data


def a_teacher(office: Office, name: str = "王小明", number: str = "") -> tuple[Teacher, User]:
    """A teacher of the school with an account tied to the record."""
    user = make_user(office.session, office.school, Role.TEACHER, name)
    teacher = make_teacher(office.session, office.school, name, number, user_id=user.id)
    return teacher, user


def proposed(
    office: Office, teacher: Teacher, cause: str = "no_show", event_on: date = EVENT
) -> Ban:
    """A ban proposed by an officer after an event of the issued plan."""
    ban = actions.propose(
        teacher,
        cause,
        event_on=event_on,
        now=NOW,
        by=office.maker,
        training_name="小学语文骨干教师培训",
        note="开班当日未报到",
    )
    office.session.commit()
    return ban


def step(ban: Ban, action: str, by: Viewer, *, reason: str = "", now: datetime = LATER) -> None:
    """One step after the objection window."""
    actions.take_step(ban, action, by=by, now=now, reason=reason)


def in_force(
    office: Office, teacher: Teacher, cause: str = "no_show", event_on: date = EVENT
) -> Ban:
    """A ban put in force by two officers."""
    ban = proposed(office, teacher, cause, event_on)
    step(ban, "sign", office.maker)
    step(ban, "confirm", office.second)
    office.session.commit()
    return ban
