"""Which places a change of the tree touches."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import aliased

from provincial.core.db import db
from provincial.core.findings import Finding
from provincial.people.organisations.rules import OrganisationChange
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.moves.rules import change_finding
from provincial.planning.quotas.queries import holdings


def preview_organisation_change(change: OrganisationChange) -> list[Finding]:
    """What a planned change of the tree does to places, and what stands in its way."""
    found = []
    for holding in holdings(change.organisation_id):
        if holding.held:
            found.append(
                change_finding(
                    change.kind, holding.category.name, holding.held, holding.given, holding.used
                )
            )
    return [finding for finding in found if finding is not None]


def fed_by(giver_id: int, candidates: Iterable[int]) -> list[int]:
    """Those of ``candidates`` that hold places handed down by ``giver_id`` in a running plan."""
    above = aliased(QuotaSheet)
    return list(
        db.session.scalars(
            select(QuotaSheet.organisation_id)
            .join(above, above.id == QuotaSheet.parent_id)
            .where(
                above.organisation_id == giver_id, QuotaSheet.organisation_id.in_(list(candidates))
            )
            .distinct()
            .order_by(QuotaSheet.organisation_id)
        )
    )
