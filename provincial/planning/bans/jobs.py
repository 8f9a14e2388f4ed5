"""The daily look at bans, and an export larger than a page can wait for."""

from __future__ import annotations

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.office.files import actions as file_actions
from provincial.office.jobs.actions import Result, Run
from provincial.planning.bans import actions, documents, queries

EXPORT = "bans.export"


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


def export(run: Run) -> Result:
    """Write the bans that a filter finds, within the scope of who asked."""
    by = run.by
    if by is None:
        raise Forbidden(t("Nobody asked for this work."))
    wanted, today = queries.BanFilter(**run.args["filter"]), clock.today()
    with transaction():
        rows = [documents.row(ban, today) for ban in queries.export_bans(by, wanted, today)]
    run.progress(0, len(rows))
    data = documents.workbook(rows)
    with transaction():
        file = file_actions.store(data, "限制名单.xlsx", "export", by=None, org_path=by.path)
        actions.note_export(len(rows), wanted.as_data(), by=by)
        return Result(facts={"rows": len(rows)}, file_id=file.id)
