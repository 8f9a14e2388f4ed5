"""Reading categories and columns."""

from __future__ import annotations

from sqlalchemy import select

from provincial.core.db import db
from provincial.core.viewer import Viewer
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.planning.plans.permissions import visible


def category_in_scope(viewer: Viewer, category_id: int) -> ProjectCategory | None:
    """The category with this id, when its plan is in the viewer's sight."""
    return db.session.scalar(
        select(ProjectCategory).join(Plan).where(ProjectCategory.id == category_id, visible(viewer))
    )


def columns(category: ProjectCategory) -> list[Project]:
    """The category's columns in order, read afresh."""
    statement = select(Project).where(Project.category_id == category.id)
    return list(db.session.scalars(statement.order_by(Project.position, Project.id)))
