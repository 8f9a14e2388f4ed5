"""Reading the documents of plans."""

from __future__ import annotations

from sqlalchemy import select

from provincial.core.db import db
from provincial.core.viewer import Viewer
from provincial.planning.plans.models import Plan, PlanDocument
from provincial.planning.plans.permissions import visible


def document_anyhow(viewer: Viewer, document_id: int) -> PlanDocument | None:
    """A document of a plan in scope, also one that was taken away."""
    return db.session.scalar(
        select(PlanDocument).join(Plan).where(PlanDocument.id == document_id, visible(viewer))
    )


def taken_away(plan: Plan) -> list[PlanDocument]:
    """Documents that were taken away and can be put back."""
    statement = select(PlanDocument).where(
        PlanDocument.plan_id == plan.id, PlanDocument.removed_at.is_not(None)
    )
    return list(db.session.scalars(statement.order_by(PlanDocument.id)))
