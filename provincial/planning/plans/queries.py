"""Reading plans: in scope, their rulebook now and on a day, their windows and who is extended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from provincial.core import clock
from provincial.core.db import db
from provincial.core.findings import Finding
from provincial.core.paging import Key, Page, paginate
from provincial.core.text import t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.planning.plans import permissions, rules
from provincial.planning.plans.models import (
    Extension,
    Plan,
    PlanDocument,
    PlanRulebookVersion,
    Programme,
    SupplementaryNotice,
    Window,
)
from provincial.planning.plans.rules import LIVE, OFFICERS, PUBLISHED, PlanState
from provincial.rulebook.loader import Rulebook, from_data

#: Windows that close within this many days are named in lists of things to do.
SOON = 14


def plan_in_scope(viewer: Viewer, plan_id: int) -> Plan | None:
    """The plan with this id, when the viewer may see it."""
    return db.session.scalar(select(Plan).where(Plan.id == plan_id, permissions.visible(viewer)))


def plan_by_code(code: str) -> Plan | None:
    """The plan with this code (``henan-2023``)."""
    return db.session.scalar(select(Plan).where(Plan.code == code))


def plans(
    viewer: Viewer, *, words: str = "", state: str = "", after: str = "", before: str = ""
) -> Page[Plan]:
    """One page of plans in scope, the newest year first; given-up drafts only when asked for."""
    keys = [Key(Plan.year, descending=True), Key(Plan.id, descending=True)]
    statement = matching(viewer, words=words, state=state)
    return paginate(db.session(), statement, keys, after=after, before=before)


def matching(viewer: Viewer, *, words: str = "", state: str = "") -> Select[Any]:
    """The plans in scope that a filter asks for."""
    statement = select(Plan).where(permissions.visible(viewer))
    if state:
        statement = statement.where(Plan.state == state)
    else:
        statement = statement.where(Plan.state != PlanState.DISCARDED)
    for word in words.split():
        columns = (Plan.title, Plan.doc_number, Plan.code, Plan.label)
        statement = statement.where(or_(*(c.contains(word, autoescape=True) for c in columns)))
    return statement


def published_plans(limit: int = 20) -> Sequence[Plan]:
    """Issued plans whose notice is open to the public, the newest first, for the front page."""
    statement = select(Plan).where(_is_published()).order_by(Plan.issued_on.desc(), Plan.id.desc())
    return list(db.session.scalars(statement.limit(limit)))


def published_plan(plan_id: int) -> Plan | None:
    """An issued plan whose notice is open to the public."""
    return db.session.scalar(select(Plan).where(Plan.id == plan_id, _is_published()))


def _is_published() -> ColumnElement[bool]:
    states = [state.value for state in PUBLISHED]
    return Plan.state.in_(states) & (Plan.publicity == "public")


def programmes() -> Sequence[Programme]:
    """All programmes of years (HN-73), the latest first."""
    return list(
        db.session.scalars(select(Programme).order_by(Programme.first_year.desc(), Programme.id))
    )


def programme_by_name(name: str) -> Programme | None:
    """The programme of years with this name."""
    return db.session.scalar(select(Programme).where(Programme.name == name))


def plans_of_programmes(viewer: Viewer) -> dict[int, list[Plan]]:
    """The plans in scope of each programme."""
    statement = select(Plan).where(permissions.visible(viewer), Plan.programme_id.is_not(None))
    found: dict[int, list[Plan]] = {}
    for plan in db.session.scalars(statement.order_by(Plan.year, Plan.id)):
        found.setdefault(plan.programme_id or 0, []).append(plan)
    return found


def documents(plan: Plan, *, public_only: bool = False) -> Sequence[PlanDocument]:
    """The documents attached to a plan, in order."""
    statement = select(PlanDocument).where(
        PlanDocument.plan_id == plan.id, PlanDocument.removed_at.is_(None)
    )
    if public_only:
        statement = statement.where(PlanDocument.is_public)
    return list(db.session.scalars(statement.order_by(PlanDocument.position, PlanDocument.id)))


def document_in_scope(viewer: Viewer, document_id: int) -> PlanDocument | None:
    """A document of a plan in scope that has not been taken away."""
    return db.session.scalar(
        select(PlanDocument)
        .join(Plan)
        .where(
            PlanDocument.id == document_id,
            PlanDocument.removed_at.is_(None),
            permissions.visible(viewer),
        )
    )


def published_document(document_id: int) -> PlanDocument | None:
    """A public document of a published plan, for visitors."""
    return db.session.scalar(
        select(PlanDocument)
        .join(Plan)
        .where(
            PlanDocument.id == document_id,
            PlanDocument.removed_at.is_(None),
            PlanDocument.is_public,
            _is_published(),
        )
    )


def current_rulebook(plan: Plan) -> Rulebook:
    """The rules of the plan as they hold now."""
    return from_data(plan.rulebook)


def rulebook_at(plan: Plan, on: date) -> Rulebook:
    """The rules of the plan as they held on a day; before the issue, those it was issued with."""
    statement = (
        select(PlanRulebookVersion)
        .where(PlanRulebookVersion.plan_id == plan.id)
        .order_by(PlanRulebookVersion.version.desc())
    )
    versions = list(db.session.scalars(statement))
    held = next((v for v in versions if v.effective_on <= on), versions[-1] if versions else None)
    return from_data(held.content) if held else current_rulebook(plan)


def versions(plan: Plan) -> Sequence[PlanRulebookVersion]:
    """Every version of the plan's rulebook, the newest first."""
    return list(
        db.session.scalars(
            select(PlanRulebookVersion)
            .where(PlanRulebookVersion.plan_id == plan.id)
            .order_by(PlanRulebookVersion.version.desc())
        )
    )


def window(plan_id: int, kind: str) -> Window | None:
    """The plan's window of a kind (``nominations.selection_due``), if it has one."""
    return db.session.scalar(select(Window).where(Window.plan_id == plan_id, Window.kind == kind))


def is_open(plan_id: int, kind: str, organisation: Organisation, at: datetime) -> tuple[bool, bool]:
    """Whether a body may act in a window at an instant, and whether that is late (A-44).

    A plan without this window sets no deadline. After the common close only an extension for the
    body, or for one above it, keeps the window open; what comes then is late.
    """
    found = window(plan_id, kind)
    if found is None:
        return True, False
    if at < found.opens_at:
        return False, False
    if at < found.closes_at:
        return True, False
    until = extended_until(found, organisation)
    return (True, True) if until is not None and at < until else (False, True)


def extended_until(window: Window, organisation: Organisation) -> datetime | None:
    """The latest close that an extension gives this body or one above it."""
    paths = f"{organisation.path}{organisation.quota_path}".split("/")
    above = {int(part) for part in paths if part} | {organisation.id}
    return db.session.scalar(
        select(func.max(Extension.closes_at)).where(
            Extension.window_id == window.id,
            Extension.organisation_id.in_(above),
            Extension.withdrawn_at.is_(None),
        )
    )


def last_day(window: Window | Extension) -> date:
    """The last day that still belongs to a window or an extension, in China."""
    return clock.china_date(window.closes_at - timedelta(microseconds=1))


def notices(plan: Plan) -> Sequence[SupplementaryNotice]:
    """The supplementary notices of a plan, the newest first."""
    return list(
        db.session.scalars(
            select(SupplementaryNotice)
            .where(SupplementaryNotice.plan_id == plan.id)
            .order_by(SupplementaryNotice.id.desc())
        )
    )


def count_binding_notices(plan: Plan) -> int:
    """How many supplementary notices have been approved or are in force."""
    statement = select(func.count()).where(
        SupplementaryNotice.plan_id == plan.id,
        SupplementaryNotice.state.in_(("approved", "in_force")),
    )
    return int(db.session.scalar(statement) or 0)


def readiness(plan: Plan, on: date) -> list[Finding]:
    """What stands in the way of issuing the plan, and what needs a reason."""
    rulebook = current_rulebook(plan)
    facts = rules.PlanFacts(
        title=plan.title,
        doc_number=plan.doc_number,
        issued_on=plan.issued_on,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        contacts=plan.contacts,
        categories=[
            rules.CategoryFacts(
                row.name,
                row.has_quota_table,
                len(row.projects),
                bool(row.target or row.eligibility or row.face_days or row.outcomes_required),
                row.annex,
            )
            for row in plan.categories
        ],
        windows=[(rules.kind_label(row.kind), last_day(row)) for row in plan.windows],
        completion_due=rulebook.date("plan.completion_due"),
        completion_strict=rulebook.text("plan.completion_binding") == "strict",
        programme_named=rulebook.text("plan.programme_of_years") or "",
        has_programme=plan.programme_id is not None,
        on=on,
    )
    return rules.readiness(facts)


def todo(viewer: Viewer) -> list[TodoItem]:
    """Plans and supplementary notices that wait for this officer, and windows that close soon."""
    if viewer.role not in OFFICERS:
        return []
    items = []
    waiting = select(Plan).where(Plan.state.in_(("draft", "issuing"))).order_by(Plan.id)
    for plan in db.session.scalars(waiting):
        url = f"/plans/{plan.id}"
        if plan.state == PlanState.ISSUING and plan.prepared_by_id != viewer.user_id:
            title = t("Issue or return the plan “%(title)s”", title=plan.title)
            items.append(TodoItem(title, url, source="R14", place="plans"))
        elif plan.state == PlanState.DRAFT and plan.return_reason:
            title = t("Mend the returned plan “%(title)s”", title=plan.title)
            items.append(TodoItem(title, url, place="plans"))
    return [*items, *_notices_to_decide(viewer), *_windows_closing(clock.now())]


def _notices_to_decide(viewer: Viewer) -> list[TodoItem]:
    statement = select(SupplementaryNotice).where(
        SupplementaryNotice.state == "submitted",
        SupplementaryNotice.prepared_by_id.is_distinct_from(viewer.user_id),
    )
    return [
        TodoItem(
            t("Decide on the supplementary notice “%(title)s”", title=notice.title),
            f"/supplementary-notices/{notice.id}",
            due=notice.effective_on,
            place="plans",
        )
        for notice in db.session.scalars(statement.order_by(SupplementaryNotice.id))
    ]


def _windows_closing(at: datetime) -> list[TodoItem]:
    states = [state.value for state in LIVE]
    statement = (
        select(Window)
        .join(Plan)
        .where(
            Plan.state.in_(states),
            Window.closes_at > at,
            Window.closes_at <= at + timedelta(days=SOON),
        )
        .order_by(Window.closes_at, Window.id)
    )
    return [
        TodoItem(
            t("See who is behind: %(window)s", window=rules.kind_label(found.kind)),
            f"/windows/{found.id}",
            due=last_day(found),
            source=found.rule,
            place="plans",
        )
        for found in db.session.scalars(statement)
    ]


def export_rows(viewer: Viewer, *, words: str = "", state: str = "") -> Sequence[Plan]:
    """The whole filtered list for an export, at most 2,000."""
    statement = matching(viewer, words=words, state=state)
    ordered = statement.order_by(Plan.year.desc(), Plan.id.desc()).limit(2000)
    return list(db.session.scalars(ordered))


def every_plan() -> Sequence[Plan]:
    """All plans, for the command line."""
    return list(db.session.scalars(select(Plan).order_by(Plan.year, Plan.id)))


def published_supplements(limit: int = 5) -> Sequence[SupplementaryNotice]:
    """Supplementary notices in force of published plans, the newest first."""
    statement = (
        select(SupplementaryNotice)
        .join(Plan)
        .where(_is_published(), SupplementaryNotice.state == "in_force")
        .order_by(SupplementaryNotice.effective_on.desc(), SupplementaryNotice.id.desc())
    )
    return list(db.session.scalars(statement.limit(limit)))


def published_documents(limit: int = 8) -> Sequence[PlanDocument]:
    """Public documents of published plans, those of the newest plan first."""
    statement = (
        select(PlanDocument)
        .join(Plan)
        .where(_is_published(), PlanDocument.is_public, PlanDocument.removed_at.is_(None))
        .order_by(Plan.issued_on.desc(), Plan.id.desc(), PlanDocument.position, PlanDocument.id)
    )
    return list(db.session.scalars(statement.limit(limit)))
