"""The reminder some days before the close, and the export that a page cannot wait for."""

from __future__ import annotations

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing, Wanted
from provincial.planning.fillings import documents, queries
from provincial.planning.fillings.queries import BoardPlace
from provincial.planning.idle import actions
from provincial.planning.idle import queries as idle
from provincial.planning.idle import rules as idle_rules
from provincial.planning.ledger.models import QuotaSheet


def remind() -> None:
    """Once a day: where the selection closes in a few days, remind those who hold idle places."""
    now = clock.now()
    top = queries.province()
    if top is None:
        return
    for category in queries.live_categories():
        last_day = idle.days_of(category, top, now).last_day
        if last_day is None or not idle_rules.is_reminder_day(last_day, clock.china_date(now)):
            continue
        with transaction():
            actions.remind(category, top, by=None, now=now)


def _count(viewer: Viewer, wanted: Wanted) -> int:
    place = _place(viewer, wanted)
    return queries.count_bodies(place.category, place.top)


def _sheet(viewer: Viewer, wanted: Wanted) -> SheetOut:
    place = _place(viewer, wanted)
    title = documents.title_of(place.category.name, place.top.name, clock.now())
    return documents.sheet(title, queries.export_rows(place.category, place.top))


def _place(viewer: Viewer, wanted: Wanted) -> BoardPlace:
    found = queries.place_of(viewer, int(wanted["category"]), int(wanted["body"]))
    if found is None:
        raise Forbidden(t("This board is not for your organisation."))
    return found


FILLING = Listing(
    "fillings.export", QuotaSheet.__tablename__, t("Filling of places"), _count, _sheet
)
