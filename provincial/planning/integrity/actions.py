"""Proposing bans, the steps of two officers, the integrity file, and what follows a merger."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update

from provincial.adapters.storage import PDF
from provincial.core import clock
from provincial.core.db import db, lock
from provincial.core.identity import clean_line
from provincial.core.refusals import Refusal, StaleVersion
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.files import actions as files
from provincial.office.files.models import StoredFile
from provincial.office.files.rules import PICTURES
from provincial.office.journal.actions import record
from provincial.office.messages.actions import tell
from provincial.people.teachers.models import Teacher
from provincial.planning.integrity import queries, rules
from provincial.planning.integrity.models import Ban, IntegrityRecord
from provincial.planning.integrity.rules import RecordKind, Stage, Standing
from provincial.planning.plans.models import Plan, Project
from provincial.planning.plans.queries import current_rulebook

#: What evidence may be: a paper or a photograph of one.
EVIDENCE = frozenset({PDF, *PICTURES})

_SAID: dict[str, Text] = {
    "sign": t("Signed the ban"),
    "dismiss": t("Asked for the dismissal of the ban"),
    "lift": t("Asked for the lifting of the ban"),
    "return": t("Returned it to the colleague"),
    "reopen": t("Proposed the ban again"),
}
_CONFIRMED: dict[str, Text] = {
    "sign": t("Put the ban in force"),
    "dismiss": t("Dismissed the ban"),
    "lift": t("Lifted the ban"),
}
_KIND_OF_STATE = {
    "in_force": RecordKind.BAN,
    "dismissed": RecordKind.BAN_DISMISSED,
    "lifted": RecordKind.BAN_LIFTED,
    "exempted": RecordKind.BAN_EXEMPTED,
    "proposed": RecordKind.BAN_REOPENED,
}
#: What school and county read; their feed is open to all who act there, so it names nobody (R5).
_TOLD_BODY: dict[str, Text] = {
    "proposed": t("A training ban is proposed for a teacher of yours."),
    "in_force": t("A training ban of a teacher of yours is in force."),
    "lifted": t("A training ban of a teacher of yours has been lifted."),
    "dismissed": t("A proposed training ban of a teacher of yours has been dismissed."),
    "exempted": t("A teacher of yours has been exempted from a training ban."),
    "ending": t("A training ban of a teacher of yours ends soon."),
}
_TOLD_TEACHER: dict[str, Text] = {
    "proposed": t("A training ban is proposed for you; you may object."),
    "in_force": t("A training ban is in force for you."),
    "lifted": t("Your training ban has been lifted."),
    "dismissed": t("The training ban proposed for you has been dismissed."),
    "exempted": t("You have been exempted from a training ban."),
    "ending": t("Your training ban ends soon."),
}


def keep_evidence(data: bytes, name: str, *, teacher: Teacher, by: Viewer) -> StoredFile:
    """Store a PDF or picture that proves something about a teacher; refuses on field ``file``."""
    return files.store(
        data,
        name,
        "integrity",
        by=by,
        media_types=EVIDENCE,
        org_path=teacher.organisation.path,
    )


def propose(
    teacher: Teacher,
    cause: str,
    *,
    event_on: date,
    now: datetime,
    by: Viewer | None,
    plan: Plan | None = None,
    project: Project | None = None,
    organisation_id: int | None = None,
    training_name: str = "",
    notice_number: str = "",
    note: str = "",
    evidence: StoredFile | None = None,
) -> Ban:
    """Propose a ban after an event; the objection window opens now (HN-46, A-04).

    ``by`` is nobody when the site itself proposes on a reported result. Refuses a cause that the
    plan does not know, an event in the future, and one that is on record already.
    """
    policy = (queries.policy_of_plan(plan) if plan else None) or queries.latest_policy()
    if policy is None:
        raise Refusal(t("No plan with a training ban has been issued."), rule="HN-46")
    rules.require_cause(cause, policy)
    rules.require_past(event_on, clock.china_date(now))
    lock(teacher)
    _require_current(teacher)
    _require_new(teacher.id, cause, event_on)
    last_day = clock.china_date(now) + timedelta(days=policy.objection_days)
    ban = Ban(
        teacher=teacher,
        plan_id=plan.id if plan else None,
        project_id=project.id if project else None,
        organisation_id=organisation_id or (by.organisation_id if by else None),
        cause=cause,
        event_on=event_on,
        ends_on=rules.ban_ends(event_on, policy.years),
        objection_closes_at=clock.end_of(last_day),
        training_name=clean_line(training_name)[:200],
        notice_number=clean_line(notice_number)[:80],
        note=note.strip()[:500],
        evidence=evidence,
        proposed_by_id=by.user_id if by else None,
    )
    db.session.add(ban)
    db.session.flush()
    facts = {"cause": cause, "event_on": event_on, "ends_on": ban.ends_on}
    _note(ban, "propose", by, t("Proposed a training ban"), after=facts)
    _tell(ban, "proposed", by)
    return ban


def take_step(
    ban: Ban,
    action: str,
    *,
    by: Viewer,
    now: datetime,
    reason: str = "",
    expected_version: int | None = None,
) -> None:
    """One step of an officer: sign, dismiss, lift, confirm, return, reopen (R14, HN-46).

    Signing waits for the objection window; what was lodged in time is decided before.
    """
    _lock(ban, expected_version)
    today = clock.china_date(now)
    before, stage = queries.standing_of(ban), queries.stage(ban, today)
    after = rules.take(before, stage, action, by.user_id, reason)
    if "sign" in (action, before.asked if action == "confirm" else ""):
        rules.require_window_over(ban.objection_closes_at, now)
        rules.require_heard(queries.open_in_time(ban))
    if action == "reopen":
        _require_new(ban.teacher_id, ban.cause, ban.event_on)
    _apply(ban, after, now)
    said = _CONFIRMED[before.asked] if action == "confirm" else _SAID[action]
    _note(
        ban,
        action,
        by,
        said,
        reason=reason.strip() or (before.asked_reason if action == "confirm" else ""),
        before={"stage": stage.value},
        after={"stage": queries.stage(ban, today).value},
    )
    if after.state != before.state:
        _moved(ban, by, today)


def close_by_decision(ban: Ban, kind: str, reason: str, *, by: Viewer, now: datetime) -> None:
    """An objection or exemption was accepted by two officers: the ban is dismissed, lifted, exempted."""
    _lock(ban)
    today = clock.china_date(now)
    stage = queries.stage(ban, today)
    _apply(ban, rules.decide(queries.standing_of(ban), stage, kind, reason), now)
    said = {
        "dismissed": _CONFIRMED["dismiss"],
        "lifted": _CONFIRMED["lift"],
        "exempted": t("Exempted from the ban"),
    }[ban.state]
    _note(ban, "close", by, said, reason=reason, before={"stage": stage.value})
    _moved(ban, by, today)


def put_in_force(bans: Sequence[Ban], *, by: Viewer, now: datetime) -> int:
    """The second officer confirms several signed bans at once (a paper list); how many (R14)."""
    for ban in sorted(bans, key=lambda one: one.id):
        take_step(ban, "confirm", by=by, now=now)
    return len(bans)


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


def note_export(count: int, wanted: dict[str, object], *, by: Viewer) -> None:
    """Note that a list of bans left the site (R7)."""
    record(
        "integrity.export",
        ("ban", None),
        by=by,
        after={"rows": count, "filter": wanted},
        said=t("Exported %(count)s bans", count=count),
    )


def follow_teacher_merge(from_id: int, into_id: int, *, by: Viewer | None) -> list[int]:
    """Carry the bans of a merged record to the one that stays; gives the ids, to take it back.

    A ban for an event that the staying record has on its own account stays behind: it bars nobody
    twice. The lines of the file do not move; they are read together.
    """
    pairs = select(Ban.cause, Ban.event_on).where(
        Ban.teacher_id == into_id, Ban.state.in_(("proposed", "in_force"))
    )
    known = set(db.session.execute(pairs).tuples().all())
    bans = db.session.scalars(
        select(Ban).where(Ban.teacher_id == from_id).order_by(Ban.id).with_for_update()
    )
    moved = [
        ban
        for ban in bans
        if ban.state not in ("proposed", "in_force") or (ban.cause, ban.event_on) not in known
    ]
    _move([ban.id for ban in moved], into_id)
    for ban in moved:
        _note(ban, "follow", by, t("Followed the merger of two records of the teacher"))
    return [ban.id for ban in moved]


def take_back_teacher_merge(ban_ids: Collection[int], from_id: int, *, by: Viewer | None) -> None:
    """Give bans back to the record they came from, when a merger is taken back."""
    _move(ban_ids, from_id)
    for ban in db.session.scalars(select(Ban).where(Ban.id.in_(list(ban_ids))).order_by(Ban.id)):
        _note(ban, "follow_back", by, t("Went back to the record it came from"))


def tell_ending(today: date) -> int:
    """Tell teacher, school and county once that a ban ends soon; how many bans."""
    bans = queries.ending_untold(today)
    for ban in bans:
        ban.told_ending_at = func.clock_timestamp()
        _tell(ban, "ending", None)
    return len(bans)


def tell_window_over(now: datetime) -> int:
    """Tell the provincial office once a day how many proposals can be decided; never automatic."""
    opened = now - timedelta(days=1)
    fresh = db.session.scalar(
        select(func.count(Ban.id)).where(queries.window_over(now), Ban.objection_closes_at > opened)
    )
    office = queries.provincial_office()
    if fresh and office:
        subject = t("The objection window of %(count)s proposed bans is over.", count=fresh)
        tell(
            kind="integrity.window_over",
            subject=subject,
            organisation_id=office,
            url="/integrity/?stage=proposed",
        )
    return fresh or 0


def _move(ban_ids: Collection[int], teacher_id: int) -> None:
    db.session.execute(
        update(Ban)
        .where(Ban.id.in_(list(ban_ids)))
        .values(teacher_id=teacher_id, version=Ban.version + 1)
        .execution_options(synchronize_session="fetch")
    )


def _apply(ban: Ban, after: Standing, now: datetime) -> None:
    """Write a standing to the row."""
    if after.state == "in_force" and ban.state != "in_force":
        ban.in_force_at = now
    ban.state, ban.asked = after.state, after.asked
    ban.asked_by_id, ban.asked_reason = after.asked_by, after.asked_reason
    ban.signed_by_id, ban.confirmed_by_id = after.signed_by, after.confirmed_by
    ban.closed_reason = after.closed_reason
    closed = after.state in ("lifted", "exempted", "dismissed")
    ban.closed_at = now if closed else None
    if after.state == "proposed":
        ban.in_force_at = None
    ban.version += 1
    db.session.flush()


def _moved(ban: Ban, by: Viewer, today: date) -> None:
    """A new state goes into the file, and those concerned are told."""
    note_result(
        ban.teacher,
        _KIND_OF_STATE[ban.state],
        on_date=today,
        by=by,
        source=ban.training_name or ban.notice_number,
        note=ban.closed_reason,
        ban=ban,
    )
    _tell(ban, ban.state, by)


def _tell(ban: Ban, event: str, by: Viewer | None) -> None:
    tell_about(ban, event, by, teacher=_TOLD_TEACHER[event], body=_TOLD_BODY[event])


def tell_about(ban: Ban, event: str, by: Viewer | None, *, teacher: Text, body: Text) -> None:
    """Tell the teacher, the school and the bureau above it, each in their own sentence."""
    kind, url = f"integrity.{event}", f"/integrity/{ban.id}"
    user_id = ban.teacher.user_id
    if user_id is not None:
        tell(kind=kind, subject=teacher, user_id=user_id, url=url, thing=ban, by=by)
    for number in queries.schools_and_counties(ban.teacher):
        tell(kind=kind, subject=body, organisation_id=number, url=url, thing=ban, by=by)


def _require_current(teacher: Teacher) -> None:
    if teacher.merged_into_id is not None:
        raise Refusal(t("This record was merged into another; use that one."), field="teacher")


def _require_new(teacher_id: int, cause: str, event_on: date) -> None:
    same = db.session.scalar(
        select(func.count(Ban.id)).where(
            Ban.teacher_id == teacher_id,
            Ban.cause == cause,
            Ban.event_on == event_on,
            Ban.state.in_(("proposed", "in_force")),
        )
    )
    if same:
        raise Refusal(t("A ban for this event is on record already."), field="event_on")


def _lock(ban: Ban, expected_version: int | None = None) -> None:
    lock(ban)
    if expected_version is not None and expected_version != ban.version:
        raise StaleVersion(
            t("A colleague has acted on this ban after you opened the page. Read it again.")
        )


def _note(
    ban: Ban,
    verb: str,
    by: Viewer | None,
    said: Text,
    *,
    reason: str = "",
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    # The feed of changes is read more widely than bans: it names the school, not the person.
    record(
        f"integrity.{verb}",
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
    after: dict[str, object] | None = None,
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
