"""Proposing bans, the steps of two officers, the integrity file, and what follows a merger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.sql.elements import ColumnElement

from provincial.adapters.storage import PDF
from provincial.core.db import db
from provincial.core.identity import clean_line
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.files import actions as files
from provincial.office.files.models import StoredFile
from provincial.office.files.rules import PICTURES
from provincial.office.journal.actions import record
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import TeacherMerge
from provincial.planning.integrity import rules
from provincial.planning.integrity.models import Ban, IntegrityRecord
from provincial.planning.integrity.rules import RecordKind
from provincial.planning.plans.models import Plan, Project
from provincial.planning.plans.queries import current_rulebook

#: What evidence may be: a paper or a photograph of one.
EVIDENCE = frozenset({PDF, *PICTURES})


class Upload(Protocol):
    """A file as a form brings it."""

    filename: str | None

    def read(self) -> bytes:
        """Its bytes."""


def keep_evidence(
    sent: Upload | None, *, teacher: Teacher, by: Viewer, field: str = "file"
) -> StoredFile | None:
    """Store a PDF or picture that proves something about a teacher; nothing when none was sent.

    Refuses other kinds on ``field``.
    """
    if not sent or not sent.filename:
        return None
    try:
        return _store(sent, teacher, by)
    except Refusal as refusal:
        refusal.field = field
        raise


def _store(sent: Upload, teacher: Teacher, by: Viewer) -> StoredFile:
    return files.store(
        sent.read(),
        sent.filename or "",
        "integrity",
        by=by,
        media_types=EVIDENCE,
        org_path=teacher.organisation.path,
    )


def note_result(
    teacher: Teacher,
    kind: str,
    *,
    on_date: date,
    by: Viewer | None,
    plan: Plan | None = None,
    project: Project | None = None,
    source: str = "",
    note: str = "",
    evidence: StoredFile | None = None,
    ban: Ban | None = None,
    organisation_id: int | None = None,
) -> IntegrityRecord | None:
    """Append one line to the teacher's integrity file (HN-45); lines never change.

    Nothing is kept where the plan's file takes other entries only (``integrity.entries``).
    """
    if plan is not None:
        rulebook = current_rulebook(plan)
        entries = rulebook.texts("integrity.entries") if rulebook.applies("integrity") else ()
        if entries and not rules.keeps(entries, kind):
            return None
    line = IntegrityRecord(
        teacher_id=teacher.id,
        kind=RecordKind(kind).value,
        on_date=on_date,
        plan_id=plan.id if plan else None,
        project_id=project.id if project else None,
        ban_id=ban.id if ban else None,
        source=clean_line(source)[:200],
        note=note.strip()[:500],
        evidence=evidence,
        decided_by_id=by.user_id if by else None,
        decided_by_name=by.name if by else "",
        organisation_id=organisation_id or (by.organisation_id if by else None),
    )
    db.session.add(line)
    db.session.flush()
    return line


def enter(
    teacher: Teacher,
    kind: str,
    *,
    on_date: date,
    source: str,
    note: str,
    evidence: StoredFile | None,
    by: Viewer,
    today: date,
) -> IntegrityRecord:
    """Enter a circular or a proven forgery by hand, with what it rests on (HN-45, PE-92)."""
    chosen = rules.require_by_hand(kind)
    if on_date > today or on_date.year < 2000:
        raise Refusal(t("The day cannot be right."), field="on_date")
    if not source.strip():
        raise Refusal(t("Name the paper that says so."), field="source")
    line = note_result(
        teacher, chosen, on_date=on_date, by=by, source=source, note=note, evidence=evidence
    )
    if line is None:  # pragma: no cover  only results are left out, and only in a plan
        raise Refusal(t("The file does not take this entry."))
    said = t("Entered in the integrity file: %(what)s", what=chosen.label)
    _note_file(teacher, "enter", by, said, after={"kind": kind, "on_date": on_date})
    return line


def correct(line: IntegrityRecord, note: str, *, by: Viewer, today: date) -> IntegrityRecord:
    """Append a correction of a line; the line itself stays as it is (HN-45)."""
    note = rules.require_reason(note)
    further = IntegrityRecord(
        teacher_id=line.teacher_id,
        kind=RecordKind.CORRECTION.value,
        on_date=today,
        source=line.source,
        note=note,
        corrects_id=line.id,
        decided_by_id=by.user_id,
        decided_by_name=by.name,
        organisation_id=by.organisation_id,
    )
    db.session.add(further)
    db.session.flush()
    said = t("Corrected a line of the integrity file")
    _note_file(line.teacher, "correct", by, said, reason=note)
    return further


def note_look(teacher: Teacher, *, by: Viewer) -> None:
    """Note that somebody opened a teacher's integrity file (HN-45, R7)."""
    _note_file(teacher, "look", by, t("Opened the integrity file"))


def follow_teacher_merge(change: TeacherMerge, by: Viewer | None) -> list[int]:
    """Carry the bans of a merged record to the one that stays, or back; gives the ids that moved.

    A ban for an event that the staying record has on its own account stays behind: it bars nobody
    twice. The lines of the file do not move; they are read together.
    """
    if change.undone:
        moved = list(_bans(Ban.id.in_(change.moved)))
        target, verb = change.gone_id, "follow_back"
        said = t("Went back to the record it came from")
    else:
        moved = list(_following(change))
        target, verb = change.kept_id, "follow"
        said = t("Followed the merger of two records of the teacher")
    _move([ban.id for ban in moved], target)
    for ban in moved:
        note_ban(ban, verb, by, said)
    return [ban.id for ban in moved]


def _following(change: TeacherMerge) -> Iterable[Ban]:
    """The bans of the record that goes, but for events that the other has on its own account."""
    pairs = select(Ban.cause, Ban.event_on).where(
        Ban.teacher_id == change.kept_id, Ban.state.in_(("proposed", "in_force"))
    )
    known = set(db.session.execute(pairs).tuples().all())
    for ban in _bans(Ban.teacher_id == change.gone_id):
        if ban.state not in ("proposed", "in_force") or (ban.cause, ban.event_on) not in known:
            yield ban


def _bans(wanted: ColumnElement[bool]) -> Iterable[Ban]:
    return db.session.scalars(select(Ban).where(wanted).order_by(Ban.id).with_for_update())


def _move(ban_ids: Collection[int], teacher_id: int) -> None:
    db.session.execute(
        update(Ban)
        .where(Ban.id.in_(list(ban_ids)))
        .values(teacher_id=teacher_id, version=Ban.version + 1)
        .execution_options(synchronize_session="fetch")
    )


def note_ban(
    ban: Ban,
    verb: str,
    by: Viewer | None,
    said: Text,
    *,
    reason: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Into the history of a ban. The feed of changes is read widely: it names the school only."""
    record(
        f"bans.{verb}",
        ban,
        by=by,
        before=before,
        after=after,
        reason=reason,
        label=ban.teacher.organisation.name,
        org_path=ban.teacher.organisation.path,
        said=said,
    )


def _note_file(
    teacher: Teacher,
    verb: str,
    by: Viewer,
    said: Text,
    *,
    reason: str = "",
    after: Mapping[str, object] | None = None,
) -> None:
    """Into the history of the file, which names nobody and stands apart from the teacher's own."""
    record(
        f"integrity.{verb}",
        ("integrity_file", teacher.id),
        by=by,
        after=after,
        reason=reason,
        label=teacher.organisation.name,
        org_path=teacher.organisation.path,
        said=said,
    )
