"""Reading what is held, filled and free; the way of one nomination; the names of a category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from provincial.core import clock
from provincial.core.db import db
from provincial.core.findings import Finding, finding_from_data
from provincial.core.identity import match_key
from provincial.core.paging import Key, Page, paginate
from provincial.core.text import t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.people.organisations import queries as organisations
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import sees_province
from provincial.people.organisations.rules import Kind
from provincial.people.teachers.models import Teacher
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.ledger.queries import province_id, sheet_of
from provincial.planning.letters.queries import green_rule, rulebook_of
from provincial.planning.letters.rules import green_figures
from provincial.planning.nominations import permissions
from provincial.planning.nominations import queries as nominations
from provincial.planning.nominations.models import Nomination, NominationStep
from provincial.planning.nominations.queries import WINDOW, GreenCount, Opening
from provincial.planning.nominations.rules import (
    ALIVE,
    NOMINATORS,
    Channel,
    NominationState,
    substitution_until,
)
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.planning.selection.permissions import may_read_body
from provincial.planning.selection.rules import Act, Stop, asks_to_fill, way_so_far
from provincial.rulebook.loader import Rulebook

_LIVE = ("issued", "running", "closing")
_PUBLISHED = (*_LIVE, "archived")
_ALIVE = [state.value for state in ALIVE]


def body_of(organisation_id: int) -> Organisation:
    """A body by its id."""
    return db.session.get_one(Organisation, organisation_id)


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category: what the body holds, how far it is filled (below too), what waits at it."""

    category: ProjectCategory
    held: int
    filled: int
    free: int
    waiting: int
    opening: Opening


def own_body(viewer: Viewer) -> Organisation:
    """The body whose places a viewer looks at: the own one; for who reads the province, its root."""
    number = province_id() if sees_province(viewer) else None
    return db.session.get_one(Organisation, number or viewer.organisation_id)


def categories(viewer: Viewer, body: Organisation, now: datetime) -> list[CategoryLine]:
    """Every category of a published plan of which a body holds places, the newest plan first."""
    rows = db.session.execute(
        select(
            ProjectCategory,
            func.coalesce(func.sum(Quota.held), 0),
            func.coalesce(func.sum(Quota.held - Quota.given - Quota.used), 0),
        )
        .join(QuotaSheet, QuotaSheet.category_id == ProjectCategory.id)
        .join(Plan, Plan.id == ProjectCategory.plan_id)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .where(
            QuotaSheet.organisation_id == body.id,
            ProjectCategory.has_quota_table,
            Plan.state.in_(_PUBLISHED),
        )
        .group_by(ProjectCategory.id, Plan.id)
        .order_by(Plan.year.desc(), Plan.id.desc(), ProjectCategory.position)
    ).all()
    ids = [category.id for category, _held, _free in rows]
    below = Nomination.quota_path.startswith(body.quota_path, autoescape=True)
    filled = _counts(ids, below, Nomination.state.in_(_ALIVE), Nomination.channel == "regular")
    waiting = _counts(ids, Nomination.waits_at_id == viewer.organisation_id)
    return [
        CategoryLine(
            category,
            int(held),
            filled.get(category.id, 0),
            int(free),
            waiting.get(category.id, 0),
            nominations.opening(category.plan, body, now),
        )
        for category, held, free in rows
    ]


def _counts(category_ids: Sequence[int], *where: ColumnElement[bool]) -> dict[int, int]:
    rows = db.session.execute(
        select(Nomination.category_id, func.count(Nomination.id))
        .where(Nomination.category_id.in_(category_ids), *where)
        .group_by(Nomination.category_id)
    ).all()
    return {category: int(n) for category, n in rows}


@dataclass(frozen=True, slots=True)
class HeadLine:
    """One project at one body. ``below`` counts what those below have filled of ``given``."""

    project: Project
    held: int
    given: int
    used: int
    below: int
    green: GreenCount | None = None

    @property
    def free(self) -> int:
        """Places neither handed down nor filled."""
        return self.held - self.given - self.used


@dataclass(frozen=True, slots=True)
class Head:
    """The places of one body in a category, with the window of selection (HN-40)."""

    body: Organisation
    lines: Sequence[HeadLine]
    opening: Opening
    sheet_id: int | None = None
    article: str = ""
    waiting: int = 0

    @property
    def has_green(self) -> bool:
        """Whether a green channel is open to this body."""
        return any(line.green for line in self.lines)

    def total(self, name: str) -> int:
        """The sum of a column."""
        return sum(int(getattr(line, name)) for line in self.lines)


def head(viewer: Viewer, category: ProjectCategory, now: datetime) -> Head:
    """What the viewer's body holds of a category, project by project."""
    body = own_body(viewer)
    sheet = sheet_of(category.id, body.id)
    rulebook = rulebook_of(category.plan)
    opening = nominations.opening(category.plan, body, now)
    article = rulebook.source(WINDOW).citation()
    waiting = _counts([category.id], Nomination.waits_at_id == viewer.organisation_id)
    if sheet is None:
        return Head(body, (), opening, None, article, waiting.get(category.id, 0))
    cells = db.session.execute(
        select(Project, Quota)
        .join(Quota, Quota.project_id == Project.id)
        .where(Quota.sheet_id == sheet.id, (Quota.held > 0) | (Quota.green_used > 0))
        .order_by(Project.position)
    ).all()
    below = _filled_below(category.id, body)
    green = _green(rulebook, category, body, [cell for _project, cell in cells])
    lines = [
        HeadLine(
            *(project, cell.held, cell.given, cell.used),
            below.get(project.id, 0),
            green.get(project.id),
        )
        for project, cell in cells
    ]
    return Head(body, lines, opening, sheet.id, article, waiting.get(category.id, 0))


def _filled_below(category_id: int, body: Organisation) -> dict[int, int]:
    rows = db.session.execute(
        select(Nomination.project_id, func.count(Nomination.id))
        .where(
            Nomination.category_id == category_id,
            Nomination.quota_path.startswith(body.quota_path, autoescape=True),
            Nomination.nominator_id != body.id,
            Nomination.state.in_(_ALIVE),
            Nomination.channel == "regular",
        )
        .group_by(Nomination.project_id)
    ).all()
    return {project: int(n) for project, n in rows}


def _green(
    rulebook: Rulebook, category: ProjectCategory, body: Organisation, cells: Sequence[Quota]
) -> Mapping[int, GreenCount]:
    """The green channel of a body; counted by subject, it stands at the subject's first project."""
    rule = green_rule(rulebook, category, body.kind)
    if rule is None:
        return {}
    figures = green_figures(rule, [(c.project_id, c.project.subject, c.held) for c in cells])
    used = {cell.project_id: cell.green_used for cell in cells}
    if rule.unit == "subject":
        by_subject: dict[str, int] = {}
        for cell in cells:
            subject = cell.project.subject
            by_subject[subject] = by_subject.get(subject, 0) + cell.green_used
        used = {cell.project_id: by_subject[cell.project.subject] for cell in cells}
    return {
        project: GreenCount(figure.rounded, used.get(project, 0), rule.basis)
        for project, figure in figures.items()
    }


def bodies_below(category: ProjectCategory, body: Organisation) -> list[tuple[int, str]]:
    """Those directly below a body that hold places of a category, for the filter."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .join(QuotaSheet, QuotaSheet.organisation_id == Organisation.id)
        .where(QuotaSheet.category_id == category.id, Organisation.quota_parent_id == body.id)
        .order_by(Organisation.sort_order, Organisation.id)
    ).all()
    return [(number, name) for number, name in rows]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filter of a list of nominations, as it stands in the address."""

    state: str = ""
    channel: str = ""
    project_id: int | None = None
    organisation_id: int | None = None
    words: str = ""
    mine: bool = False
    #: Only on places of the viewer's own body, not of those below it.
    own: bool = False

    def as_data(self) -> dict[str, Any]:
        """Plain values, for the journal and for a job."""
        return asdict(self)


def matching(viewer: Viewer, category_id: int, wanted: Wanted) -> Select[Any]:
    """Nominations of a category within the viewer's scope that fit the filter."""
    statement = select(Nomination).where(
        Nomination.category_id == category_id, permissions.visible(viewer)
    )
    if wanted.state == "alive":
        statement = statement.where(Nomination.state.in_(_ALIVE))
    elif wanted.state in list(NominationState):
        statement = statement.where(Nomination.state == wanted.state)
    if wanted.channel in list(Channel):
        statement = statement.where(Nomination.channel == wanted.channel)
    if wanted.project_id:
        statement = statement.where(Nomination.project_id == wanted.project_id)
    if wanted.mine:
        statement = statement.where(Nomination.waits_at_id == viewer.organisation_id)
    if wanted.own:
        statement = statement.where(Nomination.nominator_id == viewer.organisation_id)
    if wanted.organisation_id:
        body = db.session.get(Organisation, wanted.organisation_id)
        path = body.quota_path if body is not None else "-"
        statement = statement.where(Nomination.quota_path.startswith(path, autoescape=True))
    if wanted.words:
        key = match_key(wanted.words)
        sound = wanted.words.strip().lower()
        statement = statement.join(Teacher, Teacher.id == Nomination.teacher_id).where(
            Teacher.name_key.startswith(key, autoescape=True)
            | Teacher.search_key.startswith(sound, autoescape=True)
            | Teacher.search_key.contains(f" {sound}", autoescape=True)
            | (Nomination.code == wanted.words.strip().upper())
        )
    return statement


def names(
    viewer: Viewer, category_id: int, wanted: Wanted, *, after: str = "", before: str = ""
) -> Page[Nomination]:
    """One page of nominations, the newest first, with what a line shows."""
    statement = matching(viewer, category_id, wanted).options(
        joinedload(Nomination.teacher),
        joinedload(Nomination.school),
        joinedload(Nomination.nominator),
        joinedload(Nomination.waits_at),
        joinedload(Nomination.project),
    )
    keys = [Key(Nomination.id, descending=True)]
    return paginate(db.session(), statement, keys, after=after, before=before)


def all_matching(viewer: Viewer, category_id: int, wanted: Wanted) -> Sequence[Nomination]:
    """Every nomination that fits, for a workbook."""
    statement = matching(viewer, category_id, wanted).options(
        joinedload(Nomination.teacher),
        joinedload(Nomination.school),
        joinedload(Nomination.nominator),
        joinedload(Nomination.waits_at),
        joinedload(Nomination.project),
    )
    return db.session.scalars(statement.order_by(Nomination.id)).all()


def count(viewer: Viewer, category_id: int, wanted: Wanted) -> int:
    """How many nominations fit."""
    found = matching(viewer, category_id, wanted).with_only_columns(func.count(Nomination.id))
    return db.session.scalar(found) or 0


def stops_of(nomination: Nomination, on: date) -> list[Stop]:
    """The desks on a nomination's way: who signed when, whose turn it is."""
    desks = nominations.way_of(nomination.nominator, on)
    ids = [desk.organisation_id for desk in desks]
    names = dict(
        db.session.execute(
            select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
        ).all()
    )
    rows = db.session.scalars(
        select(NominationStep)
        .where(NominationStep.nomination_id == nomination.id)
        .order_by(NominationStep.id)
    )
    acts = [Act(one.organisation_id, one.action, one.by_name, one.at) for one in rows]
    return way_so_far(
        [(desk.organisation_id, names[desk.organisation_id], desk.level) for desk in desks],
        acts,
        nomination.waits_at_id,
    )


def findings_of(nomination: Nomination, on: date) -> list[Finding]:
    """The warnings that stood beside a name when it was entered, and what bans say today."""
    now = nominations.ban_findings_now([nomination], on).get(nomination.id, [])
    said_now = {finding.code for finding in now}
    then = (finding_from_data(data) for data in nomination.warnings)
    return [*now, *(finding for finding in then if finding.code not in said_now)]


@dataclass(frozen=True, slots=True)
class StandIn:
    """Whether another teacher may step in for one, and until when (A-18)."""

    allowed: bool
    last_day: date | None


def stand_in(nomination: Nomination) -> StandIn:
    """Whether and until when somebody may step in on this place (A-18)."""
    book = nominations.rulebook(nomination.category)
    opens_on = nomination.opens_on or nomination.project.opens_on
    last_day = substitution_until(opens_on, book.integer("classes.notice_lead_days"))
    return StandIn(book.flag("nominations.substitution_allowed"), last_day)


def of_teacher(viewer: Viewer, teacher_id: int) -> Sequence[Nomination]:
    """The nominations of one teacher that the viewer may see, the newest first."""
    return db.session.scalars(
        select(Nomination)
        .where(Nomination.teacher_id == teacher_id, permissions.visible(viewer))
        .order_by(Nomination.id.desc())
    ).all()


def teacher_panel(viewer: Viewer, teacher: Teacher) -> dict[str, Any] | None:
    """The nominations on a teacher's page, and the categories in which the viewer may nominate."""
    if not permissions.may_look(viewer):
        return None
    open_to: list[ProjectCategory] = []
    if permissions.may_nominate(viewer) and teacher.state == "active":
        lines = categories(viewer, own_body(viewer), clock.now())
        open_to = [line.category for line in lines if line.held and line.opening.is_open]
    found = of_teacher(viewer, teacher.id)
    return {"found": found, "open_to": open_to} if found or open_to else None


def body_in_scope(viewer: Viewer, body_id: int) -> Organisation | None:
    """A body that the viewer may see."""
    return organisations.body_in_scope(viewer, body_id)


def holds_places(body: Organisation) -> bool:
    """Whether a body holds places of any published plan."""
    found = db.session.scalar(
        select(QuotaSheet.id)
        .join(ProjectCategory, ProjectCategory.id == QuotaSheet.category_id)
        .join(Plan, Plan.id == ProjectCategory.plan_id)
        .where(QuotaSheet.organisation_id == body.id, Plan.state.in_(_PUBLISHED))
        .limit(1)
    )
    return found is not None


def linked_from(viewer: Viewer, body: Organisation) -> bool:
    """Whether a body's page links to its nominations: it holds places, and the viewer may read them."""
    return may_read_body(viewer, body) and holds_places(body)


def todo(viewer: Viewer) -> list[TodoItem]:
    """Places of the viewer's body that are free while the window is open (HN-39, HN-40)."""
    if not viewer.is_any(*NOMINATORS):
        return []
    body = db.session.get_one(Organisation, viewer.organisation_id)
    items = []
    for line in categories(viewer, body, clock.now()):
        plan, sheet = line.category.plan, sheet_of(line.category.id, body.id)
        state = sheet.state if sheet is not None else "issued"
        is_open = line.opening.is_open and plan.state in _LIVE
        if not asks_to_fill(line.free, body.kind == Kind.SCHOOL, state, is_open):
            continue
        title = t(
            "Fill places: %(n)s places of %(category)s are free",
            n=f"{line.free:,}",
            category=line.category.name,
        )
        items.append(
            TodoItem(
                title,
                f"/nominations/{line.category.id}",
                line.opening.until,
                rulebook_of(plan).source(WINDOW).citation(),
                place="nominations",
                count=line.free,
            )
        )
    return items
