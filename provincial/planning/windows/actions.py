"""Setting the windows of a draft; extending one for one body, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from provincial.core import clock
from provincial.core.db import db
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.office.messages.actions import tell
from provincial.people.organisations.models import Organisation
from provincial.planning.plans.models import Extension, Plan, Window
from provincial.planning.plans.queries import last_day as last_day_of
from provincial.planning.plans.queries import window as window_of_kind
from provincial.planning.plans.rules import kind_label, window_kinds
from provincial.planning.rulebooks.rules import require_reason
from provincial.planning.windows import queries, rules


def add(plan: Plan, kind: str, opens: date, closes: date, *, by: Viewer) -> Window:
    """Give a draft a window of a kind it has not; both days belong to it."""
    _lock_plan(plan)
    rules.require_draft(plan.state)
    rules.require_order(opens, closes)
    if kind not in window_kinds():
        raise Refusal(t("There is no such kind of window."), field="kind")
    if window_of_kind(plan.id, kind) is not None:
        raise Refusal(t("The plan has this window already."), field="kind")
    window = Window(
        plan_id=plan.id, kind=kind, opens_at=clock.start_of(opens), closes_at=clock.end_of(closes)
    )
    db.session.add(window)
    db.session.flush()
    db.session.expire(plan, ["windows"])
    _record(window, "add", by, after={"opens": opens, "closes": closes})
    return window


def set_dates(window: Window, opens: date, closes: date, *, by: Viewer) -> None:
    """Move a window of a draft."""
    _lock_plan(window.plan)
    rules.require_draft(window.plan.state)
    rules.require_order(opens, closes)
    before = {"opens": clock.china_date(window.opens_at), "closes": last_day_of(window)}
    window.opens_at, window.closes_at = clock.start_of(opens), clock.end_of(closes)
    window.version += 1
    db.session.flush()
    _record(window, "set_dates", by, before=before, after={"opens": opens, "closes": closes})


def remove(window: Window, *, by: Viewer, reason: str) -> None:
    """Take a window out of a draft."""
    _lock_plan(window.plan)
    rules.require_draft(window.plan.state)
    plan, reason = window.plan, require_reason(reason)
    _record(window, "remove", by, reason=reason)
    db.session.delete(window)
    db.session.flush()
    db.session.expire(plan, ["windows"])


def extend(
    window: Window,
    organisation: Organisation,
    last_day: date,
    *,
    reason: str,
    by: Viewer,
    at: datetime,
) -> Extension:
    """Keep a window open for one body and those below it; what comes is marked late (A-44).

    A body has one extension at a time: a longer one replaces it.
    """
    db.session.refresh(window, with_for_update=True)
    rules.require_live(window.plan.state)
    rules.require_later(last_day, last_day_of(window), clock.china_date(at))
    reason = require_reason(reason)[:500]
    earlier = queries.current_extension(window, organisation)
    if earlier is not None:
        if last_day <= last_day_of(earlier):
            raise Refusal(
                t("This body is extended until %(day)s already.", day=last_day_of(earlier)),
                field="last_day",
            )
        earlier.withdrawn_at, earlier.withdrawn_reason = at, reason
    extension = Extension(
        window_id=window.id,
        organisation_id=organisation.id,
        closes_at=clock.end_of(last_day),
        reason=reason,
        by_user_id=by.user_id,
    )
    db.session.add(extension)
    db.session.flush()
    said = t(
        "Extended “%(window)s” for %(body)s until %(day)s",
        window=kind_label(window.kind),
        body=organisation.name,
        day=last_day,
    )
    for thing in (window, window.plan):
        record(
            "windows.extend",
            thing,
            by=by,
            after={"body": organisation.name, "until": last_day},
            reason=reason,
            label=organisation.name,
            org_path=organisation.path,
            said=said,
        )
    tell(
        kind="windows.extended",
        subject=said,
        organisation_id=organisation.id,
        url=f"/windows/{window.id}",
        thing=window,
        by=by,
    )
    return extension


def withdraw_extension(extension: Extension, *, reason: str, by: Viewer, at: datetime) -> None:
    """Take an extension back; what was done meanwhile stays, marked late."""
    window = extension.window
    db.session.refresh(extension, with_for_update=True)
    reason = require_reason(reason)[:500]
    if extension.withdrawn_at is not None:
        raise Refusal(t("This extension has been withdrawn already."))
    extension.withdrawn_at, extension.withdrawn_reason = at, reason
    db.session.flush()
    body = extension.organisation
    said = t(
        "Withdrew the extension of “%(window)s” for %(body)s",
        window=kind_label(window.kind),
        body=body.name,
    )
    for thing in (window, window.plan):
        record(
            "windows.withdraw_extension",
            thing,
            by=by,
            before={"until": last_day_of(extension)},
            reason=reason,
            label=body.name,
            org_path=body.path,
            said=said,
        )
    tell(
        kind="windows.extension_withdrawn",
        subject=said,
        organisation_id=body.id,
        url=f"/windows/{window.id}",
        thing=window,
        by=by,
    )


def _lock_plan(plan: Plan) -> None:
    db.session.flush()
    db.session.refresh(plan, with_for_update=True)


def _record(
    window: Window,
    verb: str,
    by: Viewer,
    *,
    reason: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    label = kind_label(window.kind)
    said = {
        "add": t("Added the window “%(window)s”", window=label),
        "set_dates": t("Moved the window “%(window)s”", window=label),
        "remove": t("Took the window “%(window)s” out", window=label),
    }[verb]
    record(
        f"windows.{verb}",
        window.plan,
        by=by,
        before=before,
        after=after,
        reason=reason,
        label=window.kind,
        said=said,
    )
