"""Writing a list that is too long to wait for, in the scope of who asked."""

from __future__ import annotations

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core.db import transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports import documents
from provincial.office.exports.rules import Listing, Wanted
from provincial.office.files import actions as files
from provincial.office.jobs import queries as jobs
from provincial.office.jobs.actions import Handler, Result, Run


def writer(listing: Listing) -> Handler:
    """The handler that writes a listing."""

    def write(run: Run) -> Result:
        if run.by is None:
            raise Forbidden(t("Nobody asked for this export."))
        with transaction():
            sheet = listing.sheet(run.by, run.args["filter"])
        rows = len(list(sheet.rows))
        run.progress(0, rows)
        data, name = documents.written(sheet)
        with transaction():
            file = files.store(data, name, "export", by=None, org_path=run.by.path)
            return Result(facts={"rows": rows}, file_id=file.id)

    return write


def _count(viewer: Viewer, wanted: Wanted) -> int:
    return jobs.count(viewer, **wanted)


def _sheet(viewer: Viewer, wanted: Wanted) -> SheetOut:
    return documents.jobs_sheet(jobs.rows(viewer, **wanted))


JOBS = Listing("jobs.export", "job", t("Background work"), _count, _sheet)
