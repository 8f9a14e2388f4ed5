"""Who may look for duplicates and merge them: whoever keeps both records."""

from __future__ import annotations

from dataclasses import dataclass

from provincial.core.viewer import Viewer
from provincial.people.duplicates.models import TeacherMergeRecord
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import may_edit, may_register


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one person, the lower id first."""

    one: Teacher
    two: Teacher


def may_look(viewer: Viewer, _thing: object = None) -> bool:
    """Whether the viewer keeps records at all."""
    return may_register(viewer)


def may_merge(viewer: Viewer, pair: Pair) -> bool:
    """Whether the viewer keeps both records."""
    return may_edit(viewer, pair.one) and may_edit(viewer, pair.two)


def may_take_back(viewer: Viewer, merge: TeacherMergeRecord) -> bool:
    """Whether the viewer keeps both records of a merge."""
    return may_edit(viewer, merge.kept) and may_edit(viewer, merge.gone)
