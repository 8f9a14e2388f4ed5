"""Reading titles: those that stand, all of one teacher, one in scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import BigInteger, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import contains_eager

from provincial.core.db import db
from provincial.core.findings import Finding, Severity
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.honours.models import TeacherHonour
from provincial.people.honours.permissions import may_handle
from provincial.people.honours.rules import (
    KINDS,
    LEVELS,
    Honour,
    HonourState,
    title_name,
)
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import visible
from provincial.people.teachers.rules import TeacherMerge


def standing_honours(teacher_ids: Iterable[int]) -> dict[int, list[Honour]]:
    """The titles that stand, by teacher, newest first; a withdrawn one counts for nothing (HN-43).

    Teachers without a title are not in the answer. Set-based: one statement for any number.
    """
    rows = db.session.scalars(
        select(TeacherHonour)
        .where(TeacherHonour.teacher_id == any_(literal(sorted(teacher_ids), ARRAY(BigInteger))))
        .where(TeacherHonour.state == HonourState.ACTIVE)
        .order_by(TeacherHonour.awarded_on.desc(), TeacherHonour.id)
    )
    found: dict[int, list[Honour]] = {}
    for row in rows:
        honour = Honour(
            row.id,
            row.teacher_id,
            row.kind,
            row.level,
            title_name(row.kind, row.level, row.name),
            row.awarded_on,
            row.document_number,
        )
        found.setdefault(row.teacher_id, []).append(honour)
    return found


def honour_in_scope(viewer: Viewer, honour_id: int) -> TeacherHonour | None:
    """The title with this id, when the viewer may see its teacher."""
    return db.session.scalar(
        select(TeacherHonour)
        .join(TeacherHonour.teacher)
        .options(contains_eager(TeacherHonour.teacher))
        .where(TeacherHonour.id == honour_id, visible(viewer))
    )


def panel(viewer: Viewer, teacher: Teacher) -> Mapping[str, Any] | None:
    """The part of the teacher's page that lists the titles; nothing when there are none."""
    rows = db.session.scalars(
        select(TeacherHonour)
        .where(TeacherHonour.teacher_id == teacher.id)
        .order_by(TeacherHonour.awarded_on.desc(), TeacherHonour.id)
    ).all()
    if not rows:
        return None
    return {
        "rows": [
            {
                "honour": row,
                "name": title_name(row.kind, row.level, row.name),
                "kind": KINDS[row.kind][1],
                "level": LEVELS[row.level][1],
                "state": HonourState(row.state),
                "may_handle": may_handle(viewer, row),
            }
            for row in rows
        ]
    }


def preview_merge(change: TeacherMerge) -> list[Finding]:
    """How many titles would move with a merged record."""
    wanted = TeacherHonour.teacher_id == (change.kept_id if change.undone else change.gone_id)
    count = db.session.scalar(select(func.count()).select_from(TeacherHonour).where(wanted)) or 0
    if change.undone:
        count = len(change.moved)
    if not count:
        return []
    message = t("%(count)s titles move along.", count=count)
    return [Finding(Severity.PASS, message, code="honours", rule="HN-43", measured=str(count))]
