"""The board as a workbook: every body below one, now or as it stood."""

from __future__ import annotations

from datetime import datetime

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core import clock
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing, Wanted
from provincial.planning.boards import documents, queries
from provincial.planning.boards.queries import BoardPlace
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.ledger.queries import projects_of


def _count(viewer: Viewer, wanted: Wanted) -> int:
    place = _place(viewer, wanted)
    return queries.count_bodies(place.category, place.top)


def _sheet(viewer: Viewer, wanted: Wanted) -> SheetOut:
    place = _place(viewer, wanted)
    as_at = datetime.fromisoformat(wanted["as_at"]) if wanted.get("as_at") else None
    rows = queries.export_rows(place.category, place.top, as_at)
    title = documents.title_of(place.category.name, place.top.name, as_at, clock.now())
    return documents.sheet(title, projects_of(place.category.id), rows)


def _place(viewer: Viewer, wanted: Wanted) -> BoardPlace:
    found = queries.place(viewer, int(wanted["category"]), int(wanted["body"]))
    if found is None:
        raise Forbidden(t("This board is not for your organisation."))
    return found


BOARD = Listing("boards.export", QuotaSheet.__tablename__, t("Board"), _count, _sheet)
