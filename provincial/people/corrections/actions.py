"""Proposing a correction, answering it, withdrawing it; saying whose account a record's is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from provincial.adapters.services import keys
from provincial.core import clock
from provincial.core.db import db, lock
from provincial.core.refusals import Forbidden, Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.messages.actions import tell
from provincial.people.corrections.models import TeacherCorrection
from provincial.people.corrections.permissions import is_own, may_answer
from provincial.people.corrections.queries import accounts_for, open_of, proposed_values
from provincial.people.corrections.rules import (
    CorrectionState,
    parted,
    require_changes,
    require_proposed,
)
from provincial.people.teachers import actions as teachers
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import by_id_numbers, sealed_context
from provincial.people.teachers.rules import (
    SEALED,
    Source,
    Step,
    TeacherMerge,
    changed_sentence,
    require_active,
)


def propose(
    teacher: Teacher, said: Mapping[str, Any], reason: str, *, today: date, by: Viewer
) -> TeacherCorrection:
    """Say what is wrong in one's own record; the school is told and has to answer."""
    lock(teacher)
    if not is_own(by, teacher):
        raise Forbidden(t("Only the person proposes corrections of the own record."))
    require_active(teacher.state)
    if open_of(teacher) is not None:
        raise Refusal(t("A correction waits for an answer already; withdraw it to write another."))
    changes = {name: v for name, v in said.items() if v != teachers.current(teacher, name)}
    require_changes(changes)
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    correction = TeacherCorrection(
        teacher_id=teacher.id,
        teacher=teacher,
        proposed={name: _stored(teacher, name, value) for name, value in changes.items()},
        reason=reason.strip(),
        proposed_by_id=by.user_id,
    )
    db.session.add(correction)
    db.session.flush()
    step = Step(today, by, reason.strip())
    teachers.note("correction", teacher, step, t("Proposed a correction"), _facts(correction))
    subject = t("“%(name)s” proposes a correction of the record.", name=teacher.name)
    tell(
        kind="corrections",
        subject=subject,
        organisation_id=teacher.organisation_id,
        url=_address(correction),
        thing=correction,
        by=by,
    )
    return correction


def confirm(
    correction: TeacherCorrection, reason: str, *, at: datetime, by: Viewer
) -> CorrectionState:
    """Agree: fields kept here change at once, imported ones are forwarded to their source (ZJ22-61)."""
    teacher = _take(correction, by)
    require_active(teacher.state)
    said = proposed_values(correction)
    here, at_source = parted(said, teacher.sources)
    changes = {n: v for n, v in said.items() if n in here and v != teachers.current(teacher, n)}
    if "id_number" in changes:
        known = by_id_numbers([changes["id_number"]]).get(changes["id_number"])
        if known is not None:
            raise Refusal(t("Another record has this ID number. Look for duplicates first."))
    step = Step(clock.china_date(at), by, correction.reason, source=Source.CORRECTION)
    if changes:
        correction.event_id = teachers.change(
            teacher, changes, step, said=changed_sentence(changes)
        ).id
    state = CorrectionState.FORWARDED if at_source else CorrectionState.CONFIRMED
    told = (
        t("Your correction is right; the school corrects it where the record comes from.")
        if at_source
        else t("Your correction is confirmed.")
    )
    _decide(correction, state, reason, at, by, t("Confirmed the correction"), told)
    return state


def decline(correction: TeacherCorrection, reason: str, *, at: datetime, by: Viewer) -> None:
    """Disagree, with the reason; the record stays and the person is told."""
    _take(correction, by)
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    told = t("Your correction was declined: %(reason)s", reason=reason.strip())
    said = t("Declined the correction")
    _decide(correction, CorrectionState.DECLINED, reason, at, by, said, told)


def withdraw(correction: TeacherCorrection, *, at: datetime, by: Viewer) -> None:
    """Withdraw one's own correction before it is answered."""
    lock(correction)
    require_proposed(correction.state)
    if not is_own(by, correction.teacher):
        raise Forbidden(t("Only the person proposes corrections of the own record."))
    said = t("Withdrew the correction")
    _decide(correction, CorrectionState.WITHDRAWN, "", at, by, said, None)


def link_account(
    teacher: Teacher, user_id: int | None, reason: str, *, on: date, by: Viewer
) -> None:
    """Say whose account this record's is, or that it is nobody's; only accounts of the school."""
    lock(teacher)
    require_active(teacher.state)
    if user_id is not None and user_id not in {number for number, _ in accounts_for(teacher, on)}:
        message = t("This account is not one of a teacher of the school, or has a record already.")
        raise Refusal(message, field="user_id")
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    teacher.user_id = user_id
    teacher.version += 1
    said = t("Took the account off the record") if user_id is None else t("Linked the account")
    teachers.note("account", teacher, Step(on, by, reason.strip()), said, {"user": user_id})
    if user_id is not None:
        subject = t("Your account now shows your own record on the register of teachers.")
        tell(kind="corrections", subject=subject, user_id=user_id, url="/teachers/mine", by=by)
    db.session.flush()


def follow_merge(_change: TeacherMerge, _by: Viewer | None) -> Sequence[int]:
    """Answered corrections stay with the record that they were about."""
    return []


def _take(correction: TeacherCorrection, by: Viewer) -> Teacher:
    teacher = teachers.locked([correction.teacher_id])[correction.teacher_id]
    lock(correction)
    require_proposed(correction.state)
    if not may_answer(by, correction):
        raise Forbidden(t("Another person has to answer this."))
    return teacher


def _decide(
    correction: TeacherCorrection,
    state: CorrectionState,
    reason: str,
    at: datetime,
    by: Viewer,
    said: Text,
    told: Text | None,
) -> None:
    correction.state, correction.decided_at = state.value, at
    correction.decided_by_id, correction.decision_reason = by.user_id, reason.strip()
    correction.version += 1
    step = Step(clock.china_date(at), by, reason.strip())
    teachers.note("correction_answered", correction.teacher, step, said, _facts(correction))
    if told is not None:
        tell(
            kind="corrections",
            subject=told,
            user_id=correction.proposed_by_id,
            url=_address(correction),
            thing=correction,
            by=by,
        )


def _stored(teacher: Teacher, name: str, value: Any) -> Any:
    """A proposed value as JSON holds it; numbers sealed for this teacher's row (R6)."""
    if name in SEALED and value:
        return keys().encrypt(value, sealed_context(name, teacher.uuid))
    return value.isoformat() if isinstance(value, date) else value


def _facts(correction: TeacherCorrection) -> dict[str, object]:
    return {"correction": correction.id, "fields": sorted(correction.proposed)}


def _address(correction: TeacherCorrection) -> str:
    return f"/teachers/corrections/{correction.id}"
