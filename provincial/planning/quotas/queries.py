"""Reading places: deadlines, what a body holds, the split page, what waits for a holder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select

from provincial.core.db import db
from provincial.core.findings import Finding
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.office.papers.models import Paper
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import has_contact
from provincial.people.organisations.rules import QUOTA_HOLDERS, contact_finding
from provincial.planning.deadlines.queries import Due, deadline, deadline_below
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.ledger.queries import cells_of, projects_of
from provincial.planning.ledger.rules import CellFacts
from provincial.planning.letters.queries import green_rule, valid_letters
from provincial.planning.letters.rules import GreenFigure, GreenRule, green_figures
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.planning.quotas.permissions import is_splitter, may_see_places_of
from provincial.planning.quotas.rules import (
    Cell,
    check_lock,
    summarised,
    todo_title,
)
from provincial.rulebook.loader import Rulebook, from_data

QUOTA_HOLDER_KINDS = tuple(sorted(kind.value for kind in QUOTA_HOLDERS))


@dataclass(frozen=True, slots=True)
class Holding:
    """One line of "my places": a sheet with its sums."""

    sheet: QuotaSheet
    plan: Plan
    category: ProjectCategory
    held: int
    given: int
    used: int = 0

    @property
    def unassigned(self) -> int:
        """Places neither handed down nor taken by a nomination."""
        return self.held - self.given - self.used


def holdings(organisation_id: int) -> list[Holding]:
    """What a body holds, over all plans that are under way, newest first."""
    rows = db.session.execute(
        select(
            QuotaSheet,
            Plan,
            ProjectCategory,
            func.coalesce(func.sum(Quota.held), 0),
            func.coalesce(func.sum(Quota.given), 0),
            func.coalesce(func.sum(Quota.used), 0),
        )
        .join(ProjectCategory, ProjectCategory.id == QuotaSheet.category_id)
        .join(Plan, Plan.id == ProjectCategory.plan_id)
        .outerjoin(Quota, Quota.sheet_id == QuotaSheet.id)
        .where(QuotaSheet.organisation_id == organisation_id, Plan.state != "archived")
        .group_by(QuotaSheet.id, Plan.id, ProjectCategory.id)
        .order_by(Plan.year.desc(), Plan.id.desc(), ProjectCategory.position)
    )
    return [
        Holding(sheet, plan, category, int(h), int(g), int(u))
        for sheet, plan, category, h, g, u in rows
    ]


def holds_places(viewer: Viewer, body: Organisation) -> bool:
    """Whether a body holds places that the viewer may read."""
    return may_see_places_of(viewer, body) and any(one.held for one in holdings(body.id))


@dataclass(frozen=True, slots=True)
class Line:
    """One category on "my places": its sums, the day that binds, the letter that handed them down."""

    holding: Holding
    due: Due
    article: str
    letter: Paper | None


def my_lines(organisation_id: int) -> list[Line]:
    """What a body holds in every plan under way, with day, article and letter."""
    held = holdings(organisation_id)
    letters = valid_letters(holding.sheet.id for holding in held)
    return [
        Line(h, deadline(h.sheet), due_article(h.plan), letters.get(h.sheet.id))
        for h in held
        if h.held or h.sheet.id in letters
    ]


def due_article(plan: Plan) -> str:
    """The article behind the last day for splitting (HN-40); empty without a notice."""
    if not plan.rulebook:
        return ""
    return from_data(plan.rulebook).source("quotas.split_due").citation()


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One project on a sheet, with its green-channel figure where the holder has one (HN-41)."""

    project: Project
    facts: CellFacts
    green: GreenFigure | None


@dataclass(frozen=True, slots=True)
class SheetView:
    """Everything a sheet page shows of the figures."""

    lines: Sequence[SheetLine]
    held: int
    given: int
    due: Due
    article: str
    due_for_those_below: date | None
    findings: Sequence[Finding]
    sources: Mapping[str, SourceQuote]
    green: GreenRule | None
    green_source: SourceQuote | None
    used: int = 0

    @property
    def unassigned(self) -> int:
        """Places neither handed down nor taken by a nomination."""
        return self.held - self.given - self.used

    @property
    def green_total(self) -> int:
        """The green-channel figures together."""
        return sum(line.green.rounded for line in self.lines if line.green)


@dataclass(frozen=True, slots=True)
class SourceQuote:
    """An article with its sentence, as findings show it, and how an open point is read."""

    article: str
    quote: str
    interpretation: str = ""


def sheet_view(sheet: QuotaSheet) -> SheetView:
    """The figures of a sheet, what stands in the way of locking it, and its green channel."""
    plan = sheet.category.plan
    rulebook = from_data(plan.rulebook) if plan.rulebook else None
    rule = green_rule(rulebook, sheet.category, sheet.organisation.kind) if rulebook else None
    cells = {p: facts for (_s, p), facts in cells_of([sheet.id]).items()}
    projects = [p for p in projects_of(sheet.category_id) if p.id in cells and cells[p.id].held]
    figures: Mapping[int, GreenFigure] = {}
    if rule is not None:
        figures = green_figures(rule, [(p.id, p.subject, cells[p.id].held) for p in projects])
    body = sheet.organisation
    named = contact_finding(body.name, named=has_contact(body))
    own = [cells[p.id] for p in projects]
    open_columns = summarised(check_lock(own), own)
    return SheetView(
        lines=[SheetLine(p, cells[p.id], figures.get(p.id)) for p in projects],
        held=sum(cells[p.id].held for p in projects),
        given=sum(cells[p.id].given for p in projects),
        used=sum(cells[p.id].used for p in projects),
        due=deadline(sheet),
        article=rulebook.source("quotas.split_due").citation() if rulebook else "",
        due_for_those_below=deadline_below(sheet),
        findings=[*open_columns, named],
        sources=sources_of(rulebook, ("HN-38", "HN-66")) if rulebook else {},
        green=rule,
        green_source=_green_source(rulebook) if rulebook and rule else None,
    )


def sources_of(rulebook: Rulebook, rules: Iterable[str]) -> dict[str, SourceQuote]:
    """The first sentence of the notice behind each rule."""
    wanted = set(rules)
    found: dict[str, SourceQuote] = {}
    for entry in rulebook.listed.values():
        source = entry.source
        if source.rule in wanted and source.quote and source.rule not in found:
            found[source.rule] = SourceQuote(source.citation(), source.quote)
    return found


def _green_source(rulebook: Rulebook) -> SourceQuote:
    source = rulebook.source("green_channel.ratio")
    reading = rulebook.source("green_channel.rounding").interpretation
    return SourceQuote(source.citation(), source.quote, reading)


def choices(sheet: QuotaSheet) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The bodies below and the projects held, for the forms that move single places."""
    found = grid(sheet)
    return (
        [(body.id, body.name) for body in found.children],
        [(project, name) for project, name, _held in found.columns],
    )


@dataclass(frozen=True, slots=True)
class Handed:
    """What locking a table hands down: bodies, places, and those who do not get anything."""

    bodies: int
    places: int
    without: int


def handed_down(sheet: QuotaSheet) -> Handed:
    """The numbers that the confirmation of locking names."""
    found = grid(sheet)
    holders = {body for (body, _project), n in found.held.items() if n}
    return Handed(len(holders), sum(found.held.values()), len(found.children) - len(holders))


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything a split page shows: columns with what is held, rows with what each child holds."""

    projects: Sequence[Project]
    own: Mapping[int, CellFacts]
    children: Sequence[Organisation]
    cells: Mapping[tuple[int, int], CellFacts]

    @property
    def columns(self) -> list[tuple[int, str, int]]:
        """The projects of which something is held: id, name, places."""
        return [
            (p.id, p.name, self.own[p.id].held)
            for p in self.projects
            if p.id in self.own and self.own[p.id].held
        ]

    @property
    def words(self) -> list[tuple[str, str]]:
        """Stage and subject of each column."""
        named = {p.id: p.words for p in self.projects}
        return [named[project] for project, _name, _held in self.columns]

    @property
    def all_cells(self) -> list[Cell]:
        """Every cell that may be typed into."""
        return [(b.id, project) for b in self.children for project, _n, _h in self.columns]

    @property
    def held(self) -> dict[Cell, int]:
        """What each child holds."""
        return {cell: facts.held for cell, facts in self.cells.items() if facts.held}

    @property
    def passed_on(self) -> dict[Cell, int]:
        """What each child has handed on itself."""
        return {cell: facts.given for cell, facts in self.cells.items() if facts.given}

    @property
    def names(self) -> dict[Cell, tuple[str, str]]:
        """Body and project of each cell, for messages."""
        return {
            (body.id, project.id): (body.name, project.name)
            for body in self.children
            for project in self.projects
        }


def children_of(sheet: QuotaSheet) -> list[Organisation]:
    """The bodies directly below in the quota tree that may hold places, in their official order.

    One that has closed is listed while it still holds some.
    """
    holds = exists().where(
        QuotaSheet.organisation_id == Organisation.id,
        QuotaSheet.parent_id == sheet.id,
        Quota.sheet_id == QuotaSheet.id,
        Quota.held > 0,
    )
    return list(
        db.session.scalars(
            select(Organisation)
            .where(
                Organisation.quota_parent_id == sheet.organisation_id,
                Organisation.kind.in_(QUOTA_HOLDER_KINDS),
                (Organisation.state == "active") | holds,
            )
            .order_by(Organisation.sort_order, Organisation.id)
        )
    )


def grid(sheet: QuotaSheet) -> Grid:
    """The split page of a sheet, in four statements whatever its size."""
    children = children_of(sheet)
    sheets = dict(
        db.session.execute(
            select(QuotaSheet.id, QuotaSheet.organisation_id).where(
                (QuotaSheet.parent_id == sheet.id) | (QuotaSheet.id == sheet.id)
            )
        )
        .tuples()
        .all()
    )
    cells = cells_of(sheets)
    own = {p: facts for (s, p), facts in cells.items() if s == sheet.id}
    return Grid(
        projects=projects_of(sheet.category_id),
        own=own,
        children=children,
        cells={(sheets[s], p): facts for (s, p), facts in cells.items() if s != sheet.id},
    )


def body_name(organisation_id: int) -> str:
    """The name of a body."""
    return db.session.scalar(
        select(Organisation.name).where(Organisation.id == organisation_id)
    ) or str(organisation_id)


def province_categories() -> list[tuple[Plan, ProjectCategory, int]]:
    """Every category with a quota table of a plan under way, with what the province has issued."""
    root = select(Organisation.id).where(Organisation.quota_parent_id.is_(None))
    issued = func.coalesce(func.sum(Quota.held), 0)
    rows = db.session.execute(
        select(Plan, ProjectCategory, issued)
        .join(ProjectCategory, ProjectCategory.plan_id == Plan.id)
        .outerjoin(
            QuotaSheet,
            (QuotaSheet.category_id == ProjectCategory.id) & QuotaSheet.organisation_id.in_(root),
        )
        .outerjoin(Quota, Quota.sheet_id == QuotaSheet.id)
        .where(ProjectCategory.has_quota_table, Plan.state != "archived")
        .group_by(Plan.id, ProjectCategory.id)
        .order_by(Plan.year.desc(), Plan.id.desc(), ProjectCategory.position)
    )
    return [(plan, category, int(n)) for plan, category, n in rows]


def todo(viewer: Viewer) -> list[TodoItem]:
    """What a holder still has to do with its places, with the day and the article (HN-38, HN-40)."""
    if not is_splitter(viewer):
        return []
    items = []
    for holding in holdings(viewer.organisation_id):
        sheet = holding.sheet
        if sheet.parent_id is None or not holding.held or sheet.locked_at is not None:
            continue
        if holding.plan.state not in ("issued", "running"):
            continue
        left = [facts for facts in cells_of([sheet.id]).values() if facts.unassigned]
        source = due_article(holding.plan)
        due = deadline(sheet).day
        title = todo_title(holding.category.name, left)
        items.append(TodoItem(title, f"/quotas/sheets/{sheet.id}", due, source, "quotas"))
    return items
