"""The list of bodies as a workbook."""

from __future__ import annotations

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing, Wanted
from provincial.people.organisations import documents, queries
from provincial.people.organisations.models import Organisation


def _count(viewer: Viewer, wanted: Wanted) -> int:
    return queries.count_bodies(viewer, queries.BodyFilter(**wanted))


def _sheet(viewer: Viewer, wanted: Wanted) -> SheetOut:
    return documents.sheet(queries.export_rows(viewer, queries.BodyFilter(**wanted)))


BODIES = Listing(
    "organisations.export", Organisation.__tablename__, t("Organisations"), _count, _sheet
)
