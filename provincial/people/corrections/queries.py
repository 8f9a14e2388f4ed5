"""Reading corrections, the own record, and the accounts that may belong to a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from provincial.adapters.keys import mask_phone
from provincial.adapters.services import keys
from provincial.core.db import db
from provincial.core.findings import Finding, Severity
from provincial.core.paging import Key, Page, paginate
from provincial.core.text import Text, t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Membership, User
from provincial.people.accounts.queries import in_force
from provincial.people.accounts.rules import Role
from provincial.people.corrections.models import TeacherCorrection
from provincial.people.corrections.permissions import visible
from provincial.people.corrections.rules import CorrectionState
from provincial.people.teachers.documents import word, words
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import may_register
from provincial.people.teachers.permissions import visible as visible_teachers
from provincial.people.teachers.queries import of_user, sealed_context
from provincial.people.teachers.rules import FIELDS, SEALED, TeacherMerge, masked_id

PAGE = 50
_DAYS = ("since", "teaching_since")


def own_record(viewer: Viewer) -> Teacher | None:
    """The viewer's own record, when the account is linked to one."""
    return of_user(viewer.user_id)


def correction_in_scope(viewer: Viewer, correction_id: int) -> TeacherCorrection | None:
    """The correction with this id, when its teacher is in scope, or is the viewer."""
    return db.session.scalar(_loaded(viewer).where(TeacherCorrection.id == correction_id))


def list_corrections(
    viewer: Viewer, state: str, *, after: str = "", before: str = ""
) -> Page[TeacherCorrection]:
    """Corrections in scope, the newest first."""
    statement = _loaded(viewer)
    if state:
        statement = statement.where(TeacherCorrection.state == state)
    order = [Key(TeacherCorrection.id, descending=True)]
    return paginate(db.session(), statement, order, after=after, before=before, size=PAGE)


def corrections_of(teacher: Teacher) -> Sequence[TeacherCorrection]:
    """The corrections of one teacher, the newest first."""
    return db.session.scalars(
        select(TeacherCorrection)
        .where(TeacherCorrection.teacher_id == teacher.id)
        .order_by(TeacherCorrection.id.desc())
        .limit(20)
    ).all()


def open_of(teacher: Teacher) -> TeacherCorrection | None:
    """The correction of a teacher that waits, if any."""
    return db.session.scalar(
        select(TeacherCorrection).where(
            TeacherCorrection.teacher_id == teacher.id,
            TeacherCorrection.state == CorrectionState.PROPOSED,
        )
    )


def proposed_values(correction: TeacherCorrection) -> dict[str, Any]:
    """What was proposed, by column, numbers plain: for acting and masking, never for showing."""
    found: dict[str, Any] = {}
    for name, value in correction.proposed.items():
        if name in SEALED and value:
            context = sealed_context(name, correction.teacher.uuid)
            found[name] = keys().decrypt(value, context)
        elif name in _DAYS and value:
            found[name] = date.fromisoformat(value)
        else:
            found[name] = value
    return found


def compared(correction: TeacherCorrection) -> list[tuple[Text, Text | str, Text | str]]:
    """Field by field: label, what the register says now, what was proposed; numbers masked (R7)."""
    now, said = words(correction.teacher), proposed_values(correction)
    mask = {"id_number": masked_id, "phone": mask_phone}
    return [
        (
            FIELDS[name],
            now[name] or "—",
            mask[name](said[name]) if name in mask else word(name, said[name]) or "—",
        )
        for name in FIELDS
        if name in said
    ]


def accounts_for(teacher: Teacher, on: date) -> list[tuple[int, str]]:
    """Accounts of teachers of this school that no other record has: (user id, name and sign-in)."""
    taken = select(Teacher.user_id).where(Teacher.user_id.is_not(None), Teacher.id != teacher.id)
    rows = db.session.execute(
        select(User.id, User.name, User.login)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == teacher.organisation_id,
            Membership.role == Role.TEACHER,
            in_force(Membership, on),
            User.id.not_in(taken),
        )
        .order_by(User.name, User.id)
        .limit(500)
    )
    return [(number, f"{name} ({login})") for number, name, login in rows]


def account_name(teacher: Teacher) -> str:
    """The name and sign-in of the linked account, or nothing."""
    user = db.session.get(User, teacher.user_id) if teacher.user_id else None
    return f"{user.name} ({user.login})" if user else ""


def panel(_viewer: Viewer, teacher: Teacher) -> Mapping[str, Any] | None:
    """The part of the teacher's page that tells of corrections; nothing when there were none."""
    rows = corrections_of(teacher)
    return {"rows": rows, "state_of": CorrectionState} if rows else None


def todo(viewer: Viewer) -> list[TodoItem]:
    """Corrections that wait for the viewer's school."""
    if viewer.read_only or not may_register(viewer) or viewer.organisation_kind != "school":
        return []
    count = db.session.scalar(
        select(func.count())
        .select_from(TeacherCorrection)
        .join(TeacherCorrection.teacher)
        .where(TeacherCorrection.state == CorrectionState.PROPOSED, visible_teachers(viewer))
        .where(Teacher.user_id.is_distinct_from(viewer.user_id))
    )
    if not count:
        return []
    title = t("Answer proposed corrections of teachers: %(count)s", count=count)
    return [TodoItem(title, "/teachers/corrections?state=proposed", place="teachers", count=count)]


def preview_merge(change: TeacherMerge) -> list[Finding]:
    """A correction that waits stands in the way of a merge."""
    waiting = db.session.scalar(
        select(func.count())
        .select_from(TeacherCorrection)
        .where(TeacherCorrection.teacher_id.in_([change.kept_id, change.gone_id]))
        .where(TeacherCorrection.state == CorrectionState.PROPOSED)
    )
    if waiting:
        message = t("A correction of one of the two waits for an answer. Answer it first.")
        return [Finding(Severity.BLOCK, message, code="correction-open")]
    return []


def _loaded(viewer: Viewer) -> Select[TeacherCorrection]:
    return (
        select(TeacherCorrection)
        .join(TeacherCorrection.teacher)
        .join(Teacher.organisation)
        .options(contains_eager(TeacherCorrection.teacher).contains_eager(Teacher.organisation))
        .where(visible(viewer))
    )
