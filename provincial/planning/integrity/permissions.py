"""Who looks at bans and integrity files, who proposes, and who decides."""

from __future__ import annotations

from sqlalchemy import and_, false, select, true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import sees_province
from provincial.people.teachers.models import Teacher
from provincial.planning.integrity.rules import OFFICERS

#: Roles that need to know who is barred: the decision is theirs, or they nominate and approve.
_LOOK = (
    *("province_administrator", "province_officer", "auditor"),
    *("bureau_administrator", "bureau_officer", "school_administrator", "principal"),
)
#: Roles that report an event with its evidence, or enter a circular.
_PROPOSE = (*OFFICERS, "bureau_administrator", "bureau_officer")


def may_list(viewer: Viewer) -> bool:
    """Whether the viewer's work has to do with who is barred."""
    return viewer.is_any(*_LOOK)


def may_decide_some(viewer: Viewer) -> bool:
    """Whether the viewer decides on bans: officers of the province."""
    return viewer.role in OFFICERS and not viewer.read_only


def may_propose_some(viewer: Viewer) -> bool:
    """Whether the viewer may propose a ban or enter a circular for somebody."""
    return viewer.is_any(*_PROPOSE) and not viewer.read_only


def is_teacher(viewer: Viewer) -> bool:
    """Whether the viewer acts as a teacher, with a record of their own."""
    return viewer.is_any("teacher")


def bodies_in_scope(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of schools whose people the viewer may know (R3).

    A province-managed county answers to the province: its city does not see its people (HN-01).
    """
    if sees_province(viewer):
        return true()
    return and_(
        Organisation.path.startswith(viewer.path, autoescape=True),
        Organisation.quota_path.startswith(viewer.quota_path, autoescape=True),
    )


def teachers_in_scope(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of teachers whose file the viewer may open (R3)."""
    if not may_list(viewer):
        return false()
    if sees_province(viewer):
        return true()
    schools = select(Organisation.id).where(bodies_in_scope(viewer))
    return Teacher.organisation_id.in_(schools)


def may_see_teacher(viewer: Viewer, teacher: Teacher) -> bool:
    """Whether this teacher's file is within the viewer's scope."""
    school = teacher.organisation
    below = school.path.startswith(viewer.path) and school.quota_path.startswith(viewer.quota_path)
    return may_list(viewer) and (sees_province(viewer) or below)


def may_propose(viewer: Viewer, teacher: Teacher) -> bool:
    """Whether the viewer may propose a ban of this teacher, or enter a record."""
    return may_propose_some(viewer) and may_see_teacher(viewer, teacher)
