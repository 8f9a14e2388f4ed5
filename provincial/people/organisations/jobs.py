"""The export of more bodies than a page can wait for."""

from __future__ import annotations

from provincial.core.db import transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.office.files import actions as files
from provincial.office.jobs.actions import Result, Run
from provincial.people.organisations import documents, queries

EXPORT = "organisations.export"
_CHUNK = 2000


def export(run: Run) -> Result:
    """Write the bodies that a filter finds, within the scope of who asked, into one workbook."""
    by = run.by
    if by is None:
        raise Forbidden(t("Nobody asked for this export."))
    wanted = queries.BodyFilter(**run.args["filter"])
    with transaction():
        rows = [documents.row(body, parent) for body, parent in queries.export_rows(by, wanted)]
    run.progress(0, len(rows))
    data = documents.workbook(rows)
    with transaction():
        file = files.store(data, "单位一览表.xlsx", "export", by=None, org_path=by.path)
        return Result(facts={"rows": len(rows)}, file_id=file.id)
