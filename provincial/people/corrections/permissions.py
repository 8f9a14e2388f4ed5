"""Who sees a correction and who answers it: the person, and whoever keeps the record."""

from __future__ import annotations

from sqlalchemy import or_
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.people.accounts.rules import Role
from provincial.people.corrections.models import TeacherCorrection
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import may_edit, may_list
from provincial.people.teachers.permissions import visible as visible_teachers


def has_record(viewer: Viewer, _thing: object = None) -> bool:
    """Whether the menu shows the own record: to teachers."""
    return viewer.is_any(Role.TEACHER)


def is_own(viewer: Viewer, teacher: Teacher) -> bool:
    """Whether this is the viewer's own record."""
    return teacher.user_id is not None and teacher.user_id == viewer.user_id


def may_list_corrections(viewer: Viewer, _thing: object = None) -> bool:
    """Whether corrections are the viewer's business: whoever works with the register."""
    return may_list(viewer)


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of corrections, joined to their teachers: in scope, or one's own (R3)."""
    return or_(visible_teachers(viewer), Teacher.user_id == viewer.user_id)


def may_see(viewer: Viewer, _correction: TeacherCorrection) -> bool:
    """Whether the viewer may see this correction; the loader has looked at the scope."""
    return True


def may_answer(viewer: Viewer, correction: TeacherCorrection) -> bool:
    """Whether the viewer may confirm or decline: keeps the record, and is not the person."""
    return may_edit(viewer, correction.teacher) and not is_own(viewer, correction.teacher)


def may_withdraw(viewer: Viewer, correction: TeacherCorrection) -> bool:
    """Whether the viewer is the person who proposed it."""
    return is_own(viewer, correction.teacher)


def may_link(viewer: Viewer, teacher: Teacher) -> bool:
    """Whether the viewer may say whose account this record's is."""
    return teacher.state == "active" and may_edit(viewer, teacher)
