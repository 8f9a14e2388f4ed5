"""Reading bans and integrity files: for checks, lists, one ban, one teacher, and what waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.core.findings import Finding, Severity
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.files.models import StoredFile
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import TeacherMerge
from provincial.planning.integrity import permissions
from provincial.planning.integrity.models import Ban, IntegrityRecord
from provincial.planning.integrity.rules import (
    BanFacts,
    BanPolicy,
    Stage,
    policy_of,
    stage_of,
)
from provincial.planning.plans.models import Plan
from provincial.planning.plans.queries import current_rulebook
from provincial.planning.plans.rules import PUBLISHED
from provincial.rulebook.loader import from_data

_LIVE = ("proposed", "in_force")


def bans_of(teacher_ids: Iterable[int]) -> dict[int, list[BanFacts]]:
    """The proposed and running bans of many teachers, in one statement; expired ones too.

    Teachers without a ban are left out. Feed the lists to ``rules.ban_findings``.
    """
    wanted = any_(literal(sorted(set(teacher_ids)), ARRAY(BigInteger)))
    rows = db.session.execute(
        select(
            Ban.id,
            Ban.teacher_id,
            Ban.cause,
            Ban.event_on,
            Ban.ends_on,
            Ban.state,
            Ban.training_name,
        )
        .where(Ban.teacher_id == wanted, Ban.state.in_(_LIVE))
        .order_by(Ban.teacher_id, Ban.id)
    )
    found: dict[int, list[BanFacts]] = {}
    for row in rows.tuples():
        found.setdefault(row[1], []).append(BanFacts(*row))
    return found


def policy_of_plan(plan: Plan) -> BanPolicy | None:
    """What a plan says of bans now; nothing when its notice knows none."""
    return policy_of(current_rulebook(plan))


def latest_policy() -> BanPolicy | None:
    """What the newest issued plan says of bans; for bans of paper lists, which have no plan."""
    states = [state.value for state in PUBLISHED]
    books = db.session.scalars(
        select(Plan.rulebook)
        .where(Plan.state.in_(states))
        .order_by(Plan.year.desc(), Plan.issued_on.desc(), Plan.id.desc())
    )
    return next((policy for book in books if (policy := policy_of(from_data(book)))), None)


def policy_for(ban: Ban) -> BanPolicy | None:
    """What the ban rests on: its plan's rulebook, else that of the newest plan."""
    policy = policy_of_plan(ban.plan) if ban.plan else None
    return policy or latest_policy()


def plans_with_bans(viewer: Viewer) -> list[Plan]:
    """Issued plans whose notice knows a ban, the newest first, to choose from."""
    states = [state.value for state in PUBLISHED]
    found = db.session.scalars(
        select(Plan).where(Plan.state.in_(states)).order_by(Plan.year.desc(), Plan.id.desc())
    )
    return [plan for plan in found if policy_of_plan(plan) is not None]


def stage(ban: Ban, today: date) -> Stage:
    """Where a ban stands for people on a day."""
    return stage_of(ban.state, ban.asked, ban.ends_on, today)


def teacher_in_scope(viewer: Viewer, teacher_id: int) -> Teacher | None:
    """The teacher with this id, when the viewer may open their file."""
    return db.session.scalar(
        select(Teacher)
        .where(Teacher.id == teacher_id, permissions.teachers_in_scope(viewer))
        .options(joinedload(Teacher.organisation))
    )


def own_teacher(viewer: Viewer) -> Teacher | None:
    """The register's record of the viewer's own person, when the account is tied to one."""
    if not permissions.is_teacher(viewer):
        return None
    return db.session.scalar(
        select(Teacher)
        .where(Teacher.id.in_(own_ids(viewer)))
        .options(joinedload(Teacher.organisation))
    )


def own_ids(viewer: Viewer) -> Select[Any]:
    """The record that the viewer's account is tied to, as a subquery."""
    return select(Teacher.id).where(
        Teacher.user_id == viewer.user_id, Teacher.merged_into_id.is_(None)
    )


def bans_of_teacher(teacher: Teacher) -> Sequence[Ban]:
    """Every ban of a teacher, the newest event first."""
    return db.session.scalars(
        select(Ban)
        .where(Ban.teacher_id == teacher.id)
        .options(joinedload(Ban.plan))
        .order_by(Ban.event_on.desc(), Ban.id.desc())
    ).all()


def records_of(teacher: Teacher) -> Sequence[IntegrityRecord]:
    """The lines of a teacher's file, the newest first, with those of records merged into it."""
    merged = select(Teacher.id).where(Teacher.merged_into_id == teacher.id)
    return db.session.scalars(
        select(IntegrityRecord)
        .where(
            or_(IntegrityRecord.teacher_id == teacher.id, IntegrityRecord.teacher_id.in_(merged))
        )
        .options(joinedload(IntegrityRecord.plan), joinedload(IntegrityRecord.evidence))
        .order_by(IntegrityRecord.on_date.desc(), IntegrityRecord.id.desc())
    ).all()


def record_in_scope(viewer: Viewer, record_id: int) -> IntegrityRecord | None:
    """One line of a file that the viewer may open."""
    return db.session.scalar(
        select(IntegrityRecord)
        .join(Teacher, Teacher.id == IntegrityRecord.teacher_id)
        .where(
            IntegrityRecord.id == record_id,
            or_(permissions.teachers_in_scope(viewer), Teacher.id.in_(own_ids(viewer))),
        )
    )


def files_of(ids: Iterable[int]) -> Sequence[StoredFile]:
    """Stored files by id, in order."""
    return db.session.scalars(
        select(StoredFile).where(StoredFile.id.in_(list(ids))).order_by(StoredFile.id)
    ).all()


def preview_teacher_merge(change: TeacherMerge) -> list[Finding]:
    """How many bans would go along when two records of a teacher become one, or part again."""
    whose = change.kept_id if change.undone else change.gone_id
    wanted = Ban.id.in_(change.moved) if change.undone else Ban.teacher_id == whose
    count = db.session.scalar(select(func.count(Ban.id)).where(wanted)) or 0
    if not count:
        return []
    message = t("%(count)s bans go along.", count=count)
    return [Finding(Severity.PASS, message, rule="HN-46", code="bans", measured=str(count))]
