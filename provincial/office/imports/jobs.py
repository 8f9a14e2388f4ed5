"""The list of imports as a workbook."""

from __future__ import annotations

from flask import current_app

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing, Wanted
from provincial.office.imports import documents, queries
from provincial.office.imports.models import ImportRun


def _count(viewer: Viewer, wanted: Wanted) -> int:
    return queries.count(viewer, **wanted)


def _sheet(viewer: Viewer, wanted: Wanted) -> SheetOut:
    kinds = current_app.config.get("IMPORT_KINDS", {})
    return documents.sheet(queries.rows(viewer, **wanted), kinds)


RUNS = Listing("imports.export", ImportRun.__tablename__, t("Imports"), _count, _sheet)
