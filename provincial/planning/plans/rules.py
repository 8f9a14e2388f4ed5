"""A plan's states, what stands in the way of issuing it, and the dates it takes from its rulebook."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.core.states import Machine, State, Tone, Transition
from provincial.core.text import Text, t
from provincial.rulebook import schema
from provincial.rulebook.loader import Rulebook
from provincial.rulebook.records import HOUSE_DEFAULT
from provincial.rulebook.values import Value
from provincial.rulebook.values import Window as Span

#: The roles of the provincial office that prepare and issue.
OFFICERS = frozenset({"province_administrator", "province_officer"})
#: The plan's own period is no window in which somebody may do something.
_NO_WINDOW = frozenset({"plan.period", "plan.coverage_due"})
#: Codes and words of publicity (PE-160).
PUBLICITY: dict[str, Text] = {
    "public": t("Open to the public"),
    "on_request": t("Open on request"),
    "internal": t("Not open"),
}


class PlanState(State):
    """Where a plan stands."""

    DRAFT = "draft"
    ISSUING = "issuing"
    ISSUED = "issued"
    RUNNING = "running"
    CLOSING = "closing"
    ARCHIVED = "archived"
    DISCARDED = "discarded"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "draft": (t("Plan draft"), Tone.NEUTRAL),
            "issuing": (t("Waits for a second officer"), Tone.WAITING),
            "issued": (t("Plan issued"), Tone.GOOD),
            "running": (t("Under way"), Tone.GOOD),
            "closing": (t("Being closed"), Tone.ATTENTION),
            "archived": (t("Archived"), Tone.NEUTRAL),
            "discarded": (t("Given up"), Tone.BLOCKED),
        }


#: States in which everybody signed in sees the plan.
PUBLISHED = (PlanState.ISSUED, PlanState.RUNNING, PlanState.CLOSING, PlanState.ARCHIVED)
#: States in which windows count and may be extended.
LIVE = (PlanState.ISSUED, PlanState.RUNNING, PlanState.CLOSING)


def heads_by_stage(words: Sequence[tuple[str, str]]) -> list[tuple[str, int]] | None:
    """The upper row of a table's head: each stage with how many columns stand below it.

    ``words`` are stage and subject of each column, in order. Nothing where a column has no stage
    or there is only one: its own name says it all.
    """
    if len(words) < 2 or not all(stage and subject for stage, subject in words):
        return None
    return [(stage, len(list(run))) for stage, run in groupby(stage for stage, _ in words)]


def _step(
    state: PlanState,
    action: str,
    target: PlanState,
    label: Text,
    *,
    grave: bool = False,
    reason: bool = False,
) -> Transition:
    return Transition(state, action, OFFICERS, target, label, grave, reason)


_S = PlanState
MACHINE = Machine(
    (
        _step(_S.DRAFT, "submit", _S.ISSUING, t("Submit the plan for issue")),
        _step(_S.DRAFT, "discard", _S.DISCARDED, t("Give the draft up"), reason=True),
        _step(_S.ISSUING, "issue", _S.ISSUED, t("Issue the plan"), grave=True),
        _step(_S.ISSUING, "return", _S.DRAFT, t("Return to the colleague"), reason=True),
        _step(_S.ISSUED, "start", _S.RUNNING, t("Start the plan")),
        _step(_S.ISSUED, "unissue", _S.DRAFT, t("Take the issue back"), grave=True, reason=True),
        _step(_S.RUNNING, "begin_closing", _S.CLOSING, t("Begin closing")),
        _step(_S.RUNNING, "halt", _S.ISSUED, t("Take the start back"), reason=True),
        _step(_S.CLOSING, "archive", _S.ARCHIVED, t("Archive"), grave=True),
        _step(_S.CLOSING, "resume", _S.RUNNING, t("Take the closing back"), reason=True),
        _step(_S.ARCHIVED, "reopen", _S.CLOSING, t("Reopen"), reason=True),
        _step(_S.DISCARDED, "restore", _S.DRAFT, t("Take the draft up again"), reason=True),
    )
)


@dataclass(frozen=True, slots=True)
class WindowDates:
    """A window as the notice gives it: both days belong to it (rules.md part 0)."""

    kind: str
    opens: date
    closes: date
    rule: str


def kind_label(kind: str) -> Text:
    """What a window is for: the words of its parameter."""
    parameter = schema.parameter(kind)
    return parameter.label if parameter else Text(kind)


def window_kinds() -> list[str]:
    """Every kind of window that a rulebook can give."""
    return [key for key in schema.PARAMETERS if _may_be_window(key)]


def window_of(rulebook: Rulebook, kind: str, from_day: date | None) -> WindowDates | None:
    """The window that a parameter gives; a single date is open from ``from_day`` (the issue) on."""
    entry = rulebook.entry(kind) if _may_be_window(kind) else None
    if entry is None or entry.value is None:
        return None
    rule = entry.source.rule or entry.source.interpretation
    if isinstance(entry.value, Span):
        return WindowDates(kind, entry.value.opens, entry.value.closes, rule)
    if not isinstance(entry.value, date):
        return None
    return WindowDates(kind, min(from_day or entry.value, entry.value), entry.value, rule)


def windows_of(rulebook: Rulebook, from_day: date | None) -> list[WindowDates]:
    """All windows that a rulebook gives."""
    found = (window_of(rulebook, kind, from_day) for kind in window_kinds())
    return [window for window in found if window is not None]


def _may_be_window(kind: str) -> bool:
    parameter = schema.parameter(kind)
    return (
        parameter is not None
        and kind not in _NO_WINDOW
        and parameter.kind.value in ("date", "window")
    )


def shifted(day: date, old_start: date, new_start: date) -> date:
    """``day`` moved as the plan's first day moves: whole months first, then days (C-22).

    From 31 October 2023 to 31 October 2024 every date keeps its month and day; 29 February becomes
    28 February where there is none.
    """
    months = (new_start.year - old_start.year) * 12 + new_start.month - old_start.month
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    moved = date(year, month + 1, min(day.day, last))
    return moved + timedelta(days=new_start.day - old_start.day)


def shifted_rulebook(rulebook: Rulebook, old_start: date, new_start: date, note: str) -> Rulebook:
    """A copy whose dates have all moved; each says in its note that a new notice must confirm it."""
    changed = rulebook
    for key, entry in rulebook.listed.items():
        moved: Value = None
        if isinstance(entry.value, Span):
            opens, closes = entry.value.opens, entry.value.closes
            moved = Span(
                shifted(opens, old_start, new_start), shifted(closes, old_start, new_start)
            )
        elif isinstance(entry.value, date):
            moved = shifted(entry.value, old_start, new_start)
        if moved is not None:
            source = replace(entry.source, origin=HOUSE_DEFAULT, interpretation="", note=note)
            changed = changed.with_value(key, moved, source)
    return changed


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """What the check before issue looks at in a category."""

    name: str
    has_quota_table: bool
    columns: int
    described: bool
    annex: str = ""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan as plain values, for the check before issue. ``windows`` are (label, last day)."""

    title: str
    doc_number: str
    issued_on: date | None
    starts_on: date | None
    ends_on: date | None
    contacts: Sequence[Mapping[str, str]]
    categories: Sequence[CategoryFacts] = ()
    windows: Sequence[tuple[Text, date]] = ()
    completion_due: date | None = None
    completion_strict: bool = False
    programme_named: str = ""
    has_programme: bool = False
    on: date = field(default=date.min)


def readiness(plan: PlanFacts) -> list[Finding]:
    """What stands in the way of issuing, and what needs a recorded reason."""
    found = [
        *_heading(plan),
        *_categories(plan.categories),
        *_dates(plan),
    ]
    if plan.programme_named and not plan.has_programme:
        message = t(
            "The notice belongs to “%(name)s”; no programme of years is chosen.",
            name=plan.programme_named,
        )
        found.append(_warn(message, "HN-73", "programme"))
    return found


def _heading(plan: PlanFacts) -> list[Finding]:
    found = []
    if not plan.doc_number:
        found.append(_block(t("The document number is missing."), "HN-03", "doc_number"))
    if not plan.title:
        found.append(_block(t("The title is missing."), "HN-03", "title"))
    if plan.issued_on is None:
        found.append(_block(t("The date of issue is missing."), "HN-03", "issued_on"))
    if not any(contact.get("office") for contact in plan.contacts):
        found.append(_block(t("No contact is named."), "HN-67", "contacts"))
    elif not any(contact.get("phone") or contact.get("email") for contact in plan.contacts):
        message = t("No contact has a telephone number or mail address.")
        found.append(_warn(message, "HN-67", "contacts"))
    return found


def _categories(categories: Sequence[CategoryFacts]) -> list[Finding]:
    if not categories:
        return [_block(t("The plan has no project category."), "HN-04", "categories")]
    found = []
    for category in categories:
        if category.has_quota_table and not category.columns:
            message = t("“%(name)s” has a quota table but no columns.", name=category.name)
            mend = t("Add the columns of %(annex)s.", annex=category.annex or "—")
            found.append(_warn(message, "HN-04", "columns", mend))
        if not category.described:
            message = t("“%(name)s” has no description of its setup.", name=category.name)
            mend = t("Fill in target group, conditions, days, hours and outcomes from annex 1.")
            found.append(_warn(message, "HN-05", "description", mend))
    return found


def _dates(plan: PlanFacts) -> list[Finding]:
    found = []
    if plan.starts_on is None or plan.ends_on is None:
        found.append(_block(t("First and last day of the plan are missing."), "C-22", "period"))
    elif plan.completion_due is not None and plan.ends_on > plan.completion_due:
        message = t(
            "The plan ends on %(ends)s, after the day by which all projects complete.",
            ends=plan.ends_on,
        )
        weight = Severity.BLOCK if plan.completion_strict else Severity.WARN
        found.append(
            Finding(
                weight,
                message,
                rule="HN-58",
                code="completion",
                measured=str(plan.ends_on),
                limit=str(plan.completion_due),
            )
        )
    if not plan.windows:
        found.append(_warn(t("The plan has no window."), "", "windows"))
    for label, closes in plan.windows:
        if closes < plan.on:
            message = t("“%(window)s” closed on %(day)s already.", window=label, day=closes)
            found.append(_warn(message, "", "past_window"))
    return found


def _block(message: Text, rule: str, code: str) -> Finding:
    return Finding(Severity.BLOCK, message, rule=rule, code=code)


def _warn(message: Text, rule: str, code: str, mend: Text | None = None) -> Finding:
    return Finding(Severity.WARN, message, rule=rule, code=code, mend=mend)


def require_ready(findings: Sequence[Finding], reason: str) -> str:
    """Refuse what blocks; what warns needs a recorded reason."""
    blocks = [found for found in findings if found.severity is Severity.BLOCK]
    if blocks:
        message = t("%(count)s findings stand in the way of the issue.", count=len(blocks))
        raise Refusal(message, findings=blocks)
    if any(found.severity is Severity.WARN for found in findings) and not reason.strip():
        raise Refusal(t("Say why the plan is issued in spite of the warnings."), field="reason")
    return reason.strip()[:500]


def require_second_person(user_id: int, earlier: Collection[int | None]) -> None:
    """Two persons: whoever prepared it cannot issue it (R14)."""
    if user_id in earlier:
        raise Refusal(
            t("You have prepared this yourself. A second officer of the province decides.")
        )


def require_unused(in_use: bool, later_notices: int) -> None:
    """An issue is taken back only while nothing builds on it."""
    if in_use:
        raise Refusal(t("A quota table of this plan has been issued; the plan stands."))
    if later_notices:
        raise Refusal(t("A supplementary notice has changed this plan; the plan stands."))


def require_period(starts_on: date | None, ends_on: date | None) -> None:
    """First and last day in order; a plan need not be a calendar year (C-22)."""
    if starts_on and ends_on and ends_on < starts_on:
        raise Refusal(t("The last day lies before the first."), field="ends_on", rule="C-22")


def require_years(first: int, last: int) -> None:
    """Years of a programme in order (HN-73)."""
    if not (2000 <= first <= last <= 2100):
        raise Refusal(t("The last year lies before the first."), field="last_year", rule="HN-73")
