"""The acts of the desks: signing, passing up, returning, refusing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from provincial.core import clock
from provincial.core.db import db, lock
from provincial.core.findings import Finding, blocking
from provincial.core.refusals import Forbidden, Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.planning.ledger.actions import lock_sheet
from provincial.planning.nominations import queries, rules
from provincial.planning.nominations.actions import (
    end,
    locked_many,
    move,
    note,
    require_step,
    tell,
)
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.rules import MACHINE, Level


@dataclass(slots=True)
class Outcome:
    """What became of many nominations passed on at once."""

    passed: list[Nomination] = field(default_factory=list)
    held_back: list[tuple[Nomination, Finding]] = field(default_factory=list)


def pass_on(nominations: Sequence[Nomination], *, by: Viewer, now: datetime) -> Outcome:
    """Sign what waits at the viewer's desk and hand it to the next one (HN-37).

    What cannot be signed stays where it is, with the finding that says why: entered by the same
    person, banned in the meantime. A city hands in by a list instead, and the
    province decides on it (``planning.lists``).
    """
    outcome = Outcome()
    on = clock.china_date(now)
    held = locked_many(nominations)
    bans = queries.ban_findings_now(held, on)
    ways: dict[int, list[rules.Desk]] = {}
    for nomination in held:
        way = ways.setdefault(nomination.nominator_id, queries.way_of(nomination.nominator, on))
        stop = _obstacle(nomination, by, bans.get(nomination.id, ()))
        if stop is not None:
            outcome.held_back.append((nomination, stop))
            continue
        desk = _own_desk(way, nomination, by)
        if desk.level in (Level.CITY, Level.PROVINCE):
            deciding = desk.level is Level.PROVINCE
            finding = rules.by_list_finding(nomination.teacher.name, deciding=deciding)
            outcome.held_back.append((nomination, finding))
            continue
        action = rules.action_at(desk.level, nomination.way, nomination.status)
        step = MACHINE.step(nomination.status, action)
        move(nomination, step, way, by, t("Signed at this desk"), late=_late(nomination, by, now))
        outcome.passed.append(nomination)
    return outcome


def pass_up(nomination: Nomination, *, by: Viewer, now: datetime) -> None:
    """Hand a name up unsigned, where the body has nobody else who could sign it."""
    lock(nomination)
    way = queries.way_of(nomination.nominator, clock.china_date(now))
    desk = _own_desk(way, nomination, by)
    if desk.signers > 1:
        raise Refusal(
            t("Your body has %(n)s people who may sign; a colleague signs this.", n=desk.signers),
            rule="HN-37",
        )
    if desk.level is Level.CITY:
        raise Refusal(
            t("Submit the list and upload it stamped; that stands for the second signature."),
            rule="HN-37",
        )
    MACHINE.step(nomination.status, "pass_up")
    later = way[way.index(desk) + 1]
    nomination.waits_at_id = later.organisation_id
    nomination.version += 1
    said = t("Passed up unsigned: the body has one user only")
    note("pass_up", nomination, nomination.state, by, said)


def send_back(nomination: Nomination, reason: str, *, by: Viewer, now: datetime) -> None:
    """Return a nomination to the body that entered it, with the reason; its place stays taken."""
    lock(nomination)
    reason = rules.require_reason(reason)
    require_step(nomination, "return", by)
    step = MACHINE.step(nomination.status, "return")
    way = queries.way_of(nomination.nominator, clock.china_date(now))
    move(nomination, step, way, by, t("Returned the nomination"), reason=reason)
    tell(nomination, nomination.nominator_id, t("The nomination of %(name)s was returned"), by)


def refuse(nomination: Nomination, reason: str, *, by: Viewer) -> None:
    """Refuse a nomination for good; its place is free again."""
    end(nomination, "refuse", reason, by, t("Refused the nomination"))
    tell(nomination, nomination.nominator_id, t("The nomination of %(name)s was refused"), by)


def send_back_many(
    nominations: Sequence[Nomination], reason: str, *, by: Viewer, now: datetime
) -> Outcome:
    """Return several names with one reason; those that this desk cannot return are held back."""
    return _each(nominations, lambda one: send_back(one, reason, by=by, now=now), reason)


def refuse_many(nominations: Sequence[Nomination], reason: str, *, by: Viewer) -> Outcome:
    """Refuse several names for good with one reason; their places are free again."""
    sheets = {(len(one.quota_path), one.cell.sheet_id) for one in nominations}
    for _depth, sheet_id in sorted(sheets):  # before the nominations, and from the top down (R11)
        lock_sheet(sheet_id)
    return _each(nominations, lambda one: refuse(one, reason, by=by), reason)


def _each(
    nominations: Sequence[Nomination], act: Callable[[Nomination], None], reason: str
) -> Outcome:
    """Take one step on each in order of id; a refusal of one is told and does not stop the others."""
    rules.require_reason(reason)
    outcome = Outcome()
    for nomination in sorted(nominations, key=lambda one: one.id):
        try:
            act(nomination)
        except Refusal as refusal:
            outcome.held_back.append((nomination, refusal.as_findings()[0]))
        else:
            outcome.passed.append(nomination)
    return outcome


def reopen(nomination: Nomination, reason: str, *, by: Viewer, now: datetime) -> None:
    """Take the province's own yes back; the nomination waits for it again."""
    lock(nomination)
    reason = rules.require_reason(reason)
    require_step(nomination, "reopen", by)
    step = MACHINE.step(nomination.status, "reopen")
    handed_in = nomination.handed_in_with
    if handed_in is not None and handed_in.status is rules.ListState.CONFIRMED:
        stamped = handed_in.stamped_id is not None
        handed_in.state = rules.ListState.STAMPED if stamped else rules.ListState.SUBMITTED
    way = queries.way_of(nomination.nominator, clock.china_date(now))
    move(nomination, step, way, by, t("Took the confirmation back"), reason=reason)
    tell(nomination, nomination.nominator_id, t("The confirmation of %(name)s was taken back"), by)


def _obstacle(nomination: Nomination, by: Viewer, bans: Sequence[Finding]) -> Finding | None:
    """Why this one cannot be signed by this person now; nothing when it can."""
    if nomination.waits_at_id != by.organisation_id:
        return rules.elsewhere_finding(nomination.teacher.name)
    stops = blocking(bans)
    if stops:
        return stops[0]
    try:
        rules.refuse_own_signature(nomination.entered_by_id, by.user_id)
    except Refusal as refusal:
        return refusal.as_findings()[0]
    return None


def _own_desk(way: Sequence[rules.Desk], nomination: Nomination, by: Viewer) -> rules.Desk:
    for desk in way:
        if desk.organisation_id == by.organisation_id == nomination.waits_at_id:
            return desk
    raise Forbidden(t("This nomination waits at another desk."))


def _late(nomination: Nomination, by: Viewer, now: datetime) -> bool:
    body = db.session.get_one(Organisation, by.organisation_id)
    return queries.opening(nomination.category.plan, body, now).late
