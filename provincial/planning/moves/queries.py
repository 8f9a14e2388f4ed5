"""Which places a change of the tree touches."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import aliased

from provincial.core.db import db
from provincial.core.findings import Finding
from provincial.people.organisations.rules import OrganisationChange
from provincial.planning.ledger import queries as ledger
from provincial.planning.ledger.models import Quota, QuotaEntry, QuotaSheet
from provincial.planning.letters.queries import valid_letters
from provincial.planning.moves.rules import change_finding, letters_finding
from provincial.planning.quotas.queries import Holding, holdings


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
            found.append(letters_finding(change.kind, holding.category.name, _letters(holding)))
    return [finding for finding in found if finding is not None]


def _letters(holding: Holding) -> int:
    """How many letters to the body and to those above it in its chain stand now."""
    return len(valid_letters([holding.sheet.id, *ledger.chain_above(holding.sheet.id)]))


def givers_of(batch_ids: Iterable[int]) -> list[tuple[QuotaSheet, list[int]]]:
    """The sheets from which bodies touched by these acts hold places, from the top down."""
    rows = db.session.execute(
        select(QuotaSheet.parent_id, QuotaSheet.organisation_id)
        .distinct()
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .join(QuotaEntry, QuotaEntry.quota_id == Quota.id)
        .where(QuotaEntry.batch_id.in_(list(batch_ids)), QuotaSheet.parent_id.is_not(None))
        .order_by(QuotaSheet.organisation_id)
    )
    found: dict[int, list[int]] = {}
    for giver, body in rows.tuples():
        found.setdefault(int(giver or 0), []).append(body)
    return [(db.session.get_one(QuotaSheet, g), found[g]) for g in ledger.top_down(found)]


def bodies_with_letter(giver_id: int, organisation_ids: Iterable[int]) -> list[int]:
    """Those of the bodies below a sheet whose letter stands."""
    sheets = db.session.execute(
        select(QuotaSheet.id, QuotaSheet.organisation_id).where(
            QuotaSheet.parent_id == giver_id,
            QuotaSheet.organisation_id.in_(list(organisation_ids)),
        )
    )
    bodies = dict(sheets.tuples().all())
    return [bodies[sheet] for sheet in valid_letters(bodies)]


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
