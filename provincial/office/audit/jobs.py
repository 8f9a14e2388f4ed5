"""The export of more events than a page can wait for."""

from __future__ import annotations

from collections.abc import Sequence

from provincial.core.db import transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.office.audit import documents, permissions
from provincial.office.audit.rules import CHUNK
from provincial.office.files import actions as files
from provincial.office.jobs.actions import Result, Run
from provincial.office.journal import queries


def export(run: Run) -> Result:
    """Write the events that a search asks for into one file, as ``format`` says (xlsx or csv)."""
    by = run.by
    if by is None or not permissions.may_audit(by):
        raise Forbidden(t("Only the auditor may export the journal."))
    wanted = queries.Search.from_data(run.args["search"])
    rows: list[Sequence[object]] = []
    below: int | None = None
    total = int(run.args.get("total") or 0)
    while True:
        # The session is closed by ``progress``; only plain cells are kept from one chunk to the next.
        events = queries.chunk(by, wanted, below, CHUNK)
        if not events:
            break
        rows += [documents.row(event) for event in events]
        below = events[-1].id
        run.progress(len(rows), total)
    ending = "csv" if run.args["format"] == "csv" else "xlsx"
    data = documents.table(rows) if ending == "csv" else documents.workbook(rows)
    with transaction():
        file = files.store(data, f"审计日志.{ending}", "export", by=None, org_path=by.path)
        return Result(facts={"rows": len(rows)}, file_id=file.id)
