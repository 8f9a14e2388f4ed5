"""Reading the conditions of projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from provincial.core.db import db
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.planning.conditions.rules import RULE, Conditions
from provincial.planning.plans.models import Plan, Project, ProjectCategory, SupplementaryNotice
from provincial.planning.plans.permissions import visible
from provincial.planning.plans.queries import current_rulebook
from provincial.rulebook.loader import Rulebook


@dataclass(frozen=True, slots=True)
class ProjectConditions:
    """One project with what it asks of teachers."""

    project: Project
    conditions: Conditions


def conditions_of(project: Project) -> Conditions:
    """What a project asks of a teacher; stage and subject are the project's own."""
    stage = project.stage if project.stage != "other" else ""
    return Conditions.from_data(project.conditions, stage=stage, subject=project.subject)


def project_in_scope(viewer: Viewer, project_id: int) -> Project | None:
    """The project with this id, when its plan is in the viewer's sight."""
    return db.session.scalar(
        select(Project)
        .join(ProjectCategory)
        .join(Plan)
        .where(Project.id == project_id, visible(viewer))
    )


def of_category(category: ProjectCategory) -> list[ProjectConditions]:
    """Every project of a category in the order of its table, with its conditions."""
    projects = db.session.scalars(
        select(Project)
        .where(Project.category_id == category.id)
        .order_by(Project.position, Project.id)
    )
    return [ProjectConditions(project, conditions_of(project)) for project in projects]


def notices_in_force(plan: Plan) -> Sequence[SupplementaryNotice]:
    """Supplementary notices that have changed the plan, the latest first."""
    return db.session.scalars(
        select(SupplementaryNotice)
        .where(SupplementaryNotice.plan_id == plan.id, SupplementaryNotice.state == "in_force")
        .order_by(SupplementaryNotice.effective_on.desc(), SupplementaryNotice.id.desc())
    ).all()


def category_link(category: ProjectCategory, _viewer: Viewer) -> tuple[Text, str] | None:
    """What the projects of a category ask of teachers, for its plan's page."""
    if not category.projects:
        return None
    return t("Conditions for trainees"), f"/conditions/{category.id}"


def article_of(plan: Plan) -> str:
    """The article under which the plan asks for conditions (HN-37), as papers cite it."""
    return articles(current_rulebook(plan)).get(RULE, "")


def articles(rulebook: Rulebook) -> dict[str, str]:
    """The article by rule or interpretation id, of every value that the notice gives."""
    found: dict[str, str] = {}
    for key in rulebook.listed:
        source = rulebook.source(key)
        for name in (source.rule, source.interpretation):
            if name and source.citation():
                found.setdefault(name, source.citation())
    return found
