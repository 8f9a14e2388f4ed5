"""Plain decisions of a holder: locking and dates. No database here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.planning.ledger.rules import CellFacts


def check_lock(cells: Iterable[CellFacts]) -> list[Finding]:
    """What stands in the way of locking: every column must be handed out in full (HN-38, HN-39)."""
    return [
        Finding(
            Severity.BLOCK,
            t(
                "%(project)s: %(left)s of %(held)s places are not assigned yet.",
                project=cell.name,
                left=cell.unassigned,
                held=cell.held,
            ),
            rule="HN-38",
            code="unassigned",
            measured=str(cell.given),
            limit=str(cell.held),
            mend=t("Assign the rest or give it back with a reason."),
        )
        for cell in cells
        if cell.unassigned
    ]


def effective_due(plan_due: date | None, above: Sequence[date | None]) -> date | None:
    """The date that binds a body: the earliest of the plan's and every body's above it (HN-40)."""
    dates = [day for day in [plan_due, *above] if day is not None]
    return min(dates) if dates else None


def check_due_below(wanted: date, own_due: date | None, on: date) -> None:
    """A body may set an earlier date for those below it, never a later one."""
    if own_due is not None and wanted > own_due:
        raise Refusal(
            t("The date for those below can be %(due)s at the latest.", due=own_due.isoformat()),
            field="due_below",
            rule="HN-40",
        )
    if wanted < on:
        raise Refusal(t("The date has passed already."), field="due_below")
