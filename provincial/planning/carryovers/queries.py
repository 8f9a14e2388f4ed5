"""Reading which nominations go along with a body or a record, and what that means."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from provincial.core.db import db
from provincial.core.findings import Finding, Severity
from provincial.core.text import t
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import OrganisationChange
from provincial.people.teachers.rules import TeacherMerge
from provincial.people.transfers.rules import Move
from provincial.planning.carryovers.rules import twice_finding
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.queries import of_teacher
from provincial.planning.nominations.rules import ALIVE
from provincial.planning.plans.models import Project

_ALIVE = [state.value for state in ALIVE]


def following(change: TeacherMerge) -> Sequence[Nomination]:
    """What goes along when two records of a teacher become one, or part again."""
    wanted = (
        Nomination.id.in_(change.moved)
        if change.undone
        else Nomination.teacher_id == change.gone_id
    )
    return db.session.scalars(
        select(Nomination).where(wanted).order_by(Nomination.id).with_for_update(of=Nomination)
    ).all()


def twice(change: TeacherMerge) -> list[str]:
    """Projects in which both records hold a place."""
    if change.undone:
        return []
    both = (
        select(Nomination.project_id)
        .where(
            Nomination.teacher_id.in_([change.gone_id, change.kept_id]),
            Nomination.state.in_(_ALIVE),
        )
        .group_by(Nomination.project_id)
        .having(func.count(Nomination.teacher_id.distinct()) > 1)
    )
    return list(db.session.scalars(select(Project.name).where(Project.id.in_(both))))


def preview_teacher_merge(change: TeacherMerge) -> list[Finding]:
    """How many nominations go along with a merged record, and what stands in the way."""
    stops = [twice_finding(project) for project in twice(change)]
    count = len(following(change))
    if not count:
        return stops
    message = t("%(count)s nominations go along.", count=count)
    along = Finding(Severity.PASS, message, "HN-37", "nominations", measured=str(count))
    return [*stops, along]


def preview_teacher_move(move: Move) -> list[Finding]:
    """What a change of school means for a nomination: the place stays with its cell (HN-37)."""
    return [
        Finding(
            Severity.WARN,
            t(
                "Nominated for %(project)s on a place of %(body)s; the place stays there, and both "
                "bodies are asked.",
                project=nomination.project.name,
                body=nomination.nominator.name,
            ),
            rule="HN-37",
            code="nominated",
        )
        for nomination in of_teacher(move.teacher_id)
        if nomination.status in ALIVE
    ]


def cell_of(project: Project, holder: Organisation) -> Quota:
    """The cell of a project on a body's sheet."""
    return db.session.scalars(
        select(Quota)
        .join(QuotaSheet, QuotaSheet.id == Quota.sheet_id)
        .where(Quota.project_id == project.id, QuotaSheet.organisation_id == holder.id)
    ).one()


def astray() -> Sequence[Nomination]:
    """Nominations whose holder has moved or merged, or whose desk acts no more."""
    holder, desk = aliased(Organisation), aliased(Organisation)
    moved = (holder.quota_path != Nomination.quota_path) | (holder.state == "merged")
    return db.session.scalars(
        select(Nomination)
        .join(holder, holder.id == Nomination.nominator_id)
        .outerjoin(desk, desk.id == Nomination.waits_at_id)
        .where(Nomination.state.in_(_ALIVE), moved | (desk.state != "active"))
        .order_by(Nomination.id)
        .with_for_update(of=Nomination)
    ).all()


def preview_organisation_change(change: OrganisationChange) -> list[Finding]:
    """How many nominations a planned change of the tree carries along."""
    touched = db.session.scalar(
        select(func.count(Nomination.id))
        .join(Organisation, Organisation.id == change.organisation_id)
        .where(
            Nomination.state.in_(_ALIVE), Nomination.quota_path.startswith(Organisation.quota_path)
        )
    )
    if not touched or not (change.quota_moves or change.successor_id):
        return []
    message = t("%(n)s nominations move along with their places.", n=touched)
    return [Finding(Severity.WARN, message, rule="HN-37", code="nominations")]
