"""Making, issuing and running plans. A plan's rulebook is frozen when it is issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete

from provincial.core import clock
from provincial.core.db import db
from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.people.proofs.queries import require_other_hands
from provincial.planning.plans import queries, rules
from provincial.planning.plans.models import (
    Plan,
    PlanRulebookVersion,
    Programme,
    Project,
    ProjectCategory,
    Window,
)
from provincial.planning.plans.rules import MACHINE, PlanState
from provincial.planning.rulebooks import actions as rulebooks
from provincial.planning.rulebooks import queries as rulebook_queries
from provincial.planning.rulebooks.rules import require_code, require_reason
from provincial.rulebook import catalogue
from provincial.rulebook.loader import Rulebook
from provincial.rulebook.records import Category

#: Columns that a copied row gets anew.
_OWN = frozenset({"id", "created_at", "updated_at", "version", "plan_id", "category_id"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What an officer fills in about a plan (HN-03, HN-67, PE-159, PE-160)."""

    title: str
    label: str
    year: int
    doc_number: str
    issued_on: date | None
    starts_on: date | None
    ends_on: date | None
    programme_id: int | None
    index_number: str
    keywords: str
    publicity: str
    notice_text: str
    contacts: Sequence[Mapping[str, str]]


def create(
    source: str, *, code: str, by: Viewer, at: datetime, title: str = "", label: str = ""
) -> Plan:
    """Make a draft from a built-in rulebook or a released edition.

    Categories with their columns, theme, tier and line, windows, period and contacts come from it
    (HN-03, HN-04, HN-67, GP-03, GP-08, GP-37, C-22).
    """
    rulebook = rulebook_queries.usable(source)
    rulebooks.count_use(source, 1)
    document = rulebook.document
    period = rulebook.window("plan.period")
    first = period.opens if period else document.issued_on
    programme = queries.programme_by_name(rulebook.text("plan.programme_of_years") or "")
    published = document.published_at if isinstance(document.published_at, datetime) else None
    plan = Plan(
        code=_free_code(code),
        title=title or document.title,
        label=label,
        year=(first or clock.china_date(at)).year,
        programme_id=programme.id if programme else None,
        rulebook_code=source,
        rulebook=rulebook.to_data(),
        doc_number=document.number,
        issued_on=document.issued_on,
        published_at=published,
        starts_on=period.opens if period else None,
        ends_on=period.closes if period else None,
        contacts=[{"office": office} for office in rulebook.texts("plan.contacts")],
        notice_text=catalogue.document_text(document.code).strip(),
    )
    db.session.add(plan)
    db.session.flush()
    for position, category in enumerate(rulebook.categories):
        _add_category(plan, position, category)
    _add_windows(plan, rulebook)
    _record(plan, "create", by, t("Made from the rulebook %(rulebook)s", rulebook=source))
    return plan


def copy(
    old: Plan,
    *,
    code: str,
    title: str,
    starts_on: date,
    by: Viewer,
    at: datetime,
    label: str = "",
) -> Plan:
    """Make a draft from an earlier plan: dates move with the first day, categories are copied.

    Number, date of issue and text of the notice stay empty until the new notice is there.
    """
    if old.starts_on is None:
        raise Refusal(t("The plan to be copied has no first day."), field="starts_on")
    note = f"由《{old.title}》顺延,以新通知为准"
    start = old.starts_on
    rulebook = rules.shifted_rulebook(queries.current_rulebook(old), start, starts_on, note)
    plan = Plan(
        code=_free_code(code),
        title=title,
        label=label,
        year=starts_on.year,
        programme_id=old.programme_id,
        copied_from_id=old.id,
        rulebook_code=old.rulebook_code,
        rulebook=rulebook.to_data(),
        starts_on=starts_on,
        ends_on=rules.shifted(old.ends_on, start, starts_on) if old.ends_on else None,
        contacts=list(old.contacts),
        keywords=old.keywords,
        publicity=old.publicity,
    )
    db.session.add(plan)
    db.session.flush()
    rulebooks.count_use(old.rulebook_code, 1)
    for category in old.categories:
        _copy_category(category, plan)
    for window in old.windows:
        opens = rules.shifted(clock.china_date(window.opens_at), start, starts_on)
        closes = rules.shifted(queries.last_day(window), start, starts_on)
        _add_window(plan, rules.WindowDates(window.kind, opens, max(opens, closes), window.rule))
    db.session.flush()
    _record(plan, "copy", by, t("Copied from the plan “%(title)s”", title=old.title))
    return plan


def edit_facts(
    plan: Plan, facts: Facts, *, by: Viewer, expected_version: int | None = None
) -> None:
    """Change title, number, dates, programme, contacts and text of a draft."""
    _lock(plan, expected_version)
    if plan.state != PlanState.DRAFT:
        raise WrongState(t("Only a draft can be changed; a later notice changes an issued plan."))
    rules.require_period(facts.starts_on, facts.ends_on)
    names = [field.name for field in fields(facts)]
    before = {name: getattr(plan, name) for name in names}
    for name in names:
        setattr(plan, name, getattr(facts, name))
    plan.contacts = [dict(contact) for contact in facts.contacts]
    changed = [name for name in names if getattr(plan, name) != before[name]]
    if changed:
        plan.version += 1
        _record(
            plan,
            "edit",
            by,
            t("Changed the facts of the plan"),
            before={name: before[name] for name in changed},
            after={name: getattr(plan, name) for name in changed},
        )
    db.session.flush()


def create_programme(name: str, first_year: int, last_year: int, *, by: Viewer) -> Programme:
    """Make a programme of years to which plans may belong (HN-73)."""
    rules.require_years(first_year, last_year)
    if queries.programme_by_name(name) is not None:
        raise Refusal(t("There is a programme with this name already."), field="name")
    programme = Programme(name=name, first_year=first_year, last_year=last_year)
    db.session.add(programme)
    db.session.flush()
    record(
        "plans.create_programme",
        programme,
        by=by,
        after={"first_year": first_year, "last_year": last_year},
        label=name,
        said=t("Made the programme of years “%(name)s”", name=name),
    )
    return programme


def submit(plan: Plan, *, by: Viewer, at: datetime, reason: str = "") -> None:
    """Hand a draft to the second officer; blocks refuse, warnings need a reason."""
    step = _step(plan, "submit")
    findings = queries.readiness(plan, clock.china_date(at))
    plan.submit_reason = rules.require_ready(findings, reason)
    plan.prepared_by_id, plan.return_reason = by.user_id, ""
    _take(plan, step, by, t("Submitted for issue"), reason)


def return_to_draft(plan: Plan, *, by: Viewer, reason: str) -> None:
    """Give a submitted plan back with a reason."""
    step = _step(plan, "return")
    plan.return_reason = require_reason(reason)[:500]
    plan.prepared_by_id = None
    _take(plan, step, by, t("Returned to the colleague"), reason)


def issue(plan: Plan, *, by: Viewer, at: datetime, expected_version: int | None = None) -> None:
    """The second officer issues the plan as seen; its rulebook is frozen (R14)."""
    step = _step(plan, "issue", expected_version)
    rules.require_second_person(by.user_id, {plan.prepared_by_id})
    require_other_hands(by, {plan.prepared_by_id})
    findings = queries.readiness(plan, clock.china_date(at))
    rules.require_ready(findings, plan.submit_reason)
    plan.issued_by_id, plan.issued_at = by.user_id, at
    plan.published_at = plan.published_at or at
    plan.rulebook_version = 1
    effective = plan.issued_on or clock.china_date(at)
    db.session.add(
        PlanRulebookVersion(
            plan_id=plan.id, version=1, effective_on=effective, content=plan.rulebook
        )
    )
    said = t("Issued the plan as %(number)s", number=plan.doc_number)
    _take(plan, step, by, said, plan.submit_reason)


def unissue(plan: Plan, *, by: Viewer, reason: str) -> None:
    """Take the issue back while nothing builds on it; the plan is a draft again."""
    step = _step(plan, "unissue")
    require_reason(reason)
    rules.require_unused(plan.in_use, queries.count_binding_notices(plan))
    db.session.execute(delete(PlanRulebookVersion).where(PlanRulebookVersion.plan_id == plan.id))
    plan.issued_by_id = plan.issued_at = plan.prepared_by_id = plan.published_at = None
    _take(plan, step, by, t("Took the issue back"), reason)


def start(plan: Plan, *, by: Viewer) -> None:
    """The plan is under way."""
    _take(plan, _step(plan, "start"), by, t("Started the plan"))


def halt(plan: Plan, *, by: Viewer, reason: str) -> None:
    """Take the start back."""
    _take(plan, _step(plan, "halt"), by, t("Took the start back"), require_reason(reason))


def begin_closing(plan: Plan, *, by: Viewer) -> None:
    """Classes are over; reports come in."""
    _take(plan, _step(plan, "begin_closing"), by, t("Began closing the plan"))


def resume(plan: Plan, *, by: Viewer, reason: str) -> None:
    """Take the closing back."""
    _take(plan, _step(plan, "resume"), by, t("Took the closing back"), require_reason(reason))


def archive(plan: Plan, *, by: Viewer) -> None:
    """Everything is in; the plan is only read from now on."""
    _take(plan, _step(plan, "archive"), by, t("Archived the plan"))


def reopen(plan: Plan, *, by: Viewer, reason: str) -> None:
    """Take a plan out of the archive."""
    _take(plan, _step(plan, "reopen"), by, t("Reopened the plan"), require_reason(reason))


def discard(plan: Plan, *, by: Viewer, reason: str) -> None:
    """Give a draft up; its rulebook is free again."""
    step = _step(plan, "discard")
    rulebooks.count_use(plan.rulebook_code, -1)
    _take(plan, step, by, t("Gave the draft up"), require_reason(reason))


def restore(plan: Plan, *, by: Viewer, reason: str) -> None:
    """Take a given-up draft up again."""
    step = _step(plan, "restore")
    rulebooks.count_use(plan.rulebook_code, 1)
    _take(plan, step, by, t("Took the draft up again"), require_reason(reason))


def mark_in_use(plan_id: int) -> None:
    """A later room builds on the plan (a quota table was issued): un-issuing is over."""
    plan = db.session.get(Plan, plan_id, with_for_update=True)
    if plan is not None and not plan.in_use:
        plan.in_use = True
        db.session.flush()


def _free_code(code: str) -> str:
    taken = {code} if queries.plan_by_code(code.strip()) is not None else set()
    return require_code(code, taken)


def _add_category(plan: Plan, position: int, row: Category) -> None:
    category = ProjectCategory(
        plan_id=plan.id,
        code=row.code,
        name=row.name,
        position=position,
        has_quota_table=row.has_quota_table,
        annex=f"附件{row.quota_annex or row.units_annex}"
        if row.quota_annex or row.units_annex
        else "",
        target=row.target,
        eligibility=row.eligibility,
        face_days=_whole(row.face_days),
        online_hours=_whole(row.online_hours),
        outcomes_required=row.outcomes,
        themes=[row.theme] if row.theme else [],
        tier=row.tier,
        programme_line=row.programme_line,
        rule=row.source.rule,
    )
    db.session.add(category)
    db.session.flush()
    for place, column in enumerate(row.columns):
        db.session.add(
            Project(
                category_id=category.id,
                position=place,
                stage=column.stage,
                subject=column.subject,
                name=column.name,
                themes=list(category.themes),
                tier=category.tier,
            )
        )


def _whole(amount: object) -> int | None:
    return None if amount is None else int(str(amount).partition(".")[0])


def _copy_category(old: ProjectCategory, plan: Plan) -> None:
    category = ProjectCategory(plan_id=plan.id, **_copied(old))
    db.session.add(category)
    db.session.flush()
    for project in old.projects:
        db.session.add(Project(category_id=category.id, **_copied(project)))


def _copied(row: ProjectCategory | Project) -> dict[str, object]:
    """The columns of a row that say what it is, not which one it is."""
    return {c.key: getattr(row, c.key) for c in row.__table__.columns if c.key not in _OWN}


def _add_windows(plan: Plan, rulebook: Rulebook) -> None:
    for dates in rules.windows_of(rulebook, plan.issued_on):
        _add_window(plan, dates)
    db.session.flush()


def _add_window(plan: Plan, dates: rules.WindowDates) -> None:
    db.session.add(
        Window(
            plan_id=plan.id,
            kind=dates.kind,
            opens_at=clock.start_of(dates.opens),
            closes_at=clock.end_of(dates.closes),
            rule=dates.rule,
        )
    )


def _lock(plan: Plan, expected_version: int | None = None) -> None:
    db.session.flush()
    db.session.refresh(plan, with_for_update=True)
    if expected_version is not None and expected_version != plan.version:
        theirs = {field.name: getattr(plan, field.name) for field in fields(Facts)}
        raise StaleVersion(
            t("A colleague has saved this plan in the meantime. Compare and save again."),
            theirs=theirs,
        )


def _step(plan: Plan, action: str, expected_version: int | None = None) -> PlanState:
    _lock(plan, expected_version)
    return PlanState(MACHINE.step(PlanState(plan.state), action).next_state)


def _take(plan: Plan, target: PlanState, by: Viewer, said: Text, reason: str = "") -> None:
    before, plan.state = plan.state, target.value
    plan.version += 1
    _record(plan, target.value, by, said, reason=reason, before={"state": before})
    db.session.flush()
    db.session.refresh(plan)


def _record(plan: Plan, verb: str, by: Viewer, said: Text, **more: Any) -> None:
    more.setdefault("after", {"state": plan.state})
    record(f"plans.{verb}", plan, by=by, label=plan.title, said=said, **more)
