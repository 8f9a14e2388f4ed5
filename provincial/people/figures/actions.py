"""Writing yearly figures: one by one, from a checked spreadsheet, and taking an import back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from provincial.core.db import db
from provincial.core.refusals import Refusal, StaleVersion
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.journal.actions import record
from provincial.people.figures.queries import values_of
from provincial.people.figures.rules import Figures, checked, checked_year, figures_from_data
from provincial.people.organisations.models import Organisation, YearlyFigure

KIND = "figures"


def put(
    body: Organisation,
    year: int,
    figures: Figures,
    *,
    source: str = "edited",
    by: Viewer | None,
    version: int | None = None,
) -> YearlyFigure:
    """Write the figures of one body for one year; the journal keeps what they were.

    ``version`` is the one the page showed, 0 for no figures yet. Raises ``StaleVersion``.
    """
    checked(figures)
    checked_year(year)
    row = _locked(body.id, year)
    old = None if row.source == "" else values_of(row)
    if version is not None and version != (row.version if old else 0):
        theirs: dict[str, object] = dict((old or Figures()).as_data())
        raise StaleVersion(
            t("Somebody else has saved these figures in the meantime."), theirs=theirs
        )
    if old is not None and old == figures and row.source == source:
        return row
    for column, value in figures.as_columns().items():
        setattr(row, column, value)
    row.source = source
    row.version += 1 if old is not None else 0
    db.session.flush()
    record(
        "figures.put",
        body,
        by=by,
        before=old.as_data() if old else None,
        after={**figures.as_data(), "year": year, "source": source},
        label=body.name,
        org_path=body.path,
        said=t("Wrote the figures of %(year)s", year=str(year)),
    )
    return row


def put_many(
    year: int, rows: Sequence[tuple[int, Figures]], *, by: Viewer | None
) -> list[dict[str, Any]]:
    """Write the rows of a checked spreadsheet; answers what each was before, to undo it."""
    ids = sorted(number for number, _ in rows)
    bodies = {
        body.id: body
        for body in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))
    }
    effect: list[dict[str, Any]] = []
    for number, figures in sorted(rows, key=lambda row: row[0]):
        row = _locked(number, year)
        before = None if row.source == "" else values_of(row).as_data()
        old_source = row.source
        written = put(bodies[number], year, figures, source="import", by=by)
        effect.append(
            {
                "organisation_id": number,
                "before": before,
                "source": old_source,
                "version": written.version,
            }
        )
    return effect


def confirm(
    run: ImportRun,
    year: int,
    rows: Sequence[tuple[int, Figures]],
    *,
    by: Viewer,
    expected_version: int | None = None,
) -> None:
    """Write a checked spreadsheet and note what was there before."""
    effect = {"year": year, "rows": put_many(year, rows, by=by)}
    imports.confirm(run, effect, by=by, expected_version=expected_version)


def undo(run: ImportRun, reason: str, *, by: Viewer) -> None:
    """Put back what was there before an import; refused when a figure was changed since."""
    imports.undo(run, reason, by=by)
    year = int(run.effect["year"])
    for was in run.effect["rows"]:
        body = db.session.get_one(Organisation, was["organisation_id"])
        row = _locked(body.id, year)
        if row.version != was["version"] or row.source != "import":
            raise Refusal(
                t(
                    "The figures of “%(name)s” were changed since; mend those by hand.",
                    name=body.name,
                )
            )
        if was["before"] is None:
            db.session.delete(row)
            record(
                "figures.undo",
                body,
                by=by,
                before=values_of(row).as_data(),
                reason=reason,
                label=body.name,
                org_path=body.path,
                said=t("Took the figures of %(year)s back", year=str(year)),
            )
        else:
            put(body, year, figures_from_data(was["before"]), source=was["source"], by=by)


def _locked(organisation_id: int, year: int) -> YearlyFigure:
    """The row of a body and year, locked; a fresh one has no source yet."""
    db.session.execute(
        insert(YearlyFigure)
        .values(organisation_id=organisation_id, year=year, source="")
        .on_conflict_do_nothing()
    )
    return db.session.scalars(
        select(YearlyFigure)
        .where(YearlyFigure.organisation_id == organisation_id, YearlyFigure.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
