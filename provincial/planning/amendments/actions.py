"""Preparing, approving, bringing in force and revoking supplementary notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from provincial.core import clock
from provincial.core.db import db
from provincial.core.refusals import Refusal, StaleVersion
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.office.messages.actions import tell
from provincial.people.proofs.queries import require_other_hands
from provincial.planning.amendments import queries, rules
from provincial.planning.amendments.rules import MACHINE, NoticeState
from provincial.planning.plans.models import (
    Plan,
    PlanRulebookVersion,
    SupplementaryNotice,
    Window,
)
from provincial.planning.plans.queries import current_rulebook
from provincial.planning.plans.queries import window as window_of_kind
from provincial.planning.plans.rules import require_second_person, window_of
from provincial.planning.rulebooks.rules import require_reason
from provincial.rulebook import schema
from provincial.rulebook.editing import read_typed
from provincial.rulebook.loader import Rulebook
from provincial.rulebook.records import Source
from provincial.rulebook.values import Window as Span
from provincial.rulebook.values import plain


def prepare(
    plan: Plan, *, doc_number: str, title: str, effective_on: date, by: Viewer
) -> SupplementaryNotice:
    """Begin a notice that changes an issued plan from a date on."""
    rules.require_live(plan.state)
    rules.require_effective(effective_on, plan.issued_on)
    notice = SupplementaryNotice(
        plan_id=plan.id,
        doc_number=doc_number,
        title=title,
        effective_on=effective_on,
        changes={},
        touches=[],
        prepared_by_id=by.user_id,
    )
    db.session.add(notice)
    db.session.flush()
    _record(notice, "prepare", by, t("Prepared the supplementary notice “%(title)s”", title=title))
    return notice


def edit_header(
    notice: SupplementaryNotice,
    *,
    doc_number: str,
    title: str,
    effective_on: date,
    by: Viewer,
) -> None:
    """Change number, title and date of effect of a draft."""
    _lock(notice)
    rules.require_draft(notice.state)
    rules.require_effective(effective_on, notice.plan.issued_on)
    before = {"doc_number": notice.doc_number, "effective_on": notice.effective_on}
    notice.doc_number, notice.title, notice.effective_on = doc_number, title, effective_on
    after = {"doc_number": doc_number, "effective_on": effective_on}
    _record(notice, "edit", by, t("Changed the head of the notice"), before=before, after=after)
    db.session.flush()


def set_change(
    notice: SupplementaryNotice,
    key: str,
    typed: str,
    *,
    article: str,
    quote: str,
    by: Viewer,
) -> None:
    """Enter one changed value with its article and sentence; refuses one that changes nothing."""
    _lock(notice)
    rules.require_draft(notice.state)
    rules.require_quoted(article, quote)
    parameter = schema.parameter(key)
    rulebook = current_rulebook(notice.plan)
    if parameter is None or not rulebook.applies(parameter.group):
        raise Refusal(t("The plan's notice does not speak of this value."), field=key)
    try:
        after = read_typed(parameter, typed)
        rulebook.with_value(key, after, Source())
    except Refusal as refusal:
        refusal.field = "value"
        raise
    before = rulebook.value(key)
    if after == before:
        raise Refusal(t("This is the value that holds already."), field="value")
    if after is None and window_of_kind(notice.plan_id, key) is not None:
        raise Refusal(t("A window stands on this date; give another date."), field="value")
    change = {"before": plain(before), "after": plain(after), "article": article, "quote": quote}
    notice.changes = {**notice.changes, key: change}
    notice.version += 1
    said = t("Entered the value “%(value)s”", value=parameter.label)
    _record(notice, "set_change", by, said, after={key: change})
    db.session.flush()


def drop_change(notice: SupplementaryNotice, key: str, *, by: Viewer) -> None:
    """Take one changed value out of a draft."""
    _lock(notice)
    rules.require_draft(notice.state)
    parameter = schema.parameter(key)
    if parameter is None or key not in notice.changes:
        raise Refusal(t("The notice does not change this value."))
    notice.changes = {name: row for name, row in notice.changes.items() if name != key}
    notice.version += 1
    said = t("Took the value “%(value)s” out", value=parameter.label)
    _record(notice, "drop_change", by, said)
    db.session.flush()


def submit(notice: SupplementaryNotice, *, by: Viewer) -> None:
    """Hand the notice to the second officer, with the list of what it touches."""
    target = _step(notice, "submit")
    rules.require_live(notice.plan.state)
    rules.require_complete(notice.doc_number, notice.changes)
    notice.touches = queries.touched(notice)
    notice.prepared_by_id, notice.return_reason = by.user_id, ""
    _take(notice, target, by, t("Submitted the supplementary notice"))


def return_to_draft(notice: SupplementaryNotice, *, by: Viewer, reason: str) -> None:
    """Give the notice back with a reason."""
    target = _step(notice, "return")
    notice.return_reason = require_reason(reason)[:500]
    _take(notice, target, by, t("Returned the supplementary notice"), reason)


def approve(
    notice: SupplementaryNotice, *, by: Viewer, at: datetime, expected_version: int | None = None
) -> None:
    """The second officer brings the notice seen in force: at once, or on its date (R14)."""
    target = _step(notice, "approve", expected_version)
    rules.require_live(notice.plan.state)
    require_second_person(by.user_id, {notice.prepared_by_id})
    require_other_hands(by, {notice.prepared_by_id})
    notice.touches = queries.touched(notice)
    notice.approved_by_id = by.user_id
    _take(notice, target, by, t("Approved the supplementary notice"))
    if notice.effective_on <= clock.china_date(at):
        bring_into_force(notice, at=at, by=by)


def bring_into_force(notice: SupplementaryNotice, *, at: datetime, by: Viewer | None) -> None:
    """Make the new version of the plan's rulebook and move the windows that stand on its dates."""
    plan = notice.plan
    db.session.refresh(plan, with_for_update=True)
    db.session.refresh(notice, with_for_update=True)
    if notice.state != NoticeState.APPROVED:
        return
    after = queries.changed_rulebook(notice, current_rulebook(plan))
    notice.moved = [
        _move(plan, after, key) for key in notice.changes if _stands_on(plan, after, key)
    ]
    _new_version(plan, after, notice.effective_on, notice_id=notice.id)
    notice.state, notice.in_force_at = NoticeState.IN_FORCE, at
    notice.version += 1
    said = t("“%(number)s” is in force", number=notice.doc_number)
    _record(notice, "in_force", by, said, after={"version": plan.rulebook_version})
    db.session.flush()
    _tell(notice, t("The notice %(number)s changes the plan.", number=notice.doc_number), by)


def withdraw(notice: SupplementaryNotice, *, by: Viewer, reason: str) -> None:
    """Give a notice up before it is in force."""
    target = _step(notice, "withdraw")
    notice.approved_by_id = None
    _take(notice, target, by, t("Withdrew the supplementary notice"), require_reason(reason))


def revoke(notice: SupplementaryNotice, *, by: Viewer, reason: str, at: datetime) -> None:
    """Undo a notice in force while no later one builds on it: values and windows go back."""
    target = _step(notice, "revoke")
    reason = require_reason(reason)
    plan = notice.plan
    db.session.refresh(plan, with_for_update=True)
    rules.require_live(plan.state)
    made = queries.version_of(notice)
    rules.require_latest(made.version if made else 0, queries.latest_version(plan))
    earlier = queries.version_content(plan, made.version - 1 if made else 0)
    _new_version(plan, earlier, clock.china_date(at), reason=reason[:500])
    for row in notice.moved:
        _move_back(row)
    notice.approved_by_id = None
    _take(notice, target, by, t("Revoked the supplementary notice"), reason)
    _tell(notice, t("The notice %(number)s has been revoked.", number=notice.doc_number), by)


def restore(notice: SupplementaryNotice, *, by: Viewer, reason: str) -> None:
    """Take a withdrawn notice up again as a draft."""
    target = _step(notice, "restore")
    notice.in_force_at, notice.moved = None, []
    _take(notice, target, by, t("Took the notice up again"), require_reason(reason))


def _stands_on(plan: Plan, rulebook: Rulebook, key: str) -> bool:
    return window_of(rulebook, key, plan.issued_on) is not None


def _move(plan: Plan, rulebook: Rulebook, key: str) -> dict[str, object]:
    """Move (or open) the window that stands on a changed date; gives what it was before."""
    dates = window_of(rulebook, key, plan.issued_on)
    window = window_of_kind(plan.id, key)
    if dates is None:  # pragma: no cover  asked before
        return {}
    opens, closes = clock.start_of(dates.opens), clock.end_of(dates.closes)
    if window is None:
        window = Window(
            plan_id=plan.id, kind=key, opens_at=opens, closes_at=closes, rule=dates.rule
        )
        db.session.add(window)
        db.session.flush()
        return {"id": window.id, "kind": key, "opens_at": None, "closes_at": None}
    before = {
        "id": window.id,
        "kind": key,
        "opens_at": window.opens_at.isoformat(),
        "closes_at": window.closes_at.isoformat(),
    }
    if isinstance(rulebook.value(key), Span):
        window.opens_at = opens
    window.opens_at = min(window.opens_at, clock.start_of(dates.closes))
    window.closes_at = closes
    window.version += 1
    db.session.flush()
    return before


def _move_back(row: Mapping[str, object]) -> None:
    window = db.session.get(Window, row["id"], with_for_update=True)
    if window is None or row["closes_at"] is None:
        return
    window.opens_at = datetime.fromisoformat(str(row["opens_at"]))
    window.closes_at = datetime.fromisoformat(str(row["closes_at"]))
    window.version += 1
    db.session.flush()


def _new_version(
    plan: Plan,
    rulebook: Rulebook,
    effective_on: date,
    *,
    notice_id: int | None = None,
    reason: str = "",
) -> None:
    if not queries.latest_version(plan):
        _keep_first(plan)
    plan.rulebook = rulebook.to_data()
    plan.rulebook_version = queries.latest_version(plan) + 1
    plan.version += 1
    db.session.add(
        PlanRulebookVersion(
            plan_id=plan.id,
            version=plan.rulebook_version,
            effective_on=effective_on,
            content=plan.rulebook,
            notice_id=notice_id,
            reason=reason,
        )
    )
    db.session.flush()


def _keep_first(plan: Plan) -> None:
    """A plan that came to the site already issued: what it was issued with is the first version."""
    first = PlanRulebookVersion(
        plan_id=plan.id,
        version=plan.rulebook_version,
        effective_on=plan.issued_on or clock.china_date(plan.created_at),
        content=plan.rulebook,
    )
    db.session.add(first)
    db.session.flush()


def _tell(notice: SupplementaryNotice, subject: Text, by: Viewer | None) -> None:
    """Everybody whom the changed values bind hears of it."""
    for audience in rules.audiences(list(notice.changes)):
        for body in queries.bodies(audience):
            tell(
                kind="amendments.changed",
                subject=subject,
                organisation_id=body,
                url=f"/supplementary-notices/{notice.id}",
                thing=notice,
                by=by,
            )


def _lock(notice: SupplementaryNotice, expected_version: int | None = None) -> None:
    db.session.flush()
    db.session.refresh(notice, with_for_update=True)
    if expected_version is not None and expected_version != notice.version:
        raise StaleVersion(
            t("A colleague has changed this notice after you opened the page. Read it again.")
        )


def _step(
    notice: SupplementaryNotice, action: str, expected_version: int | None = None
) -> NoticeState:
    _lock(notice, expected_version)
    return NoticeState(MACHINE.step(NoticeState(notice.state), action).next_state)


def _take(
    notice: SupplementaryNotice, target: NoticeState, by: Viewer, said: Text, reason: str = ""
) -> None:
    before, notice.state = notice.state, target.value
    notice.version += 1
    _record(notice, target.value, by, said, reason=reason, before={"state": before})
    db.session.flush()


def _record(
    notice: SupplementaryNotice,
    verb: str,
    by: Viewer | None,
    said: Text,
    *,
    reason: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Into the history of the notice and of its plan."""
    for thing in (notice, notice.plan):
        record(
            f"amendments.{verb}",
            thing,
            by=by,
            before=before,
            after=after or {"state": notice.state},
            reason=reason,
            label=notice.doc_number or notice.title,
            said=said,
        )
