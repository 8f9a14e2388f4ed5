"""Proposing bans and the steps of two officers; those concerned are told of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from provincial.core import clock
from provincial.core.db import db, lock
from provincial.core.identity import clean_line
from provincial.core.refusals import Refusal, StaleVersion
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.files.models import StoredFile
from provincial.office.messages.actions import tell
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import GONE
from provincial.planning.bans import queries, rules
from provincial.planning.bans.rules import Standing
from provincial.planning.integrity.actions import note_ban, note_result
from provincial.planning.integrity.models import Ban
from provincial.planning.integrity.queries import latest_policy, policy_of_plan, stage
from provincial.planning.integrity.rules import RecordKind, ban_ends
from provincial.planning.plans.models import Plan, Project

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
    policy = (policy_of_plan(plan) if plan else None) or latest_policy()
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
        ends_on=ban_ends(event_on, policy.years),
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
    note_ban(ban, "propose", by, t("Proposed a training ban"), after=facts)
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
    before, now_at = queries.standing_of(ban), stage(ban, today)
    after = rules.take(before, now_at, action, by.user_id, reason)
    if "sign" in (action, before.asked if action == "confirm" else ""):
        rules.require_window_over(ban.objection_closes_at, now)
        rules.require_heard(queries.open_in_time(ban))
    if action == "reopen":
        _require_new(ban.teacher_id, ban.cause, ban.event_on)
    _apply(ban, after, now)
    said = _CONFIRMED[before.asked] if action == "confirm" else _SAID[action]
    note_ban(
        ban,
        action,
        by,
        said,
        reason=reason.strip() or (before.asked_reason if action == "confirm" else ""),
        before={"stage": now_at.value},
        after={"stage": stage(ban, today).value},
    )
    if after.state != before.state:
        _moved(ban, by, today)


def close_by_decision(ban: Ban, kind: str, reason: str, *, by: Viewer, now: datetime) -> None:
    """An objection or exemption was accepted by two officers: the ban is dismissed, lifted, exempted."""
    _lock(ban)
    today = clock.china_date(now)
    now_at = stage(ban, today)
    _apply(ban, rules.decide(queries.standing_of(ban), now_at, kind, reason), now)
    said = {
        "dismissed": _CONFIRMED["dismiss"],
        "lifted": _CONFIRMED["lift"],
        "exempted": t("Exempted from the ban"),
    }[ban.state]
    note_ban(ban, "close", by, said, reason=reason, before={"stage": now_at.value})
    _moved(ban, by, today)


def put_in_force(bans: Sequence[Ban], *, by: Viewer, now: datetime) -> int:
    """The second officer confirms several signed bans at once (a paper list); how many (R14)."""
    for ban in sorted(bans, key=lambda one: one.id):
        take_step(ban, "confirm", by=by, now=now)
    return len(bans)


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
            kind="bans.window_over",
            subject=subject,
            organisation_id=office,
            url="/bans/?stage=proposed",
        )
    return fresh or 0


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
    # A ban of a paper list may be over before it is entered: it bars nobody, and nobody is alarmed.
    if ban.ends_on >= today:
        _tell(ban, ban.state, by)


def _tell(ban: Ban, event: str, by: Viewer | None) -> None:
    tell_about(ban, event, by, teacher=_TOLD_TEACHER[event], body=_TOLD_BODY[event])


def tell_about(ban: Ban, event: str, by: Viewer | None, *, teacher: Text, body: Text) -> None:
    """Tell the teacher, the school and the bureau above it, each in their own sentence."""
    kind, url = f"bans.{event}", f"/bans/{ban.id}"
    user_id = ban.teacher.user_id
    if user_id is not None:
        tell(kind=kind, subject=teacher, user_id=user_id, url=url, thing=ban, by=by)
    for number in queries.schools_and_counties(ban.teacher):
        tell(kind=kind, subject=body, organisation_id=number, url=url, thing=ban, by=by)


def _require_current(teacher: Teacher) -> None:
    if teacher.merged_into_id is not None:
        raise Refusal(t("This record was merged into another; use that one."), field="teacher")
    if teacher.state in GONE:
        raise Refusal(t("The registration of this record has been taken back."), field="teacher")


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
