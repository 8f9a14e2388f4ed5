"""The reminder some days before the close, and the export that a page cannot wait for."""

from __future__ import annotations

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.office.files import actions as files
from provincial.office.jobs.actions import Result, Run
from provincial.planning.fillings import actions, documents, queries, rules


def remind() -> None:
    """Once a day: where the selection closes in a few days, remind those who hold idle places."""
    now = clock.now()
    top = queries.province()
    if top is None:
        return
    for category in queries.live_categories():
        last_day = queries.days_of(category, top, now).last_day
        if last_day is None or not rules.is_reminder_day(last_day, clock.china_date(now)):
            continue
        with transaction():
            actions.remind(category, top, by=None, now=now)


def export(run: Run) -> Result:
    """Write the filling of ``category`` below ``body`` into one workbook."""
    by = run.by
    found = queries.place_of(by, int(run.args["category"]), int(run.args["body"])) if by else None
    if by is None or found is None:
        raise Forbidden(t("This board is not for your organisation."))
    rows = queries.export_rows(found.category, found.top)
    title = documents.title_of(found.category.name, found.top.name, clock.now())
    data = documents.workbook(title, rows)
    with transaction():
        file = files.store(data, f"{title}.xlsx", "export", by=None, org_path=by.path)
        return Result(facts={"rows": len(rows)}, file_id=file.id)
