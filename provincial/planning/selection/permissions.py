"""Who may open the pages of nominations, and take the steps of the nominating body."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import sees_province
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import may_see as may_see_teacher
from provincial.planning.nominations import permissions as nominations
from provincial.planning.nominations.models import Nomination
from provincial.planning.plans.models import ProjectCategory


def may_read_names(viewer: Viewer, _category: ProjectCategory) -> bool:
    """Whether the viewer may read the names of a category, each within their own scope."""
    return nominations.may_look(viewer)


def may_read_body(viewer: Viewer, body: Organisation) -> bool:
    """Whether the viewer may read what a body has filled: it holds places below the viewer."""
    below = body.quota_path.startswith(viewer.quota_path)
    return nominations.may_look(viewer) and (sees_province(viewer) or below)


def may_read_teacher(viewer: Viewer, teacher: Teacher) -> bool:
    """Whether the viewer may read the nominations of a teacher, those within their own scope."""
    return nominations.may_look(viewer) and may_see_teacher(viewer, teacher)


def may_withdraw(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether the viewer may withdraw this nomination now."""
    return nominations.may_take(viewer, nomination, "withdraw")


def may_take_up(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether the viewer may take this nomination up again now."""
    return nominations.may_take(viewer, nomination, "take_up")


def has_evidence(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether there is evidence that this viewer may read."""
    return nomination.evidence_id is not None and nominations.may_see(viewer, nomination)
