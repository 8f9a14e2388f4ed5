"""Who gets what a body is told."""

from __future__ import annotations

from sqlalchemy.orm import Session

from provincial.people.accounts.queries import address_book
from provincial.people.accounts.rules import Role
from provincial.people.organisations.rules import Kind
from tests.people.factories import make_organisation, make_user


def test_r5_what_a_school_is_told_is_not_mailed_to_its_teachers(session: Session) -> None:
    """R5: a ban or a returned nomination of a colleague reaches those who act for the school."""
    school = make_organisation(session, Kind.SCHOOL, "甲一县一小")
    clerk = make_user(session, school, Role.SCHOOL_ADMINISTRATOR, "教务")
    teacher = make_user(session, school, Role.TEACHER, "教师")
    session.flush()
    assert [one[0] for one in address_book(None, school.id)] == [clerk.id]
    assert [one[0] for one in address_book(teacher.id, None)] == [teacher.id]
