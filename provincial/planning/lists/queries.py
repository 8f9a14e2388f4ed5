"""Reading lists: in scope, what waits to be handed in, the names on one, its papers, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from provincial.core import clock
from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.text import Text, t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.office.papers.models import Paper
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import has_contact
from provincial.people.teachers.models import Teacher
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.letters.queries import rulebook_of
from provincial.planning.lists.permissions import decides, may_submit
from provincial.planning.lists.rules import ABOUT, ON_LIST, WAITING, KnownPaper
from provincial.planning.nominations.models import Nomination, NominationList, NominationStep
from provincial.planning.nominations.permissions import visible_lists
from provincial.planning.nominations.queries import WINDOW, green_count, opening, signers_at
from provincial.planning.nominations.rules import Channel, ListState, NominationState
from provincial.planning.plans.models import Plan, Project, ProjectCategory

_WAITING = [state.value for state in WAITING]
_ON_LIST = [state.value for state in ON_LIST]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filter of the list of lists, as it stands in the address."""

    category_id: int = 0
    state: str = ""
    channel: str = ""
    words: str = ""


def matching(viewer: Viewer, wanted: Wanted) -> Select[Any]:
    """Lists in the viewer's scope that fit the filter."""
    statement = (
        select(NominationList)
        .join(NominationList.organisation)
        .options(
            contains_eager(NominationList.organisation),
            joinedload(NominationList.category).joinedload(ProjectCategory.plan),
            joinedload(NominationList.paper),
        )
        .where(visible_lists(viewer))
    )
    if wanted.category_id:
        statement = statement.where(NominationList.category_id == wanted.category_id)
    if wanted.state in list(ListState):
        statement = statement.where(NominationList.state == wanted.state)
    if wanted.channel in list(Channel):
        statement = statement.where(NominationList.channel == wanted.channel)
    if wanted.words:
        statement = statement.where(Organisation.name.contains(wanted.words, autoescape=True))
    return statement


def page(
    viewer: Viewer, wanted: Wanted, *, after: str = "", before: str = ""
) -> Page[NominationList]:
    """One page of lists, the newest first."""
    keys = [Key(NominationList.id, descending=True)]
    return paginate(db.session(), matching(viewer, wanted), keys, after=after, before=before)


def rows(viewer: Viewer, wanted: Wanted) -> Sequence[NominationList]:
    """Every list that fits, the newest first, for a workbook."""
    return db.session.scalars(matching(viewer, wanted).order_by(NominationList.id.desc())).all()


def count(viewer: Viewer, wanted: Wanted) -> int:
    """How many lists fit."""
    found = matching(viewer, wanted).with_only_columns(NominationList.id).subquery()
    return int(db.session.scalar(select(func.count()).select_from(found)) or 0)


def list_in_scope(viewer: Viewer, list_id: int) -> NominationList | None:
    """The list with this id, when the viewer may see it."""
    return db.session.scalar(
        select(NominationList).where(NominationList.id == list_id, visible_lists(viewer))
    )


def names_of(handed_in: NominationList) -> list[Nomination]:
    """Every name that was handed in with this list and has not gone to a later one."""
    return _with_facts(Nomination.list_id == handed_in.id)


def names_at(organisation_id: int, category_id: int, channel: Channel) -> list[Nomination]:
    """What waits at a city's desk in a category and channel, in the order of the paper."""
    return _with_facts(
        Nomination.waits_at_id == organisation_id,
        Nomination.category_id == category_id,
        Nomination.channel == channel,
    )


def _with_facts(*conditions: Any) -> list[Nomination]:
    statement = (
        select(Nomination)
        .join(Nomination.project)
        .join(Nomination.teacher)
        .options(
            contains_eager(Nomination.project),
            contains_eager(Nomination.teacher),
            joinedload(Nomination.school).joinedload(Organisation.quota_parent),
            joinedload(Nomination.waits_at),
        )
        .where(*conditions)
        .order_by(Project.position, Nomination.quota_path, Teacher.search_key, Nomination.id)
    )
    return list(db.session.scalars(statement))


@dataclass(frozen=True, slots=True)
class ProjectTotal:
    """One project of a list against what the body holds: regular places, or those of the channel."""

    project: str
    held: int
    before: int
    here: int

    @property
    def left(self) -> int:
        """Places for which nobody has been handed in yet."""
        return self.held - self.before - self.here


def totals(
    category_id: int, organisation_id: int, channel: Channel, names: Sequence[Nomination]
) -> list[ProjectTotal]:
    """What a body holds by project, what it handed in before, and what stands on this list."""
    cells = db.session.scalars(
        select(Quota)
        .join(QuotaSheet, QuotaSheet.id == Quota.sheet_id)
        .join(Project, Project.id == Quota.project_id)
        .options(joinedload(Quota.project), joinedload(Quota.sheet))
        .where(QuotaSheet.category_id == category_id, QuotaSheet.organisation_id == organisation_id)
        .order_by(Project.position)
    ).all()
    here: dict[int, int] = {}
    for nomination in names:
        here[nomination.project_id] = here.get(nomination.project_id, 0) + 1
    body = db.session.get_one(Organisation, organisation_id)
    earlier = db.session.execute(
        select(Nomination.project_id, func.count())
        .where(
            Nomination.category_id == category_id,
            Nomination.quota_path.startswith(body.quota_path, autoescape=True),
            Nomination.channel == channel,
            Nomination.state.in_(_ON_LIST),
            Nomination.id.not_in([nomination.id for nomination in names]),
        )
        .group_by(Nomination.project_id)
    ).all()
    before: dict[int, int] = dict(earlier)  # type: ignore[arg-type]
    found = []
    for cell in cells:
        held = cell.held
        if channel is Channel.GREEN:
            green = green_count(cell)
            held = green.limit if green else 0
        if held or here.get(cell.project_id):
            found.append(
                ProjectTotal(
                    cell.project.name,
                    held,
                    before.get(cell.project_id, 0),
                    here.get(cell.project_id, 0),
                )
            )
    return found


def next_number(category_id: int, organisation_id: int) -> int:
    """The number of a body's next list; asked under the lock of the body's sheet."""
    last = db.session.scalar(
        select(func.max(NominationList.number)).where(
            NominationList.category_id == category_id,
            NominationList.organisation_id == organisation_id,
        )
    )
    return (last or 0) + 1


def versions(handed_in: NominationList) -> Sequence[Paper]:
    """Every paper of a list, the newest first."""
    return db.session.scalars(
        select(Paper)
        .where(Paper.about_type == ABOUT, Paper.about_id == handed_in.id)
        .order_by(Paper.id.desc())
    ).all()


def papers_with(codes: Iterable[str]) -> list[KnownPaper]:
    """The papers of this site that carry one of these codes."""
    wanted = list(codes)[:500]
    found = db.session.scalars(select(Paper).where(Paper.code.in_(wanted))).all()
    return [known(paper) for paper in found]


def known(paper: Paper) -> KnownPaper:
    """A paper as the rules compare it."""
    return KnownPaper(
        paper.code,
        paper.title,
        paper.number,
        (paper.about_type, paper.about_id),
        paper.state == "valid",
    )


def last_reasons(names: Sequence[Nomination]) -> Mapping[int, str]:
    """Why names that were returned, refused or withdrawn went that way, by nomination."""
    gone = [one.id for one in names if one.status not in ON_LIST]
    if not gone:
        return {}
    rows = db.session.execute(
        select(NominationStep.nomination_id, NominationStep.reason)
        .where(NominationStep.nomination_id.in_(gone), NominationStep.reason != "")
        .order_by(NominationStep.nomination_id, NominationStep.id.desc())
        .distinct(NominationStep.nomination_id)
    ).all()
    return dict(rows)  # type: ignore[arg-type]


def off_paper(handed_in: NominationList, names: Sequence[Nomination]) -> list[Nomination]:
    """Names that the paper in force still shows although they have left the list since."""
    if handed_in.paper is None:
        return []
    shown = set(handed_in.paper.content.get("codes", ()))
    return [one for one in names if one.code in shown and one.status not in ON_LIST]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the submit page says before the act: who may, by when, what the stamp must stand for."""

    body: Organisation
    has_contact: bool
    signers: int
    is_open: bool
    late: bool
    last_day: date | None
    article: str
    own_entries: int


def desk(
    viewer: Viewer, category: ProjectCategory, names: Sequence[Nomination], now: datetime
) -> Desk:
    """The facts of a city's desk before it submits."""
    body = db.session.get_one(Organisation, viewer.organisation_id)
    found = opening(category.plan, body, now)
    return Desk(
        body,
        has_contact(body),
        signers_at([body.id], now.date()).get(body.id, 0),
        found.is_open,
        found.late,
        found.until,
        rulebook_of(category.plan).source(WINDOW).citation(),
        sum(1 for one in names if one.entered_by_id == viewer.user_id),
    )


@dataclass(frozen=True, slots=True)
class ToSubmit:
    """Names that wait at the viewer's desk in one category and channel."""

    category: ProjectCategory
    channel: Channel
    count: int


def to_submit(viewer: Viewer) -> list[ToSubmit]:
    """Where the viewer's body could hand in a list now."""
    if not may_submit(viewer):
        return []
    rows = db.session.execute(
        select(ProjectCategory, Nomination.channel, func.count())
        .join(Nomination, Nomination.category_id == ProjectCategory.id)
        .join(Plan, Plan.id == ProjectCategory.plan_id)
        .where(
            Nomination.waits_at_id == viewer.organisation_id,
            Plan.state.in_(["issued", "running", "closing"]),
        )
        .group_by(ProjectCategory.id, Nomination.channel)
        .order_by(ProjectCategory.id, Nomination.channel.desc())
    ).all()
    return [ToSubmit(category, Channel(channel), n) for category, channel, n in rows]


def categories(viewer: Viewer) -> list[tuple[int, str]]:
    """The categories of which the viewer sees lists, for the filter."""
    rows = db.session.execute(
        select(ProjectCategory.id, ProjectCategory.name)
        .where(
            ProjectCategory.id.in_(
                select(NominationList.category_id).where(visible_lists(viewer)).distinct()
            )
        )
        .order_by(ProjectCategory.id)
    ).all()
    return [(ident, name) for ident, name in rows]


def todo(viewer: Viewer) -> list[TodoItem]:
    """Lists that wait for the province; returned names and missing stamps for a city (HN-40)."""
    if decides(viewer):
        return _todo_of(
            viewer,
            t("Decide on nomination lists"),
            func.count(Nomination.list_id.distinct()),
            Nomination.state.in_(_WAITING),
        )
    if not may_submit(viewer):
        return []
    own = NominationList.organisation_id == viewer.organisation_id
    returned = _todo_of(
        viewer,
        t("Have returned names mended"),
        func.count(Nomination.id),
        own,
        Nomination.state == NominationState.RETURNED,
    )
    bare = db.session.scalars(
        select(NominationList)
        .options(joinedload(NominationList.paper), joinedload(NominationList.category))
        .where(own, NominationList.state == ListState.SUBMITTED, NominationList.needs_stamp)
        .order_by(NominationList.id)
    ).all()
    return returned + [
        TodoItem(
            t(
                "Upload the stamped list %(number)s; it counts only then",
                number=one.paper.number if one.paper else "",
            ),
            f"/lists/{one.id}",
            _last_day(one.category, viewer),
            place="lists",
            count=one.people,
        )
        for one in bare
    ]


def _todo_of(viewer: Viewer, verb: Text, figure: Any, *conditions: Any) -> list[TodoItem]:
    rows = db.session.execute(
        select(ProjectCategory, figure, func.min(Nomination.list_id))
        .join(Nomination, Nomination.category_id == ProjectCategory.id)
        .join(NominationList, NominationList.id == Nomination.list_id)
        .join(Plan, Plan.id == ProjectCategory.plan_id)
        .where(*conditions, Plan.state.in_(["issued", "running", "closing"]))
        .group_by(ProjectCategory.id)
        .order_by(ProjectCategory.id)
    ).all()
    return [
        TodoItem(
            t("%(verb)s: %(category)s, %(n)s", verb=verb, category=category.name, n=n),
            f"/lists/{first}" if not decides(viewer) else f"/lists/?category={category.id}",
            _last_day(category, viewer),
            rulebook_of(category.plan).source(WINDOW).citation(),
            place="lists",
            count=n,
        )
        for category, n, first in rows
    ]


def _last_day(category: ProjectCategory, viewer: Viewer) -> date | None:
    """The last day for the viewer's body: later where its window is extended (A-44)."""
    body = db.session.get_one(Organisation, viewer.organisation_id)
    return opening(category.plan, body, clock.now()).until
