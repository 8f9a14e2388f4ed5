"""Asking for a transfer, answering it, carrying it out, taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from provincial.core import clock
from provincial.core.db import db, lock
from provincial.core.findings import blocking
from provincial.core.refusals import Forbidden, Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.office.messages.actions import tell
from provincial.people.organisations.actions import hold_tree
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import OrganisationState
from provincial.people.teachers import actions as teachers
from provincial.people.teachers.models import Teacher, TeacherEvent
from provincial.people.teachers.rules import EventKind, Step, TeacherMerge, require_active
from provincial.people.transfers.models import TeacherTransfer
from provincial.people.transfers.permissions import steps
from provincial.people.transfers.queries import open_of
from provincial.people.transfers.rules import (
    Move,
    MoveFollower,
    Side,
    TransferState,
    judge_request,
    next_state,
)

Followers = Sequence[MoveFollower]


def ask(
    teacher: Teacher,
    school: Organisation,
    side: Side,
    *,
    on_date: date,
    reason: str,
    today: date,
    by: Viewer,
) -> TeacherTransfer:
    """Ask that a teacher goes to ``school``; the other side is told and has to agree."""
    hold_tree()
    lock(teacher)
    require_active(teacher.state)
    judge_request(teacher.organisation_id, school.id, on_date, today)
    if school.state != OrganisationState.ACTIVE:
        raise Refusal(t("This school is closed or merged."), field="school")
    if open_of(teacher) is not None:
        raise Refusal(t("A transfer of this teacher waits for an answer already."), field="school")
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    transfer = TeacherTransfer(
        teacher_id=teacher.id,
        from_id=teacher.organisation_id,
        to_id=school.id,
        side=side.value,
        on_date=on_date,
        reason=reason.strip(),
        asked_by_id=by.user_id,
        asked_for_id=by.organisation_id,
    )
    db.session.add(transfer)
    db.session.flush()
    said = t("Asked for the transfer to “%(school)s”", school=school.name)
    _note("ask", transfer, said, reason, by)
    asked = school if side is Side.GIVING else teacher.organisation
    subject = t("“%(name)s” is to be transferred: please answer.", name=teacher.name)
    _tell(transfer, asked.id, subject, by)
    return transfer


def agree(
    transfer: TeacherTransfer, reason: str, *, at: datetime, followers: Followers, by: Viewer
) -> None:
    """Agree for the other side: the teacher is at the receiving school from the agreed day."""
    hold_tree()
    teacher = _take(transfer, "agree", by)
    require_active(teacher.state)
    if teacher.organisation_id != transfer.from_id:
        raise Refusal(t("The teacher is not at the giving school any more."))
    if transfer.receiving.state != OrganisationState.ACTIVE:
        raise Refusal(t("This school is closed or merged."))
    move = Move(teacher.id, transfer.from_id, transfer.to_id, transfer.on_date)
    _refuse_blocked(move, followers)
    step = Step(transfer.on_date, by, transfer.reason, kind=EventKind.TRANSFERRED)
    transfer.event_id = _put(teacher, transfer.to_id, step, move).id
    _decide(transfer, TransferState.DONE, reason, at, by)
    for follower in followers:
        follower.follow(move, by)
    said = t("Transferred to “%(school)s”", school=transfer.receiving.name)
    teachers.note("transferred", teacher, step, said, {"transfer": transfer.id})
    _note("agree", transfer, t("Agreed to the transfer"), reason, by)
    subject = t("The transfer of “%(name)s” is agreed.", name=teacher.name)
    _tell(transfer, transfer.asked_for_id, subject, by)
    _tell_teacher(teacher, said, by)


def decline(transfer: TeacherTransfer, reason: str, *, at: datetime, by: Viewer) -> None:
    """Decline for the other side, with the reason; nothing changes."""
    teacher = _take(transfer, "decline", by)
    _require(reason)
    _decide(transfer, TransferState.DECLINED, reason, at, by)
    _note("decline", transfer, t("Declined the transfer"), reason, by)
    subject = t("The transfer of “%(name)s” is declined.", name=teacher.name)
    _tell(transfer, transfer.asked_for_id, subject, by)


def withdraw(transfer: TeacherTransfer, reason: str, *, at: datetime, by: Viewer) -> None:
    """Withdraw what one's own side asked for, before the other answers."""
    teacher = _take(transfer, "withdraw", by)
    _require(reason)
    _decide(transfer, TransferState.WITHDRAWN, reason, at, by)
    _note("withdraw", transfer, t("Withdrew the transfer"), reason, by)
    asked = transfer.to_id if transfer.side == Side.GIVING else transfer.from_id
    subject = t("The transfer of “%(name)s” is no longer asked for.", name=teacher.name)
    _tell(transfer, asked, subject, by)


def take_back(
    transfer: TeacherTransfer, reason: str, *, at: datetime, followers: Followers, by: Viewer
) -> None:
    """Put the teacher back to the giving school; only the last transfer, while nothing builds on it."""
    hold_tree()
    teacher = _take(transfer, "take_back", by)
    _require(reason)
    later = db.session.scalar(
        select(TeacherEvent.id).where(
            TeacherEvent.teacher_id == teacher.id,
            TeacherEvent.id > transfer.event_id,
            TeacherEvent.kind.in_([EventKind.TRANSFERRED, EventKind.MERGED]),
        )
    )
    if later is not None or teacher.organisation_id != transfer.to_id or open_of(teacher):
        raise Refusal(t("Only the last transfer can be taken back; something follows this one."))
    if transfer.giving.state != OrganisationState.ACTIVE:
        raise Refusal(t("This school is closed or merged."))
    move = Move(teacher.id, transfer.to_id, transfer.from_id, transfer.on_date, undone=True)
    _refuse_blocked(move, followers)
    step = Step(
        *(clock.china_date(at), by, reason.strip()),
        kind=EventKind.TAKEN_BACK,
        undoes_id=transfer.event_id,
    )
    _put(teacher, transfer.from_id, step, move)
    transfer.state = TransferState.TAKEN_BACK.value
    transfer.version += 1
    for follower in followers:
        follower.follow(move, by)
    said = t("The transfer was taken back; at “%(school)s” again", school=transfer.giving.name)
    teachers.note("transfer_undone", teacher, step, said, {"transfer": transfer.id})
    _note("take_back", transfer, t("Took the transfer back"), reason, by)
    subject = t("The transfer of “%(name)s” was taken back.", name=teacher.name)
    for body in (transfer.from_id, transfer.to_id):
        _tell(transfer, body, subject, by)


def follow_merge(change: TeacherMerge, by: Viewer | None) -> Sequence[int]:
    """Past transfers stay with the record whose history they are."""
    return []


def _take(transfer: TeacherTransfer, action: str, by: Viewer) -> Teacher:
    """Lock the teacher, then the transfer, and check that this step is open to the viewer."""
    teacher = teachers.locked([transfer.teacher_id])[transfer.teacher_id]
    lock(transfer)
    next_state(TransferState(transfer.state), action)
    if action not in steps(by, transfer):
        raise Forbidden(t("The other side has to do this."))
    return teacher


def _put(teacher: Teacher, school_id: int, step: Step, move: Move) -> TeacherEvent:
    teachers.apply(teacher, {"organisation_id": school_id})
    db.session.flush()
    db.session.refresh(teacher, ["organisation"])
    before, after = {"organisation_id": move.from_id}, {"organisation_id": move.to_id}
    return teachers.add_event(teacher, step, before, after)


def _refuse_blocked(move: Move, followers: Followers) -> None:
    stops = blocking([finding for one in followers for finding in one.preview(move)])
    if stops:
        raise Refusal(stops[0].message, rule=stops[0].rule, findings=stops)


def _decide(
    transfer: TeacherTransfer, state: TransferState, reason: str, at: datetime, by: Viewer
) -> None:
    transfer.state, transfer.decided_at = state.value, at
    transfer.decided_by_id, transfer.decision_reason = by.user_id, reason.strip()
    transfer.version += 1


def _require(reason: str) -> None:
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")


def _note(verb: str, transfer: TeacherTransfer, said: Text, reason: str, by: Viewer) -> None:
    record(
        f"transfers.{verb}",
        transfer,
        by=by,
        after={"from": transfer.from_id, "to": transfer.to_id, "on": transfer.on_date},
        reason=reason.strip(),
        label=transfer.teacher.name,
        org_path=by.path,
        said=said,
    )


def _tell(transfer: TeacherTransfer, body_id: int, subject: Text, by: Viewer) -> None:
    tell(
        kind="transfers",
        subject=subject,
        organisation_id=body_id,
        url=f"/teachers/transfers/{transfer.id}",
        thing=transfer,
        by=by,
    )


def _tell_teacher(teacher: Teacher, subject: Text, by: Viewer) -> None:
    if teacher.user_id is not None:
        tell(kind="transfers", subject=subject, user_id=teacher.user_id, thing=teacher, by=by)
