"""Reading the copies that went out and the nominations that stand on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.planning.copies.models import NominationCopy
from provincial.planning.copies.rules import KIND
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.permissions import may_nominate
from provincial.planning.nominations.rules import ALIVE
from provincial.planning.plans.models import Project, ProjectCategory
from provincial.rulebook.people_words import TITLE_OF


def standing(category_id: int, quota_path: str, *, locked: bool = False) -> Sequence[Nomination]:
    """The nominations below a body that hold their places, in the order of a list."""
    statement = (
        select(Nomination)
        .join(Project, Project.id == Nomination.project_id)
        .where(
            Nomination.category_id == category_id,
            Nomination.quota_path.startswith(quota_path, autoescape=True),
            Nomination.state.in_([state.value for state in ALIVE]),
        )
        .options(
            joinedload(Nomination.teacher),
            joinedload(Nomination.school),
            joinedload(Nomination.project),
        )
        .order_by(Project.position, Nomination.id)
    )
    if locked:
        statement = statement.order_by(None).order_by(Nomination.id)
        statement = statement.with_for_update(of=Nomination)
    return db.session.scalars(statement).all()


def fields_of(nomination: Nomination) -> dict[str, str]:
    """What a copy says of a nomination and may bring back changed."""
    teacher = nomination.teacher
    return {
        "grounds": nomination.grounds,
        "note": nomination.note,
        "title": TITLE_OF[teacher.title].name if teacher.title else "",
        "since": teacher.since.isoformat() if teacher.since else "",
    }


def copies(category_id: int, organisation_id: int) -> Sequence[NominationCopy]:
    """The copies of a body, the newest first."""
    return db.session.scalars(
        select(NominationCopy)
        .where(
            NominationCopy.category_id == category_id,
            NominationCopy.organisation_id == organisation_id,
        )
        .order_by(NominationCopy.number.desc())
        .limit(50)
    ).all()


def copy_in_scope(viewer: Viewer, copy_id: int) -> NominationCopy | None:
    """A copy of the viewer's own body."""
    return db.session.scalar(
        select(NominationCopy).where(
            NominationCopy.id == copy_id,
            NominationCopy.organisation_id == viewer.organisation_id,
        )
    )


def by_number(category_id: int, organisation_id: int, number: int) -> NominationCopy | None:
    """The copy with this number."""
    return db.session.scalar(
        select(NominationCopy).where(
            NominationCopy.category_id == category_id,
            NominationCopy.organisation_id == organisation_id,
            NominationCopy.number == number,
        )
    )


def last_number(category_id: int, organisation_id: int) -> int:
    """The number of the newest copy, nought when none went out."""
    found = db.session.scalar(
        select(func.max(NominationCopy.number)).where(
            NominationCopy.category_id == category_id,
            NominationCopy.organisation_id == organisation_id,
        )
    )
    return found or 0


def by_codes(codes: Iterable[str]) -> dict[str, Nomination]:
    """Nominations by the code of their row."""
    found = db.session.scalars(
        select(Nomination)
        .where(Nomination.code.in_(sorted(set(codes))))
        .options(joinedload(Nomination.teacher), joinedload(Nomination.school))
    )
    return {one.code: one for one in found}


def run_in_scope(viewer: Viewer, run_id: int) -> ImportRun | None:
    """A run of this room, of the viewer's own body."""
    return db.session.scalar(
        select(ImportRun).where(
            ImportRun.id == run_id,
            ImportRun.kind == KIND,
            ImportRun.organisation_id == viewer.organisation_id,
        )
    )


def category_of(run: ImportRun) -> ProjectCategory:
    """The category of a returned copy."""
    return db.session.get_one(ProjectCategory, int(run.context["category"]))


def category_link(category: ProjectCategory, viewer: Viewer) -> tuple[Text, str] | None:
    """The way to the copies of a category's list, for those who send them out."""
    if not category.has_quota_table or not may_nominate(viewer):
        return None
    return t("Copies of the list"), f"/name-lists/{category.id}/copies"
