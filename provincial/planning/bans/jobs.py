"""The daily look at bans, and the list of bans as a workbook."""

from __future__ import annotations

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing, Wanted
from provincial.planning.bans import actions, documents, queries
from provincial.planning.integrity.models import Ban


def daily() -> int:
    """Tell of bans that end soon and of objection windows that are over; how many bans end.

    A ban never comes in force by itself: two officers decide (R14). Each is told of once.
    """
    today = clock.today()
    with transaction():
        actions.tell_window_over(clock.now())
    told = 0
    while True:
        with transaction():
            done = actions.tell_ending(today)
        told += done
        if not done:
            return told


def _count(viewer: Viewer, wanted: Wanted) -> int:
    return queries.count_bans(viewer, queries.BanFilter(**wanted), clock.today())


def _sheet(viewer: Viewer, wanted: Wanted) -> SheetOut:
    today = clock.today()
    bans = queries.export_bans(viewer, queries.BanFilter(**wanted), today)
    return documents.sheet(bans, today)


BANS = Listing("bans.export", Ban.__tablename__, t("Training bans"), _count, _sheet)
