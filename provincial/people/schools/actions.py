"""Writing a checked list of schools, and taking it back as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import any_, delete, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import BigInteger, String

from provincial.core.db import db
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.journal.actions import record
from provincial.people.organisations.actions import NewBody, edit, hold_tree, register_many
from provincial.people.organisations.models import Organisation, OrganisationEvent
from provincial.people.organisations.rules import (
    ChangeKind,
    Kind,
    Particulars,
    SchoolFacts,
)
from provincial.people.schools.rules import SchoolRow

KIND = "schools"


def register_rows(rows: Sequence[SchoolRow], *, on: date, by: Viewer) -> list[int]:
    """Register the new schools of a checked list; answers their ids."""
    hold_tree()
    parents = _by_id({row.parent_id for row in rows})
    bodies = [
        NewBody(
            Kind.SCHOOL,
            row.code,
            row.name,
            parents[row.parent_id],
            parents[row.parent_id],
            Particulars(school=SchoolFacts(row.stages, row.is_rural, row.is_private)),
            1000,
        )
        for row in rows
    ]
    return register_many(bodies, on=on, by=by)


def change_rows(rows: Sequence[SchoolRow], *, by: Viewer) -> list[dict[str, Any]]:
    """Change the facts of the schools that exist; answers what they were before."""
    schools = _by_id({row.school_id for row in rows if row.school_id})
    before = []
    for row in rows:
        school = schools[row.school_id or 0]
        old = {
            "id": school.id,
            "stages": list(school.stages),
            "is_rural": school.is_rural,
            "is_private": school.is_private,
        }
        facts = SchoolFacts(row.stages, row.is_rural, row.is_private)
        edit(school, _with(school, facts), by=by)
        before.append(old | {"version": school.version})
    return before


def confirm(
    run: ImportRun,
    new: Sequence[SchoolRow],
    changed: list[dict[str, Any]],
    *,
    by: Viewer,
    expected_version: int | None = None,
) -> None:
    """Note on the run what was made: the new schools by their codes, the changed ones as they were."""
    codes = [row.code for row in new]
    wanted = any_(literal(codes, ARRAY(String)))
    ids = db.session.scalars(select(Organisation.id).where(Organisation.code == wanted)).all()
    effect = {"made": list(ids), "changed": changed}
    imports.confirm(run, effect, by=by, expected_version=expected_version)


def undo(run: ImportRun, reason: str, *, by: Viewer) -> None:
    """Take a whole import back while nothing builds on it; names what stands in the way."""
    hold_tree(alone=True)
    imports.undo(run, reason, by=by)
    made = list(run.effect.get("made", ()))
    _refuse_built_on(made)
    for old in run.effect.get("changed", ()):
        _put_back(old, by)
    wanted = any_(literal(made, ARRAY(BigInteger)))
    try:
        with db.session.begin_nested():
            db.session.execute(
                delete(OrganisationEvent).where(OrganisationEvent.organisation_id == wanted)
            )
            db.session.execute(delete(Organisation).where(Organisation.id == wanted))
    except IntegrityError as error:
        raise _in_the_way(error) from error
    for number in made:
        told = t("Taken back with its import")
        thing = (Organisation.__tablename__, number)
        record("schools.undo", thing, by=by, reason=reason, org_path=run.org_path, said=told)


def _refuse_built_on(made: Sequence[int]) -> None:
    """A school that has had a step since stays; so does all of the import."""
    wanted = any_(literal(list(made), ARRAY(BigInteger)))
    later = db.session.scalar(
        select(Organisation.name)
        .join(OrganisationEvent, OrganisationEvent.organisation_id == Organisation.id)
        .where(Organisation.id == wanted, OrganisationEvent.kind != ChangeKind.FOUNDED)
        .limit(1)
    )
    if later is not None:
        raise Refusal(
            t(
                "“%(name)s” has been renamed, moved or closed since; take that back first.",
                name=later,
            )
        )


def _put_back(old: dict[str, Any], by: Viewer) -> None:
    school = db.session.get(Organisation, old["id"])
    if school is None or school.version != old["version"]:
        name = school.name if school else ""
        raise Refusal(t("“%(name)s” has been edited since; take that back first.", name=name))
    facts = SchoolFacts(tuple(old["stages"]), old["is_rural"], old["is_private"])
    edit(school, _with(school, facts), by=by)


def _with(school: Organisation, facts: SchoolFacts) -> Particulars:
    aliases = tuple(school.aliases)
    return Particulars(school.formal_name, aliases, school.opened_on, facts)


def _by_id(ids: set[int] | set[int | None]) -> dict[int, Organisation]:
    wanted = any_(literal([number for number in ids if number], ARRAY(BigInteger)))
    found = db.session.scalars(select(Organisation).where(Organisation.id == wanted))
    return {body.id: body for body in found}


def _in_the_way(error: IntegrityError) -> Refusal:
    """Say which school is held by what; the database names the first."""
    detail = str(getattr(getattr(error.orig, "diag", None), "message_detail", "") or "")
    number = next((int(part) for part in detail.replace("(", ")").split(")") if part.isdigit()), 0)
    school = db.session.get(Organisation, number)
    what = next((words for table, words in _HOLDERS.items() if f'"{table}"' in detail), _OTHER)
    name = school.name if school else ""
    return Refusal(t("“%(name)s” is in use: %(what)s. Remove that first.", name=name, what=what))


_OTHER = t("other records")
_HOLDERS = {
    "membership": t("people act for it"),
    "invitation": t("somebody is invited"),
    "mandate": t("a mandate is recorded"),
    "yearly_figure": t("it has yearly figures"),
    "organisation": t("bodies stand below it"),
    "import_run": t("it has imported something"),
}
