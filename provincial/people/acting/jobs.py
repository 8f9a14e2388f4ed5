"""The list of mandates as a workbook."""

from __future__ import annotations

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core import clock
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing, Wanted
from provincial.people.accounts.models import Mandate
from provincial.people.acting import documents, queries


def _count(viewer: Viewer, _wanted: Wanted) -> int:
    return queries.count_mandates(viewer)


def _sheet(viewer: Viewer, _wanted: Wanted) -> SheetOut:
    return documents.sheet(queries.all_mandates(viewer), clock.today())


MANDATES = Listing("acting.export", Mandate.__tablename__, t("Mandates"), _count, _sheet)
