"""Who looks at bans, and who takes steps with them."""

from __future__ import annotations

from sqlalchemy import false, select, true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.people.organisations.permissions import sees_province
from provincial.people.teachers.models import Teacher
from provincial.planning.integrity.models import Ban, BanObjection
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


def reads_objection(viewer: Viewer, objection: BanObjection) -> bool:
    """Whether the viewer reads what was lodged and its evidence, which may speak of an illness.

    The teacher, who lodged it for them, the province that decides, and the auditor; school and
    county see that something was lodged and what became of it.
    """
    deciding = may_decide_some(viewer) or viewer.is_any("auditor")
    return deciding or is_teacher(viewer) or objection.by_id == viewer.user_id
