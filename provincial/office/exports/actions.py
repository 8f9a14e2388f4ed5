"""Noting what leaves the site, and asking for what is too long to wait for."""

from __future__ import annotations

from typing import Any

from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.exports import rules
from provincial.office.exports.rules import Listing, Wanted
from provincial.office.jobs.actions import enqueue
from provincial.office.jobs.models import Job
from provincial.office.journal.actions import record


def request(listing: Listing, wanted: Wanted, *, by: Viewer) -> Job | None:
    """Note the export of a list; a long one becomes a job, a short one is the caller's to write."""
    found = listing.count(by, wanted)
    note(listing.kind, (listing.thing, None), listing.what, found, wanted, by=by)
    if found <= rules.EXPORT_AT_ONCE:
        return None
    title = t("Export “%(what)s”: %(count)s rows", what=listing.what, count=found)
    return enqueue(listing.kind, title, by=by, args={"filter": dict(wanted)}, total=found)


def note(
    action: str,
    thing: Any,
    what: Text | str,
    rows: int,
    wanted: Wanted,
    *,
    by: Viewer,
    org_path: str = "",
) -> None:
    """Note that ``by`` took ``what`` away: how many rows, under which filter (R30).

    ``thing`` is the row that the workbook is about, or ``(table, None)`` for a list.
    """
    record(
        action,
        thing,
        by=by,
        after={"rows": rows, "filter": dict(wanted)},
        label="" if isinstance(what, Text) else what,
        org_path=org_path,
        said=t("Exported “%(what)s”: %(count)s rows", what=what, count=rows),
    )
