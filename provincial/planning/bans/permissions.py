"""Who looks at bans, and who takes steps with them."""

from __future__ import annotations

from sqlalchemy import false, select, true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.people.organisations.permissions import sees_province
from provincial.people.teachers.models import Teacher
from provincial.planning.integrity.models import Ban
from provincial.planning.integrity.permissions import (
    is_teacher,
    may_decide_some,
    may_list,
    may_see_teacher,
    teachers_in_scope,
)


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of bans: those of the teachers in scope (R3)."""
    if not may_list(viewer):
        return false()
    if sees_province(viewer):
        return true()
    return Ban.teacher_id.in_(select(Teacher.id).where(teachers_in_scope(viewer)))


def may_see(viewer: Viewer, ban: Ban) -> bool:
    """Whether this ban is within the viewer's scope; a teacher's own ban is theirs to see."""
    return may_see_teacher(viewer, ban.teacher) or is_teacher(viewer)


def may_step(viewer: Viewer, _ban: Ban) -> bool:
    """Whether the viewer takes steps with bans: officers of the province."""
    return may_decide_some(viewer)
