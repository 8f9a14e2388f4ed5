"""Reading transfers: the list in scope, one of them, what waits for the viewer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.core.findings import Finding, Severity
from provincial.core.identity import person_key
from provincial.core.paging import Key, Page, paginate
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import may_register, schools_in_scope
from provincial.people.teachers.queries import by_id_numbers
from provincial.people.teachers.rules import TeacherMerge, TeacherState
from provincial.people.transfers.models import TeacherTransfer
from provincial.people.transfers.permissions import visible
from provincial.people.transfers.rules import Side, TransferState

PAGE = 50


def transfer_in_scope(viewer: Viewer, transfer_id: int) -> TeacherTransfer | None:
    """The transfer with this id, when one of its schools is in the viewer's scope."""
    return db.session.scalar(_loaded().where(TeacherTransfer.id == transfer_id, visible(viewer)))


def list_transfers(
    viewer: Viewer, state: str, *, after: str = "", before: str = ""
) -> Page[TeacherTransfer]:
    """Transfers in scope, the newest first."""
    statement = _loaded().where(visible(viewer))
    if state:
        statement = statement.where(TeacherTransfer.state == state)
    order = [Key(TeacherTransfer.id, descending=True)]
    return paginate(db.session(), statement, order, after=after, before=before, size=PAGE)


def named_teacher(number: str, name: str) -> Teacher:
    """The teacher with this ID number and this name; says the same whichever of them is wrong."""
    teacher = by_id_numbers([number]).get(number)
    if teacher is None or teacher.name_key != person_key(name):
        message = t("The register knows nobody with this name and this ID number.")
        raise Refusal(message, field="id_number")
    if teacher.state != TeacherState.ACTIVE:
        raise Refusal(t("The register says that this teacher has left."), field="id_number")
    return teacher


def open_of(teacher: Teacher) -> TeacherTransfer | None:
    """The transfer of a teacher that waits, if any."""
    return db.session.scalar(
        _loaded().where(
            TeacherTransfer.teacher_id == teacher.id, TeacherTransfer.state == TransferState.ASKED
        )
    )


def panel(viewer: Viewer, teacher: Teacher) -> Mapping[str, Any] | None:
    """The part of the teacher's page that tells of transfers; nothing when there were none."""
    rows = db.session.scalars(
        _loaded()
        .where(TeacherTransfer.teacher_id == teacher.id)
        .order_by(TeacherTransfer.id.desc())
        .limit(10)
    ).all()
    return {"rows": rows, "state_of": TransferState} if rows else None


def todo(viewer: Viewer) -> list[TodoItem]:
    """Transfers that wait for the viewer's side to agree."""
    if viewer.read_only or not may_register(viewer) or viewer.organisation_kind != "school":
        return []
    own = select(Organisation.id).where(schools_in_scope(viewer))
    asked = (TeacherTransfer.side == Side.GIVING) & TeacherTransfer.to_id.in_(own)
    asked |= (TeacherTransfer.side == Side.RECEIVING) & TeacherTransfer.from_id.in_(own)
    count = db.session.scalar(
        select(func.count())
        .select_from(TeacherTransfer)
        .where(TeacherTransfer.state == TransferState.ASKED, asked)
        .where(TeacherTransfer.asked_by_id != viewer.user_id)
    )
    if not count:
        return []
    title = t("Answer transfers of teachers: %(count)s", count=count)
    return [TodoItem(title, "/teachers/transfers?state=asked", place="teachers", count=count)]


def preview_merge(change: TeacherMerge) -> list[Finding]:
    """A transfer that waits stands in the way of a merge: which school would agree to what?"""
    waiting = db.session.scalar(
        select(func.count())
        .select_from(TeacherTransfer)
        .where(TeacherTransfer.teacher_id.in_([change.kept_id, change.gone_id]))
        .where(TeacherTransfer.state == TransferState.ASKED)
    )
    if waiting:
        message = t("A transfer of one of the two waits for an answer. Let it be answered first.")
        return [Finding(Severity.BLOCK, message, code="transfer-open")]
    return []


def _loaded() -> Select[TeacherTransfer]:
    return select(TeacherTransfer).options(
        joinedload(TeacherTransfer.teacher),
        joinedload(TeacherTransfer.giving),
        joinedload(TeacherTransfer.receiving),
        joinedload(TeacherTransfer.asked_for),
    )
