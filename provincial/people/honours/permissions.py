"""Who may enter, withdraw and restore titles: the body of their level, or one above."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.people.honours.models import TeacherHonour
from provincial.people.honours.rules import levels_for
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import may_edit, may_see


def may_enter(viewer: Viewer, teacher: Teacher) -> bool:
    """Whether the viewer may enter a title of some level for this teacher."""
    levels = levels_for(viewer.organisation_kind)
    return bool(levels) and teacher.state == "active" and may_edit(viewer, teacher)


def may_see_honour(viewer: Viewer, honour: TeacherHonour) -> bool:
    """Whether the viewer may see this title: whoever sees its teacher."""
    return may_see(viewer, honour.teacher)


def may_handle(viewer: Viewer, honour: TeacherHonour) -> bool:
    """Whether the viewer may withdraw or restore this title (HN-43)."""
    entered = honour.level in levels_for(viewer.organisation_kind)
    return entered and may_edit(viewer, honour.teacher)
