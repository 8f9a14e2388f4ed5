"""Entering, withdrawing and restoring a title; moving titles with a merged record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update

from provincial.core.db import db, lock
from provincial.core.refusals import Forbidden, Refusal, WrongState
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.people.honours.models import TeacherHonour
from provincial.people.honours.rules import (
    HonourState,
    judge_award,
    judge_withdrawal,
    levels_for,
    title_name,
)
from provincial.people.teachers.actions import note
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import Step, TeacherMerge, require_active


def award(
    teacher: Teacher,
    kind: str,
    level: str,
    awarded_on: date,
    *,
    name: str = "",
    document_number: str = "",
    today: date,
    by: Viewer,
) -> TeacherHonour:
    """Enter a title; refuses one of a level above the viewer's own body, and one that stands already."""
    lock(teacher)
    require_active(teacher.state)
    _require_level(level, by)
    judge_award(awarded_on, teacher.birth_on, today)
    same = select(TeacherHonour.id).where(
        TeacherHonour.teacher_id == teacher.id,
        TeacherHonour.kind == kind,
        TeacherHonour.level == level,
        TeacherHonour.name == name,
        TeacherHonour.state == HonourState.ACTIVE,
    )
    if db.session.scalar(same) is not None:
        raise Refusal(t("The teacher has this title already."), field="kind", rule="HN-43")
    honour = TeacherHonour(
        teacher_id=teacher.id,
        kind=kind,
        level=level,
        name=name,
        awarded_on=awarded_on,
        document_number=document_number,
        entered_by_id=by.user_id,
    )
    db.session.add(honour)
    db.session.flush()
    said = t("Entered the title “%(title)s”", title=title_name(kind, level, name))
    _note("honour", teacher, honour, said, today, by)
    return honour


def withdraw(
    honour: TeacherHonour, withdrawn_on: date, reason: str, *, today: date, by: Viewer
) -> None:
    """Withdraw a title: it stays on the record and counts for nothing any more (HN-43)."""
    lock(honour)
    _require_level(honour.level, by)
    judge_withdrawal(honour.state, honour.awarded_on, withdrawn_on, today)
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    honour.state, honour.withdrawn_on = HonourState.WITHDRAWN.value, withdrawn_on
    honour.reason = reason.strip()
    honour.version += 1
    said = t("Withdrew the title “%(title)s”", title=_title(honour))
    _note("honour_withdrawn", honour.teacher, honour, said, today, by, reason)


def restore(honour: TeacherHonour, reason: str, *, today: date, by: Viewer) -> None:
    """Take a withdrawal back; the title counts again."""
    lock(honour)
    _require_level(honour.level, by)
    if honour.state != HonourState.WITHDRAWN:
        raise WrongState(t("This title stands."))
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    honour.state, honour.withdrawn_on, honour.reason = HonourState.ACTIVE.value, None, ""
    honour.version += 1
    said = t("Restored the title “%(title)s”", title=_title(honour))
    _note("honour_restored", honour.teacher, honour, said, today, by, reason)


def follow_merge(change: TeacherMerge, by: Viewer | None) -> Sequence[int]:
    """Move titles with a merged record; one that both records have stays where it is."""
    taken = {
        (row.kind, row.level, row.name)
        for row in _of(change.kept_id)
        if row.state == HonourState.ACTIVE
    }
    if change.undone:
        moved = list(change.moved)
        target = change.gone_id
    else:
        moved = [
            row.id
            for row in _of(change.gone_id)
            if row.state != HonourState.ACTIVE or (row.kind, row.level, row.name) not in taken
        ]
        target = change.kept_id
    if moved:
        db.session.execute(
            update(TeacherHonour).where(TeacherHonour.id.in_(moved)).values(teacher_id=target)
        )
        db.session.expire_all()
    return moved


def _of(teacher_id: int) -> Sequence[TeacherHonour]:
    return db.session.scalars(
        select(TeacherHonour)
        .where(TeacherHonour.teacher_id == teacher_id)
        .order_by(TeacherHonour.id)
        .with_for_update()
    ).all()


def _require_level(level: str, by: Viewer) -> None:
    if level not in levels_for(by.organisation_kind):
        raise Forbidden(t("A title is entered and withdrawn by the body of its level."))


def _title(honour: TeacherHonour) -> str:
    return title_name(honour.kind, honour.level, honour.name)


def _note(
    verb: str,
    teacher: Teacher,
    honour: TeacherHonour,
    said: Text,
    today: date,
    by: Viewer,
    reason: str = "",
) -> None:
    facts = {"honour": honour.id, "kind": honour.kind, "level": honour.level}
    note(verb, teacher, Step(today, by, reason), said, facts)
