"""Reading how full the places are: a handful of sums whatever the size of the tree (HN-39)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, func, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql.elements import ColumnElement

from provincial.core import clock
from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.text import Text, t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import sees_province
from provincial.people.organisations.rules import Kind
from provincial.planning.boards.queries import BoardPlace, place
from provincial.planning.fillings.rules import Row, Shortfall, Stage
from provincial.planning.idle.queries import below, days_of
from provincial.planning.ledger.models import Quota, QuotaEntry, QuotaSheet
from provincial.planning.ledger.queries import province_id, sheet_of
from provincial.planning.letters.queries import green_rule, rulebook_of
from provincial.planning.letters.rules import green_figures
from provincial.planning.nominations.models import Nomination, NominationStep
from provincial.planning.nominations.queries import WINDOW, used_as_at
from provincial.planning.nominations.rules import ALIVE, BUREAU_OFFICERS, PROVINCE_OFFICERS, Channel
from provincial.planning.plans import queries as plans
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.planning.quotas.permissions import may_see_board
from provincial.planning.quotas.queries import QUOTA_HOLDER_KINDS

__all__ = ["BoardPlace", "place"]

_ALIVE = [state.value for state in ALIVE]
_LIVE_PLANS = ("issued", "running", "closing")
#: How many lines the small tables of the page show.
MOST_DESKS, MOST_REASONS = 20, 12


@dataclass(frozen=True, slots=True)
class Filling:
    """The table below one body: its own line (names on its own places), those of the bodies below."""

    own: Row
    rows: Sequence[Row]

    @property
    def total(self) -> Row:
        """What the body holds with everything below it."""
        sums = [self.own, *self.rows]
        stages = {one: sum(row.stages.get(one, 0) for row in sums) for one in Stage}
        return Row(
            self.own.organisation_id,
            self.own.name,
            self.own.kind,
            self.own.sheet_id,
            self.own.held,
            sum(row.filled for row in sums),
            stages,
            self.own.green_limit,
            sum(row.green for row in sums),
            sum(row.refused for row in sums),
        )

    @property
    def green_limit(self) -> int:
        """The green channel of the bodies shown, taken together."""
        own = self.own.green_limit
        return own if own is not None else sum(row.green_limit or 0 for row in self.rows)


def filling(category: ProjectCategory, top: Organisation) -> Filling:
    """How full the places of each body below ``top`` are; names by desk, refused ones, green ones."""
    bodies = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.kind, QuotaSheet.id)
        .outerjoin(
            QuotaSheet,
            (QuotaSheet.organisation_id == Organisation.id)
            & (QuotaSheet.category_id == category.id),
        )
        .where(
            (Organisation.quota_parent_id == top.id) | (Organisation.id == top.id),
            Organisation.kind.in_(QUOTA_HOLDER_KINDS),
        )
        .order_by(Organisation.sort_order, Organisation.id)
    ).all()
    rows = {number: Row(number, name, kind, sheet) for number, name, kind, sheet in bodies}
    _add_sums(category, top, rows)
    _add_stages(category, top, rows)
    _add_green(category, rows)
    own = rows.pop(top.id)
    return Filling(own, [row for row in rows.values() if row.held or row.filled or row.green])


def _group(path: Any, top: Organisation) -> ColumnElement[int]:
    """The body directly below ``top`` on a path; ``top`` itself where the path ends there."""
    depth = top.quota_path.count("/") + 1
    part = func.nullif(func.split_part(path, "/", depth), "")
    return func.coalesce(cast(part, BigInteger), top.id)


def _add_sums(category: ProjectCategory, top: Organisation, rows: dict[int, Row]) -> None:
    group = _group(Organisation.quota_path, top)
    direct = Organisation.id == group
    statement = (
        select(
            group,
            func.coalesce(func.sum(Quota.held).filter(direct), 0),
            func.sum(Quota.used),
        )
        .select_from(QuotaSheet)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .where(
            QuotaSheet.category_id == category.id,
            Organisation.quota_path.startswith(top.quota_path, autoescape=True),
        )
        .group_by(group)
    )
    for number, held, used in db.session.execute(statement):
        if number in rows:
            rows[number].held, rows[number].filled = int(held), int(used)


def stage_of() -> ColumnElement[str]:
    """At whom a living nomination waits, in SQL; ``Nomination.waits_at`` must be joined as desk."""
    desk = _DESK
    return case(
        (Nomination.state == "province_confirmed", Stage.CONFIRMED.value),
        (
            (Nomination.state == "draft") & (Nomination.waits_at_id == Nomination.nominator_id),
            Stage.DRAFT.value,
        ),
        (desk.quota_parent_id.is_(None), Stage.AT_PROVINCE.value),
        (desk.kind == Kind.SCHOOL.value, Stage.AT_SCHOOL.value),
        (_ABOVE.quota_parent_id.is_(None), Stage.AT_CITY.value),
        else_=Stage.AT_COUNTY.value,
    )


_DESK, _ABOVE = aliased(Organisation), aliased(Organisation)


def _with_desk(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement.outerjoin(_DESK, _DESK.id == Nomination.waits_at_id).outerjoin(
        _ABOVE, _ABOVE.id == _DESK.quota_parent_id
    )


def _add_stages(category: ProjectCategory, top: Organisation, rows: dict[int, Row]) -> None:
    group, stage = _group(Nomination.quota_path, top), stage_of()
    over = Nomination.state == "refused"
    statement = (
        _with_desk(select(group, Nomination.channel, over, stage, func.count()))
        .where(below(category, top), Nomination.state.in_([*_ALIVE, "refused"]))
        .group_by(group, Nomination.channel, over, stage)
    )
    for number, channel, refused, where, count in db.session.execute(statement):
        row = rows.get(number)
        if row is None:
            continue
        if refused:
            row.refused += count
        elif channel == Channel.GREEN:
            row.green += count
        else:
            row.stages[Stage(where)] = row.stages.get(Stage(where), 0) + count


def _add_green(category: ProjectCategory, rows: Mapping[int, Row]) -> None:
    """The green channel of each body that has one, by the plan's rule (HN-41, A-09)."""
    book = rulebook_of(category.plan)
    with_rule = {
        row.sheet_id: (row, rule)
        for row in rows.values()
        if row.sheet_id and (rule := green_rule(book, category, row.kind)) is not None
    }
    if not with_rule:
        return
    cells: dict[int, list[tuple[int, str, int]]] = {}
    for sheet_id, project_id, subject, held in db.session.execute(
        select(Quota.sheet_id, Project.id, Project.subject, Quota.held)
        .join(Project, Project.id == Quota.project_id)
        .where(Quota.sheet_id.in_(list(with_rule)))
        .order_by(Project.position)
    ):
        cells.setdefault(sheet_id, []).append((project_id, subject, held))
    for sheet_id, (row, rule) in with_rule.items():
        figures = green_figures(rule, cells.get(sheet_id or 0, []))
        row.green_limit = sum(figure.rounded for figure in figures.values())


@dataclass(frozen=True, slots=True)
class Waiting:
    """One desk: how many names wait there, and since when the longest of them."""

    organisation_id: int
    name: str
    names: int
    since: datetime


def desks(category: ProjectCategory, top: Organisation) -> list[Waiting]:
    """Where names wait, the longest wait first."""
    last = (
        select(func.max(NominationStep.at))
        .where(NominationStep.nomination_id == Nomination.id)
        .correlate(Nomination)
        .scalar_subquery()
    )
    since = func.min(last)
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, func.count(), since)
        .join(Nomination, Nomination.waits_at_id == Organisation.id)
        .where(below(category, top))
        .group_by(Organisation.id)
        .order_by(since, Organisation.id)
        .limit(MOST_DESKS)
    )
    return [Waiting(*row) for row in rows if row[3] is not None]


def refusals(category: ProjectCategory, top: Organisation) -> list[tuple[str, int]]:
    """Why names were refused, counted, the commonest reason first."""
    rows = db.session.execute(
        select(NominationStep.reason, func.count(Nomination.id.distinct()).label("n"))
        .join(Nomination, Nomination.id == NominationStep.nomination_id)
        .where(
            below(category, top), Nomination.state == "refused", NominationStep.action == "refuse"
        )
        .group_by(NominationStep.reason)
        .order_by(func.count(Nomination.id.distinct()).desc(), NominationStep.reason)
        .limit(MOST_REASONS)
    )
    return [(reason, n) for reason, n in rows]


@dataclass(frozen=True, slots=True)
class NameFilter:
    """Which names stand behind a number: at a desk level, refused for a reason, of a channel."""

    stage: str = ""
    channel: str = ""
    reason: str = ""
    desk_id: int = 0


def names(
    found: BoardPlace, wanted: NameFilter, *, after: str = "", before: str = ""
) -> Page[Nomination]:
    """The names behind a number, a page at a time."""
    statement = select(Nomination).options(
        joinedload(Nomination.teacher),
        joinedload(Nomination.school),
        joinedload(Nomination.project),
        joinedload(Nomination.waits_at),
    )
    statement = _with_desk(statement).where(below(found.category, found.top))
    if wanted.stage == "refused":
        statement = statement.where(Nomination.state == "refused")
    else:
        statement = statement.where(Nomination.state.in_(_ALIVE))
        if wanted.stage in list(Stage):
            statement = statement.where(stage_of() == wanted.stage)
    if wanted.channel in list(Channel):
        statement = statement.where(Nomination.channel == wanted.channel)
    if wanted.desk_id:
        statement = statement.where(Nomination.waits_at_id == wanted.desk_id)
    if wanted.reason:
        refused_so = select(NominationStep.nomination_id).where(
            NominationStep.action == "refuse", NominationStep.reason == wanted.reason
        )
        statement = statement.where(Nomination.id.in_(refused_so))
    return paginate(db.session(), statement, [Key(Nomination.id)], after=after, before=before)


def shortfalls(category: ProjectCategory, top: Organisation, at: datetime) -> list[Shortfall]:
    """What each body below ``top`` had not filled at a moment, the largest first (HN-39)."""
    group = _group(Organisation.quota_path, top)
    held = db.session.execute(
        select(Organisation.id, Organisation.name, func.sum(QuotaEntry.delta))
        .join(QuotaSheet, QuotaSheet.organisation_id == Organisation.id)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .join(QuotaEntry, QuotaEntry.quota_id == Quota.id)
        .where(
            QuotaSheet.category_id == category.id,
            Organisation.quota_parent_id == top.id,
            QuotaEntry.at <= at,
        )
        .group_by(Organisation.id)
    ).all()
    used = used_as_at(category.id, top.quota_path, at)
    groups = dict(
        db.session.execute(
            select(Organisation.id, group).where(Organisation.id.in_({body for body, _p in used}))
        )
        .tuples()
        .all()
    )
    filled: dict[int, int] = {}
    for (body, _project), n in used.items():
        filled[groups[body]] = filled.get(groups[body], 0) + n
    found = [Shortfall(i, name, int(n), filled.get(i, 0)) for i, name, n in held]
    return sorted((one for one in found if one.short), key=lambda one: (-one.short, one.name))


@dataclass(frozen=True, slots=True)
class Quote:
    """An article with its sentence."""

    article: str
    quote: str


def article_of(category: ProjectCategory, rule: str) -> Quote | None:
    """The notice's own sentence behind a rule, when its rulebook lists it."""
    for entry in rulebook_of(category.plan).listed.values():
        if entry.source.rule == rule and entry.source.quote:
            return Quote(entry.source.citation(), entry.source.quote)
    return None


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One body of the workbook with everything below it added up."""

    depth: int
    code: str
    row: Row


def export_rows(category: ProjectCategory, top: Organisation) -> list[ExportRow]:
    """Every body below ``top`` as the tree orders them; two sums, rolled up along the paths."""
    sheets = db.session.execute(
        select(
            *(Organisation.id, Organisation.code, Organisation.name, Organisation.kind),
            *(Organisation.quota_path, Organisation.sort_order, QuotaSheet.id),
            *(func.sum(Quota.held), func.sum(Quota.used), func.sum(Quota.green_used)),
        )
        .join(QuotaSheet, QuotaSheet.organisation_id == Organisation.id)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .where(
            QuotaSheet.category_id == category.id,
            Organisation.quota_path.startswith(top.quota_path, autoescape=True),
        )
        .group_by(Organisation.id, QuotaSheet.id)
    ).all()
    rows = {one[0]: Row(one[0], one[2], one[3], one[6], int(one[7])) for one in sheets}
    order = {one[0]: one[5] for one in sheets}
    ways = {one[0]: [int(part) for part in one[4].strip("/").split("/")] for one in sheets}
    for number, *_rest, used, green in sheets:
        for above in ways[number]:
            if above in rows:
                rows[above].filled += int(used)
                rows[above].green += int(green)
    stage = stage_of()
    by_stage = _with_desk(select(Nomination.nominator_id, stage, func.count())).where(
        below(category, top),
        Nomination.state.in_(_ALIVE),
        Nomination.channel == Channel.REGULAR,
    )
    for number, where, n in db.session.execute(by_stage.group_by(Nomination.nominator_id, stage)):
        for above in ways.get(number, ()):
            if above in rows:
                kept = rows[above].stages
                kept[Stage(where)] = kept.get(Stage(where), 0) + n
    codes = {one[0]: one[1] for one in sheets}
    start = len([part for part in top.quota_path.split("/") if part])
    ordered = sorted(rows, key=lambda one: [(order.get(part, 0), part) for part in ways[one]])
    return [
        ExportRow(len(ways[number]) - start, codes[number], rows[number])
        for number in ordered
        if number != top.id
    ]


def count_bodies(category: ProjectCategory, top: Organisation) -> int:
    """How many bodies below ``top`` hold a sheet: the rows of an export."""
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(QuotaSheet)
            .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
            .where(
                QuotaSheet.category_id == category.id,
                Organisation.quota_path.startswith(top.quota_path, autoescape=True),
            )
        )
        or 0
    )


def unfilled(category_ids: Sequence[int], path: str, *, but: int = 0) -> dict[int, int]:
    """Idle places by category below (and including) the body at ``path``; ``but`` leaves one out."""
    idle = func.sum(Quota.held - Quota.given - Quota.used)
    rows = db.session.execute(
        select(QuotaSheet.category_id, idle)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .where(
            QuotaSheet.category_id.in_(category_ids),
            Organisation.quota_path.startswith(path, autoescape=True),
            Organisation.id != but,
        )
        .group_by(QuotaSheet.category_id)
    )
    return {category: int(n) for category, n in rows if n}


def unfilled_in_plan(plan_id: int, path: str) -> tuple[int, int | None]:
    """Idle places of a plan below a body, and the category that has the most of them."""
    ids = db.session.scalars(
        select(ProjectCategory.id).where(
            ProjectCategory.plan_id == plan_id, ProjectCategory.has_quota_table
        )
    ).all()
    found = unfilled(ids, path)
    most = max(found, key=lambda one: found[one], default=None)
    return sum(found.values()), most


def live_categories() -> Sequence[ProjectCategory]:
    """Every category with a table of a plan under way."""
    return db.session.scalars(
        select(ProjectCategory)
        .join(Plan, Plan.id == ProjectCategory.plan_id)
        .options(joinedload(ProjectCategory.plan))
        .where(ProjectCategory.has_quota_table, Plan.state.in_(_LIVE_PLANS))
        .order_by(ProjectCategory.id)
    ).all()


def todo(viewer: Viewer) -> list[TodoItem]:
    """Places not filled while the selection is open, for the province and every holder (HN-39)."""
    # Each body has a line of its own for the places it holds itself; this one is of those below.
    if not viewer.is_any(*BUREAU_OFFICERS, *PROVINCE_OFFICERS):
        return []
    categories = [one for one in live_categories() if plans.window(one.plan_id, WINDOW)]
    path = "/" if sees_province(viewer) else viewer.quota_path
    found = unfilled([one.id for one in categories], path, but=viewer.organisation_id)
    top = db.session.get_one(Organisation, viewer.organisation_id)
    items = []
    for category in categories:
        n = found.get(category.id, 0)
        days = days_of(category, top, clock.now())
        if not n or days.days_left is None or days.days_left < 0:
            continue
        items.append(
            TodoItem(
                t(
                    "Have places filled: %(category)s, %(n)s empty below",
                    category=category.name,
                    n=f"{n:,}",
                ),
                f"/fillings/{category.id}/idle",
                days.last_day,
                days.article,
                place="fillings",
                count=n,
            )
        )
    return items


def category_link(category: ProjectCategory, viewer: Viewer) -> tuple[Text, str] | None:
    """How full the places of a category are, for its plan's page."""
    if not category.has_quota_table or not may_see_board(viewer):
        return None
    return t("Filling of places"), f"/fillings/{category.id}"


def place_of(viewer: Viewer, category_id: int, body_id: int | None = None) -> BoardPlace | None:
    """The category and body of a page, within the viewer's scope."""
    return place(viewer, category_id, body_id)


def sheet_at(found: BoardPlace) -> QuotaSheet | None:
    """The sheet of the page's body."""
    return sheet_of(found.category.id, found.top.id)


def province() -> Organisation | None:
    """The provincial office."""
    number = province_id()
    return db.session.get(Organisation, number) if number else None
