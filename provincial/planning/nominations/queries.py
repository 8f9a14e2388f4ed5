"""Reading nominations: whose turn it is, where a place is free, lists with scope and paging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload

from provincial.core import clock
from provincial.core.db import db
from provincial.core.findings import Finding
from provincial.core.text import t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Membership, User
from provincial.people.accounts.queries import in_force
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import GONE
from provincial.planning.eligibility.queries import judge_teacher, training_of
from provincial.planning.integrity.queries import bans_of
from provincial.planning.integrity.rules import ban_findings, policy_of
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.letters.queries import green_rule, rulebook_of
from provincial.planning.letters.rules import green_figures
from provincial.planning.nominations import permissions
from provincial.planning.nominations.models import Nomination, NominationList, NominationStep
from provincial.planning.nominations.rules import (
    ALIVE,
    NOMINATORS,
    PROVINCE_OFFICERS,
    Channel,
    Desk,
    Level,
    NominationState,
    green_finding,
    left_finding,
    outside_finding,
    quota_finding,
)
from provincial.planning.plans import queries as plans
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.rulebook.loader import Rulebook

#: The window in which trainees are selected (HN-40).
WINDOW = "nominations.selection_due"
_ALIVE = [state.value for state in ALIVE]


def way_of(nominator: Organisation, on: date) -> list[Desk]:
    """The desks a nomination passes, from the body that holds the place up to the province."""
    ids = [int(part) for part in nominator.quota_path.split("/") if part]
    bodies = {
        body.id: body
        for body in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))
    }
    signers = signers_at(ids, on)
    upwards = [bodies[number] for number in reversed(ids) if number in bodies]
    return [Desk(body.id, _level(body, bodies), signers.get(body.id, 0)) for body in upwards]


def _level(body: Organisation, bodies: Mapping[int, Organisation]) -> Level:
    if body.quota_parent_id is None:
        return Level.PROVINCE
    above = bodies.get(body.quota_parent_id)
    if above is not None and above.quota_parent_id is None:
        return Level.CITY
    return Level.SCHOOL if body.kind == Kind.SCHOOL else Level.COUNTY


def signers_at(organisation_ids: Iterable[int], on: date) -> dict[int, int]:
    """How many people may sign at each of these desks; own people only, no mandates."""
    roles = [*NOMINATORS, *PROVINCE_OFFICERS]
    rows = db.session.execute(
        select(Membership.organisation_id, func.count(Membership.user_id.distinct()))
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organisation_id.in_(list(organisation_ids)),
            Membership.role.in_(roles),
            in_force(Membership, on),
            User.state == "active",
        )
        .group_by(Membership.organisation_id)
    ).all()
    return dict(rows)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Place:
    """A cell that could take one more nomination, with what it holds."""

    cell_id: int
    sheet_id: int
    organisation_id: int
    body: str
    held: int
    given: int
    used: int

    @property
    def free(self) -> int:
        """Places still free."""
        return self.held - self.given - self.used


def places_on_the_way(project: Project, school: Organisation, top_path: str) -> list[Place]:
    """The cells from a school up to the body at ``top_path``, the school's own first."""
    ids = [int(part) for part in school.quota_path.split("/") if part]
    rows = db.session.execute(
        select(
            *(Quota.id, QuotaSheet.id, Organisation.id, Organisation.name),
            *(Quota.held, Quota.given, Quota.used),
        )
        .join(QuotaSheet, QuotaSheet.id == Quota.sheet_id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .where(
            Quota.project_id == project.id,
            Organisation.id.in_(ids),
            Organisation.quota_path.startswith(top_path, autoescape=True),
        )
        .order_by(func.length(Organisation.quota_path).desc())
    ).all()
    return [Place(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class GreenCount:
    """The green channel of one project at its holder: how many places, how many taken (HN-41)."""

    limit: int
    used: int
    basis: str


def green_count(cell: Quota) -> GreenCount | None:
    """The green channel at a cell; nothing where the plan opens none for this body or category."""
    sheet = cell.sheet
    rulebook = rulebook_of(sheet.category.plan)
    rule = green_rule(rulebook, sheet.category, sheet.organisation.kind)
    if rule is None:
        return None
    rows = db.session.execute(
        select(Project.id, Project.subject, Quota.held, Quota.green_used)
        .join(Quota, Quota.project_id == Project.id)
        .where(Quota.sheet_id == sheet.id)
        .order_by(Project.position)
    ).all()
    figures = green_figures(rule, [(p, subject, held) for p, subject, held, _used in rows])
    if rule.unit != "subject":
        figure = figures.get(cell.project_id)
        return GreenCount(figure.rounded if figure else 0, cell.green_used, rule.basis)
    own = cell.project.subject
    group = [(p, used) for p, subject, _held, used in rows if subject == own]
    limit = sum(figures[p].rounded for p, _used in group if p in figures)
    return GreenCount(limit, sum(used for _p, used in group), rule.basis)


def verdict(
    cell: Quota, teacher: Teacher, channel: Channel, *, on: date, but: int | None = None
) -> list[Finding]:
    """Everything that speaks against this teacher on this place, or for a second look (HN-37).

    ``but`` is the nomination that is judged again and so does not count against itself.
    """
    sheet, school, project = cell.sheet, teacher.organisation, cell.project
    body = sheet.organisation
    findings = []
    if teacher.state in GONE:
        findings.append(left_finding(teacher.name))
    if not school.quota_path.startswith(body.quota_path):
        findings.append(outside_finding(school.name, body.name))
    if channel is Channel.GREEN:
        green = green_count(cell)
        if green is None or green.used >= green.limit:
            used, limit = (green.used, green.limit) if green else (0, 0)
            findings.append(green_finding(project.name, body.name, used, limit))
    if (channel is Channel.REGULAR or _within(cell)) and cell.unassigned < 1:
        findings.append(quota_finding(project.name, body.name, cell.held, cell.used, cell.given))
    return findings + judge_teacher(teacher, project, on, but=but)


def _within(cell: Quota) -> bool:
    green = green_count(cell)
    return green is not None and green.basis == "within"


def forbids_two_at_once(category: ProjectCategory) -> bool:
    """Whether a teacher may not go to two projects of the plan on the same days (A-19)."""
    return not rulebook(category).flag("nominations.allow_multi_category")


def days_apart(project: Project) -> Range[date] | None:
    """The days on which a nominee of this project can be nowhere else, when known and forbidden."""
    if project.opens_on is None or project.ends_on is None:
        return None
    if not forbids_two_at_once(project.category):
        return None
    return Range(project.opens_on, project.ends_on, bounds="[]")


def ban_findings_now(nominations: Sequence[Nomination], on: date) -> dict[int, list[Finding]]:
    """What bans say against these nominations on a day, by nomination; one statement (HN-46, A-05)."""
    bans = bans_of({one.teacher_id for one in nominations})
    found = {}
    for nomination in nominations:
        mine = bans.get(nomination.teacher_id, ())
        policy = policy_of(rulebook(nomination.category)) if mine else None
        if policy is None:
            continue
        training = training_of(nomination.project, on)
        if nomination.opens_on is not None:
            training = replace(training, opens_on=nomination.opens_on)
        findings = ban_findings(mine, training, policy, on)
        if findings:
            found[nomination.id] = findings
    return found


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a body may nominate now, whether that is late, and the last day for all.

    ``until`` is the last day for this body: later than that for all where it is extended.
    """

    is_open: bool
    late: bool
    last_day: date | None
    opens_on: date | None = None
    until: date | None = None


def opening(plan: Plan, organisation: Organisation, now: datetime) -> Opening:
    """How the selection window stands for a body (HN-40, A-44)."""
    is_open, late = plans.is_open(plan.id, WINDOW, organisation, now)
    found = plans.window(plan.id, WINDOW)
    if found is None:
        return Opening(is_open, late, None)
    if now < found.opens_at:
        return Opening(False, False, None, clock.china_date(found.opens_at))
    last_day = plans.last_day(found)
    longer = plans.extended_until(found, organisation) if late and is_open else None
    until = clock.china_date(longer - timedelta(microseconds=1)) if longer else last_day
    return Opening(is_open, late, last_day, None, until)


def rulebook(category: ProjectCategory) -> Rulebook:
    """The rules of the category's plan."""
    return rulebook_of(category.plan)


def nomination_in_scope(viewer: Viewer, nomination_id: int) -> Nomination | None:
    """The nomination with this id, when the viewer may see it."""
    return db.session.scalar(
        select(Nomination).where(Nomination.id == nomination_id, permissions.visible(viewer))
    )


def list_in_scope(viewer: Viewer, list_id: int) -> NominationList | None:
    """The handed-in list with this id, when the viewer may see it."""
    return db.session.scalar(
        select(NominationList).where(
            NominationList.id == list_id, permissions.visible_lists(viewer)
        )
    )


def used_as_at(category_id: int, path: str, as_at: datetime) -> dict[tuple[int, int], int]:
    """Places taken by names at a moment, by (body, project), below a body of the quota tree.

    Read from the change log, so it is known for any moment; green names count where the plan takes
    them out of the quota (A-09).
    """
    category = db.session.get_one(ProjectCategory, category_id)
    within = rulebook(category).text("green_channel.basis") == "within"
    last = (
        select(NominationStep.nomination_id, NominationStep.to_state)
        .where(NominationStep.at <= as_at)
        .distinct(NominationStep.nomination_id)
        .order_by(NominationStep.nomination_id, NominationStep.id.desc())
        .subquery()
    )
    statement = (
        select(Nomination.nominator_id, Nomination.project_id, func.count())
        .join(last, last.c.nomination_id == Nomination.id)
        .where(
            Nomination.category_id == category_id,
            Nomination.quota_path.startswith(path, autoescape=True),
            last.c.to_state.in_(_ALIVE),
        )
        .group_by(Nomination.nominator_id, Nomination.project_id)
    )
    if not within:
        statement = statement.where(Nomination.channel == Channel.REGULAR)
    return {(body, project): n for body, project, n in db.session.execute(statement)}


def history(nomination: Nomination) -> Sequence[NominationStep]:
    """The change log of one nomination, the newest first."""
    return db.session.scalars(
        select(NominationStep)
        .options(joinedload(NominationStep.organisation))
        .where(NominationStep.nomination_id == nomination.id)
        .order_by(NominationStep.id.desc())
    ).all()


def replaced_by(nomination: Nomination) -> Nomination | None:
    """The nomination that stepped in for this one."""
    return db.session.scalar(select(Nomination).where(Nomination.replaces_id == nomination.id))


def of_teacher(teacher_id: int) -> Sequence[Nomination]:
    """Every nomination of one teacher, the newest first."""
    return db.session.scalars(
        select(Nomination).where(Nomination.teacher_id == teacher_id).order_by(Nomination.id.desc())
    ).all()


def category_with_places(viewer: Viewer, category_id: int) -> ProjectCategory | None:
    """A category of a published plan whose places are filled by nominations."""
    if not permissions.may_look(viewer):
        return None
    return db.session.scalar(
        select(ProjectCategory)
        .join(Plan, Plan.id == ProjectCategory.plan_id)
        .where(
            ProjectCategory.id == category_id,
            ProjectCategory.has_quota_table,
            Plan.state.in_(["issued", "running", "closing", "archived"]),
        )
    )


def todo(viewer: Viewer) -> list[TodoItem]:
    """Names that wait for this desk's signature, one line for each category (HN-37, HN-40)."""
    if not viewer.is_any(*NOMINATORS, *PROVINCE_OFFICERS):
        return []
    here = viewer.organisation_id
    alone = signers_at([here], clock.today()).get(here, 0) <= 1
    rows = db.session.execute(
        select(ProjectCategory, func.count(Nomination.id))
        .join(Nomination, Nomination.category_id == ProjectCategory.id)
        .join(Plan, Plan.id == ProjectCategory.plan_id)
        .where(
            Nomination.waits_at_id == here,
            # What one has entered oneself is a colleague's to sign, where there is one (HN-37).
            (Nomination.entered_by_id.is_distinct_from(viewer.user_id))
            | (Nomination.state == NominationState.RETURNED)
            | literal(alone),
            # What the province returned to a city is named by the line of its list.
            (Nomination.state != NominationState.RETURNED)
            | Nomination.list_id.is_(None)
            | literal(permissions.level_of(viewer) is not Level.CITY),
            Plan.state.in_(["issued", "running", "closing"]),
            # The province decides on lists, which have a line of their own.
            Nomination.list_id.is_(None) | ~literal(viewer.is_any(*PROVINCE_OFFICERS)),
        )
        .group_by(ProjectCategory.id)
        .order_by(ProjectCategory.id)
    ).all()
    items = []
    body = db.session.get_one(Organisation, viewer.organisation_id)
    now = clock.now()
    for category, waiting in rows:
        items.append(
            TodoItem(
                t(
                    "Sign nominations: %(category)s, %(n)s names",
                    category=category.name,
                    n=f"{waiting:,}",
                ),
                f"/nominations/{category.id}/desk",
                opening(category.plan, body, now).until,
                rulebook_of(category.plan).source(WINDOW).citation(),
                place="nominations",
                count=waiting,
            )
        )
    return items
