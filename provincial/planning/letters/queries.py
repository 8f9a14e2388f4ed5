"""Reading what a letter is written from: the rulebook's words, the last letter, the figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from provincial.core.db import db
from provincial.office.papers.models import Paper
from provincial.people.organisations.models import Organisation
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.letters.rules import GreenRule, Rounding
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.rulebook.loader import Rulebook, from_data

KIND = "quota_letter"
ABOUT = "quota_sheet"


def rulebook_of(plan: Plan) -> Rulebook:
    """The plan's own copy of its rulebook."""
    return from_data(plan.rulebook)


def green_rule(rulebook: Rulebook, category: ProjectCategory, holder_kind: str) -> GreenRule | None:
    """The green channel where it applies: to this category and this kind of holder (HN-41, A-09)."""
    if not rulebook.applies("green_channel"):
        return None
    if category.code not in rulebook.texts("green_channel.categories"):
        return None
    if holder_kind not in rulebook.texts("green_channel.holders"):
        return None
    ratio = rulebook.ratio("green_channel.ratio")
    if ratio is None:
        return None
    return GreenRule(
        ratio,
        rulebook.text("green_channel.unit") or "column",
        Rounding(rulebook.text("green_channel.rounding") or Rounding.HALF_UP),
        rulebook.text("green_channel.basis") or "additional",
        rulebook.text("green_channel.scheme") or "",
    )


@dataclass(frozen=True, slots=True)
class Receiver:
    """A body that receives places from a sheet, with its own sheet and its last valid letter."""

    organisation: Organisation
    sheet: QuotaSheet
    last: Paper | None


def receivers(parent: QuotaSheet, organisation_ids: Iterable[int] | None = None) -> list[Receiver]:
    """Those directly below ``parent`` that hold places, in their official order."""
    statement = (
        select(QuotaSheet, Organisation)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .where(QuotaSheet.parent_id == parent.id)
        .order_by(Organisation.sort_order, Organisation.id)
    )
    if organisation_ids is not None:
        statement = statement.where(Organisation.id.in_(list(organisation_ids)))
    rows = db.session.execute(statement).tuples().all()
    letters = valid_letters(sheet.id for sheet, _body in rows)
    return [Receiver(body, sheet, letters.get(sheet.id)) for sheet, body in rows]


def valid_letters(sheet_ids: Iterable[int]) -> dict[int, Paper]:
    """The letter that counts now for each sheet."""
    found = db.session.scalars(
        select(Paper).where(
            Paper.kind == KIND,
            Paper.about_type == ABOUT,
            Paper.about_id.in_(list(sheet_ids)),
            Paper.state == "valid",
        )
    )
    return {paper.about_id: paper for paper in found}


def letter_of(sheet: QuotaSheet) -> Paper | None:
    """The letter by which this sheet's places were handed down."""
    return valid_letters([sheet.id]).get(sheet.id)


def letters_of(sheet: QuotaSheet) -> list[Paper]:
    """Every letter about this sheet, newest first."""
    return list(
        db.session.scalars(
            select(Paper)
            .where(Paper.kind == KIND, Paper.about_type == ABOUT, Paper.about_id == sheet.id)
            .order_by(Paper.id.desc())
        )
    )


def places_by_project(sheet_ids: Iterable[int]) -> dict[int, dict[int, tuple[Project, int]]]:
    """What sheets hold: by sheet, then project, in the order of the table."""
    rows = db.session.execute(
        select(Quota.sheet_id, Project, Quota.held)
        .join(Project, Project.id == Quota.project_id)
        .where(Quota.sheet_id.in_(list(sheet_ids)))
        .order_by(Project.position)
    )
    result: dict[int, dict[int, tuple[Project, int]]] = {}
    for sheet_id, project, held in rows:
        result.setdefault(sheet_id, {})[project.id] = (project, held)
    return result


def province_and_city(body: Organisation) -> str:
    """The name under which a body numbers its letters: unique, so a county names its city too."""
    parent = body.quota_parent
    if parent is None or parent.quota_parent_id is None:
        return body.name
    return parent.name + body.name
