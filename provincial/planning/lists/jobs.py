"""The list of lists as a workbook."""

from __future__ import annotations

from dataclasses import asdict

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing, Wanted
from provincial.planning.lists import documents, queries


def wanted_as_data(wanted: queries.Wanted) -> Wanted:
    """The filter as plain values."""
    return asdict(wanted)


def _count(viewer: Viewer, wanted: Wanted) -> int:
    return queries.count(viewer, queries.Wanted(**wanted))


def _sheet(viewer: Viewer, wanted: Wanted) -> SheetOut:
    return documents.lists_sheet(queries.rows(viewer, queries.Wanted(**wanted)))


LISTS = Listing("lists.export", "nomination_list", t("Nomination lists"), _count, _sheet)
