"""Reading supplementary notices and what they touch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import ALLOCATION_UNITS, Kind
from provincial.planning.amendments import permissions, rules
from provincial.planning.plans import queries as plans
from provincial.planning.plans.models import (
    Extension,
    Plan,
    PlanRulebookVersion,
    SupplementaryNotice,
)
from provincial.planning.plans.permissions import visible as plan_visible
from provincial.planning.plans.rules import window_of
from provincial.rulebook import schema
from provincial.rulebook.loader import Rulebook, from_data
from provincial.rulebook.records import Source
from provincial.rulebook.values import Value, read


def notice_in_scope(viewer: Viewer, notice_id: int) -> SupplementaryNotice | None:
    """The notice with this id, when plan and notice are in the viewer's sight."""
    return db.session.scalar(
        select(SupplementaryNotice)
        .join(Plan)
        .where(
            SupplementaryNotice.id == notice_id, plan_visible(viewer), permissions.visible(viewer)
        )
    )


def due(on: date) -> Sequence[int]:
    """Ids of approved notices whose day has come, the earliest first."""
    statement = select(SupplementaryNotice.id).where(
        SupplementaryNotice.state == "approved", SupplementaryNotice.effective_on <= on
    )
    return list(
        db.session.scalars(
            statement.order_by(SupplementaryNotice.effective_on, SupplementaryNotice.id)
        )
    )


def value_of(key: str, raw: object) -> Value:
    """A changed value as it stands in a notice."""
    return None if raw is None else read(schema.PARAMETERS[key], raw)


def changed_rulebook(notice: SupplementaryNotice, rulebook: Rulebook) -> Rulebook:
    """The rulebook with the notice's values, each citing the notice."""
    for key, change in notice.changes.items():
        source = Source(
            rule=rulebook.source(key).rule,
            article=change["article"],
            quote=change["quote"],
            note=notice.title,
            document=f"supplement-{notice.id}",
            cite_as=notice.doc_number,
        )
        rulebook = rulebook.with_value(key, value_of(key, change["after"]), source)
    return rulebook


def touched(notice: SupplementaryNotice) -> list[dict[str, object]]:
    """Windows that move, extensions of them, categories and bodies that the notice concerns."""
    plan = notice.plan
    after = changed_rulebook(notice, plans.current_rulebook(plan))
    found: list[dict[str, object]] = []
    for key in notice.changes:
        dates = window_of(after, key, plan.issued_on)
        window = plans.window(plan.id, key)
        if window is not None and dates is not None:
            before = plans.last_day(window).isoformat()
            line = {"kind": "window", "key": key, "id": window.id}
            found.append({**line, "before": before, "after": dates.closes.isoformat()})
            found += [
                {
                    "kind": "extension",
                    "id": window.id,
                    "name": extension.organisation.name,
                    "before": plans.last_day(extension).isoformat(),
                    "after": dates.closes.isoformat(),
                }
                for extension in _extensions(window.id)
            ]
    concerned = any(rules.touches_quota_tables(key) for key in notice.changes)
    for category in plan.categories:
        if category.has_quota_table or not concerned:
            found.append({"kind": "category", "id": category.id, "name": category.name})
    for audience in rules.audiences(list(notice.changes)):
        found.append({"kind": "bodies", "audience": audience, "count": len(bodies(audience))})
    return found


def _extensions(window_id: int) -> Sequence[Extension]:
    statement = (
        select(Extension)
        .options(joinedload(Extension.organisation))
        .where(Extension.window_id == window_id, Extension.withdrawn_at.is_(None))
    )
    return list(db.session.scalars(statement.order_by(Extension.id)))


def bodies(audience: str) -> Sequence[int]:
    """Ids of the active bodies of an audience."""
    kinds = (
        [kind.value for kind in ALLOCATION_UNITS]
        if audience == "allocation_units"
        else [Kind.INSTITUTION.value]
    )
    statement = select(Organisation.id).where(
        Organisation.kind.in_(kinds), Organisation.state == "active"
    )
    return list(db.session.scalars(statement.order_by(Organisation.id)))


def shown_touches(notice: SupplementaryNotice) -> list[dict[str, object]]:
    """What a notice touches: counted afresh until it is decided, as it was decided afterwards."""
    return touched(notice) if notice.state in ("draft", "submitted") else list(notice.touches)


def version_of(notice: SupplementaryNotice) -> PlanRulebookVersion | None:
    """The newest version of the rulebook that the notice made."""
    return db.session.scalar(
        select(PlanRulebookVersion)
        .where(PlanRulebookVersion.notice_id == notice.id)
        .order_by(PlanRulebookVersion.version.desc())
        .limit(1)
    )


def latest_version(plan: Plan) -> int:
    """The number of the newest version."""
    statement = select(func.max(PlanRulebookVersion.version)).where(
        PlanRulebookVersion.plan_id == plan.id
    )
    return int(db.session.scalar(statement) or 0)


def version_content(plan: Plan, version: int) -> Rulebook:
    """The rulebook of one version; what holds now when there is no such version."""
    statement = select(PlanRulebookVersion).where(
        PlanRulebookVersion.plan_id == plan.id, PlanRulebookVersion.version == version
    )
    found = db.session.scalar(statement)
    return from_data(found.content) if found else plans.current_rulebook(plan)
