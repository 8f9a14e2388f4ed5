"""Who may look at teachers, whose whole numbers, and who may bring lists in."""

from __future__ import annotations

from sqlalchemy import and_, false, select, true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import runs_province, sees_province
from provincial.people.teachers.models import Teacher

#: Roles whose work needs the names of teachers. Not among them: institutions, experts, finance, the
#: system administrator, and teachers, who see their own record only.
_LOOK = (
    *("province_administrator", "province_officer", "auditor", "programme_officer"),
    *("quality_monitor", "bureau_administrator", "bureau_officer"),
    *("school_administrator", "principal"),
)
#: Roles that register and change records: those who keep them, not those who look.
_EDIT = (
    *("province_administrator", "province_officer", "bureau_administrator", "bureau_officer"),
    "school_administrator",
)
#: Roles that may see a whole number, with a reason.
_REVEAL = (
    *("province_administrator", "province_officer", "bureau_administrator", "bureau_officer"),
    *("school_administrator", "principal"),
)


def may_list(viewer: Viewer) -> bool:
    """Whether the viewer's work has to do with names of teachers at all."""
    return viewer.is_any(*_LOOK)


def schools_in_scope(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of schools whose people the viewer may know (R3).

    A province-managed county answers to the province, so its city does not see its people (HN-01).
    """
    if sees_province(viewer):
        return true()
    return and_(
        Organisation.path.startswith(viewer.path, autoescape=True),
        Organisation.quota_path.startswith(viewer.quota_path, autoescape=True),
    )


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of teachers: those of the schools in the viewer's subtree (R3)."""
    if not may_list(viewer):
        return false()
    if sees_province(viewer):
        return true()
    schools = select(Organisation.id).where(schools_in_scope(viewer))
    return Teacher.organisation_id.in_(schools)


def may_see(viewer: Viewer, teacher: Teacher) -> bool:
    """Whether this teacher is within the viewer's scope."""
    school = teacher.organisation
    below = school.path.startswith(viewer.path) and school.quota_path.startswith(viewer.quota_path)
    return may_list(viewer) and (sees_province(viewer) or below)


def may_reveal(viewer: Viewer, teacher: Teacher) -> bool:
    """Whether the viewer may see this teacher's whole numbers, with a reason (R7)."""
    return viewer.is_any(*_REVEAL) and may_see(viewer, teacher)


def may_register(viewer: Viewer) -> bool:
    """Whether the viewer may register teachers: the province, a bureau, a school."""
    return viewer.is_any(*_EDIT)


def may_edit(viewer: Viewer, teacher: Teacher) -> bool:
    """Whether the viewer may change this teacher's record: who keeps it, or who stands above."""
    return may_register(viewer) and may_see(viewer, teacher)


def edits_imported(viewer: Viewer) -> bool:
    """Whether imported fields are open to the viewer: the province keeps the source (ZJ22-61)."""
    return runs_province(viewer)


def keeps(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer keeps the records of a school: its own people, or a bureau above it."""
    if sees_province(viewer):
        return may_register(viewer)
    below = organisation.path.startswith(viewer.path)
    return may_register(viewer) and below and organisation.quota_path.startswith(viewer.quota_path)
