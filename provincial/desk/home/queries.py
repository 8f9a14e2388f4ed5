"""Reading for home: what waits, what changed in the viewer's scope, sums, and how far a body has come."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, func, select

from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.todo import TodoItem, TodoSource
from provincial.core.viewer import Viewer
from provincial.desk.home.rules import HolderNumbers, ProvinceFacts, ProvinceNumbers
from provincial.office.journal import permissions as journal
from provincial.office.journal.models import JournalEvent
from provincial.people.accounts.models import Membership
from provincial.people.accounts.rules import PROVINCE_RUNS
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import sees_province
from provincial.people.organisations.queries import has_contact
from provincial.people.organisations.rules import ALLOCATION_UNITS, Kind
from provincial.planning.allocations.models import QuotaTable
from provincial.planning.deadlines.queries import deadline
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.plans.models import Plan, ProjectCategory

#: Events of one page; runs of the same act become one line.
CHANGES = 40
#: Acts that concern one person's account or reading, not the work of a body.
_QUIET = (
    "access.",
    "accounts.",
    "acting.",
    "audit.",
    "journal.",
    "jobs.",
    "messages.",
    "proofs.",
    "papers.mark_read",
    "integrity.look",
)
#: Looking and taking away change nothing.
_QUIET_VERBS = (".reveal_contact", ".export")
#: Who works for a body but does not run it sees only what they did themselves.
_OWN_ACTS_ONLY = ("teacher", "expert")
_NOT_YET = ("draft", "issuing", "discarded")


def waiting(sources: Iterable[TodoSource], viewer: Viewer) -> list[TodoItem]:
    """What every room says waits for this viewer."""
    return [item for source in sources for item in source(viewer)]


def changes(viewer: Viewer, *, after: str = "", before: str = "") -> Page[JournalEvent]:
    """One page of what happened within the viewer's scope, newest first."""
    keys = [Key(JournalEvent.id, descending=True)]
    return paginate(db.session(), _changes(viewer), keys, after=after, before=before, size=CHANGES)


def _changes(viewer: Viewer) -> Select[JournalEvent]:
    event = JournalEvent
    statement = select(event)
    for prefix in _QUIET:
        statement = statement.where(~event.action.startswith(prefix))
    for verb in _QUIET_VERBS:
        statement = statement.where(~event.action.contains(verb))
    # A table issued or locked writes a letter to each body: told once there, and to each its own.
    own = event.org_path.in_((viewer.path, viewer.quota_path))
    statement = statement.where((event.action != "papers.issue") | own)
    if viewer.is_any(*_OWN_ACTS_ONLY):
        return statement.where(event.actor_id == viewer.user_id)
    return statement if sees_province(viewer) else statement.where(journal.visible(viewer))


def province_numbers(plan_id: int) -> ProvinceNumbers:
    """The sums of the whole province in one plan."""
    school = Organisation.kind == Kind.SCHOOL
    below = QuotaSheet.parent_id.is_not(None)
    sums = (
        select(
            QuotaSheet.id,
            QuotaSheet.parent_id.is_(None).label("is_root"),
            school.label("is_school"),
            (below & ~school).label("hands_down"),
            func.coalesce(func.sum(Quota.held), 0).label("held"),
            # What a body fills by nominations of its own is not left to be handed down (HN-37).
            func.coalesce(func.sum(Quota.given + Quota.used), 0).label("given"),
        )
        .join(ProjectCategory, ProjectCategory.id == QuotaSheet.category_id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .where(ProjectCategory.plan_id == plan_id)
        .group_by(QuotaSheet.id, Organisation.kind)
        .subquery()
    )
    holds = sums.c.hands_down & (sums.c.held > 0)
    row = db.session.execute(
        select(
            func.coalesce(func.sum(sums.c.held).filter(sums.c.is_root), 0),
            func.coalesce(func.sum(sums.c.held).filter(sums.c.is_school), 0),
            func.count().filter(holds),
            func.count().filter(holds & (sums.c.given < sums.c.held)),
        )
    ).one()
    waiting_tables = db.session.scalar(
        select(func.count())
        .select_from(QuotaTable)
        .join(ProjectCategory, ProjectCategory.id == QuotaTable.category_id)
        .where(ProjectCategory.plan_id == plan_id, QuotaTable.state.in_(("draft", "submitted")))
    )
    issued, at_schools, holders, unfinished = (int(value) for value in row)
    return ProvinceNumbers(issued, at_schools, holders, unfinished, waiting_tables or 0)


def holder_numbers(organisation_id: int, plan_id: int) -> HolderNumbers | None:
    """What one body holds in one plan, all its categories together; nothing when it holds none."""
    sheets = db.session.scalars(
        select(QuotaSheet)
        .join(ProjectCategory, ProjectCategory.id == QuotaSheet.category_id)
        .where(QuotaSheet.organisation_id == organisation_id, ProjectCategory.plan_id == plan_id)
        .order_by(QuotaSheet.id)
    ).all()
    if not sheets:
        return None
    held, given = db.session.execute(
        select(
            func.coalesce(func.sum(Quota.held), 0), func.coalesce(func.sum(Quota.given), 0)
        ).where(Quota.sheet_id.in_([sheet.id for sheet in sheets]))
    ).one()
    days = [due.day for sheet in sheets if (due := deadline(sheet)).day is not None]
    return HolderNumbers(int(held), int(given), min(days, default=None))


def province_facts(office: Organisation) -> ProvinceFacts:
    """How far the province has come with its first plan."""
    units = select(func.count()).where(
        Organisation.quota_parent_id == office.id,
        Organisation.kind.in_(sorted(kind.value for kind in ALLOCATION_UNITS)),
    )
    officers = select(func.count(func.distinct(Membership.user_id))).where(
        Membership.organisation_id == office.id,
        Membership.role.in_(sorted(role.value for role in PROVINCE_RUNS)),
        Membership.ended_at.is_(None),
    )
    plans = select(func.count()).select_from(Plan)
    issued = plans.where(Plan.state.not_in(_NOT_YET))
    tables = select(func.count()).select_from(QuotaSheet)
    counts = [units, officers, plans, issued, tables]
    row = db.session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return ProvinceFacts(row[0], has_contact(office), row[1], row[2], row[3], row[4])


def own_body(viewer: Viewer) -> Organisation:
    """The body for which the viewer acts."""
    return db.session.get_one(Organisation, viewer.organisation_id)


def lacks_contact(body: Organisation) -> bool:
    """Whether the body has not yet named its responsible contact whole (HN-66)."""
    return not has_contact(body)
