"""Reading a desk: what waits there, by project, and what may be done with each name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.core.findings import blocking
from provincial.core.viewer import Viewer
from provincial.people.teachers.models import Teacher
from provincial.planning.nominations import queries as nominations
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.permissions import level_of, steps
from provincial.planning.nominations.rules import Level
from provincial.planning.plans.models import Project, ProjectCategory
from provincial.planning.signing import permissions
from provincial.planning.signing.rules import Tick, own_entry_finding

#: Names on one page of a desk; a desk with more is worked project by project.
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits at a body in a category: counts by project, and the names shown with their ticks."""

    level: Level
    signers: int
    projects: Sequence[tuple[Project, int]]
    rows: Sequence[tuple[Nomination, Tick]]

    @property
    def total(self) -> int:
        """How many names wait in all projects."""
        return sum(n for _project, n in self.projects)

    @property
    def hands_in_list(self) -> bool:
        """Whether this desk submits a list instead of signing names."""
        return self.level is Level.CITY

    @property
    def decides_on_lists(self) -> bool:
        """Whether this desk confirms and returns whole lists instead of names."""
        return self.level is Level.PROVINCE

    @property
    def groups(self) -> list[tuple[Project, list[tuple[Nomination, Tick]]]]:
        """The names shown, project by project."""
        found: dict[int, tuple[Project, list[tuple[Nomination, Tick]]]] = {}
        for nomination, tick in self.rows:
            project = nomination.project
            found.setdefault(project.id, (project, []))[1].append((nomination, tick))
        return list(found.values())


def desk(viewer: Viewer, category: ProjectCategory, project_id: int | None, on: date) -> Desk:
    """The desk of the viewer's body; ``project_id`` shows one project only."""
    here = (
        Nomination.waits_at_id == viewer.organisation_id,
        Nomination.category_id == category.id,
    )
    projects = db.session.execute(
        select(Project, func.count(Nomination.id))
        .join(Nomination, Nomination.project_id == Project.id)
        .where(*here)
        .group_by(Project.id)
        .order_by(Project.position)
    ).all()
    statement = select(Nomination).join(Project, Project.id == Nomination.project_id).where(*here)
    if project_id is not None:
        statement = statement.where(Nomination.project_id == project_id)
    rows = db.session.scalars(
        statement.join(Teacher, Teacher.id == Nomination.teacher_id)
        .options(
            joinedload(Nomination.teacher),
            joinedload(Nomination.school),
            joinedload(Nomination.nominator),
            joinedload(Nomination.project),
        )
        .order_by(Project.position, Teacher.search_key, Nomination.id)
        .limit(AT_ONCE)
    ).all()
    signers = nominations.signers_at([viewer.organisation_id], on).get(viewer.organisation_id, 0)
    ticks = _ticks(viewer, rows, signers, on)
    return Desk(
        level_of(viewer),
        signers,
        [(project, int(n)) for project, n in projects],
        [(row, ticks[row.id]) for row in rows],
    )


def tick_of(viewer: Viewer, nomination: Nomination, on: date) -> Tick:
    """What this viewer's desk may do with one nomination."""
    here = viewer.organisation_id
    signers = nominations.signers_at([here], on).get(here, 0)
    return _ticks(viewer, [nomination], signers, on)[nomination.id]


def _ticks(viewer: Viewer, rows: Sequence[Nomination], signers: int, on: date) -> dict[int, Tick]:
    bans = nominations.ban_findings_now(rows, on)
    found = {}
    for row in rows:
        actions = {step.action for step in steps(viewer, row)}
        stops = [*blocking(bans.get(row.id, ()))]
        own = row.entered_by_id == viewer.user_id
        may_sign = permissions.may_sign(viewer, row)
        if own and row.waits_at_id == viewer.organisation_id:
            stops.append(own_entry_finding())
        found[row.id] = Tick(
            signs=may_sign and not stops,
            passes_up="pass_up" in actions and signers <= 1,
            returns="return" in actions,
            refuses="refuse" in actions,
            stops=stops,
        )
    return found


def waiting_here(viewer: Viewer, category_id: int, ids: Sequence[int]) -> list[Nomination]:
    """Those of ``ids`` that wait at the viewer's desk in a category."""
    return list(
        db.session.scalars(
            select(Nomination)
            .where(
                Nomination.id.in_(ids),
                Nomination.category_id == category_id,
                Nomination.waits_at_id == viewer.organisation_id,
            )
            .order_by(Nomination.id)
        )
    )
