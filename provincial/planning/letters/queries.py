"""Reading letters: the last one that counts, and the facts that a new one states."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from provincial.core.db import db
from provincial.office.papers.models import Paper
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.letters.rules import KIND


def latest(sheet_ids: Iterable[int]) -> dict[int, Paper]:
    """The letter that counts now, by the sheet that it speaks of."""
    rows = db.session.scalars(
        select(Paper)
        .where(
            Paper.about_type == "quota_sheet",
            Paper.about_id.in_(list(sheet_ids)),
            Paper.kind == KIND,
            Paper.state == "valid",
        )
        .order_by(Paper.id)
    )
    return {paper.about_id: paper for paper in rows}


def told_before(paper: Paper) -> dict[int, int]:
    """What a letter said, by project."""
    return {int(project): int(n) for project, n in paper.content.get("figures", {}).items()}


def children(sheet: QuotaSheet) -> list[QuotaSheet]:
    """The sheets directly below, in the official order of their bodies."""
    return list(
        db.session.scalars(
            select(QuotaSheet)
            .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
            .where(QuotaSheet.parent_id == sheet.id)
            .options(contains_eager(QuotaSheet.organisation))
            .order_by(Organisation.sort_order, Organisation.id)
        )
    )


def marks_of(body: Organisation) -> list[str]:
    """The names from below the province down to ``body``, for its letter numbers."""
    marks = [body.name]
    above = body.parent
    while above is not None and above.kind != Kind.PROVINCIAL_OFFICE:
        marks.insert(0, above.name)
        above = above.parent
    return marks
