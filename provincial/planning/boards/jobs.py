"""The export of a board with more bodies than a page can wait for."""

from __future__ import annotations

from datetime import datetime

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.office.files import actions as files
from provincial.office.jobs.actions import Result, Run
from provincial.planning.boards import documents, queries
from provincial.planning.ledger.queries import projects_of


def export(run: Run) -> Result:
    """Write the board of ``category`` below ``body`` (as it stood ``as_at``) into one workbook."""
    by = run.by
    found = queries.place(by, int(run.args["category"]), int(run.args["body"])) if by else None
    if by is None or found is None:
        raise Forbidden(t("This board is not for your organisation."))
    as_at = datetime.fromisoformat(run.args["as_at"]) if run.args.get("as_at") else None
    rows = queries.export_rows(found.category, found.top, as_at)
    title = documents.title_of(found.category.name, found.top.name, as_at, clock.now())
    data = documents.workbook(title, projects_of(found.category.id), rows)
    with transaction():
        file = files.store(data, f"{title}.xlsx", "export", by=None, org_path=by.path)
        return Result(facts={"rows": len(rows)}, file_id=file.id)
