"""Reading the runs of this room."""

from __future__ import annotations

from sqlalchemy import select

from provincial.core.db import db
from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun


def run_in_scope(viewer: Viewer, run_id: int) -> ImportRun | None:
    """A run of the schools import of the viewer's own body."""
    return db.session.scalar(
        select(ImportRun).where(
            ImportRun.id == run_id,
            ImportRun.kind == "schools",
            ImportRun.organisation_id == viewer.organisation_id,
        )
    )
