"""Laying papers out in bulk, one short transaction for each; and their list as a workbook."""

from __future__ import annotations

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core.db import db, transaction
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing, Wanted
from provincial.office.jobs.actions import Result, Run
from provincial.office.papers import actions, documents, queries
from provincial.office.papers.models import Paper


def render(run: Run) -> Result:
    """Make the PDFs of the papers named in ``papers``; those that are made already are passed over."""
    ids = list(run.args["papers"])
    for done, paper_id in enumerate(ids, start=1):
        make(paper_id)
        run.progress(done, len(ids))
    url = f"/papers/{ids[0]}" if len(ids) == 1 else "/papers"
    return Result(facts={"papers": len(ids)}, url=url)


def make(paper_id: int) -> None:
    """Make one PDF, outside any transaction, and keep it in a short one."""
    paper = db.session.get_one(Paper, paper_id)
    if paper.file_id is not None:
        return
    pdf = documents.lay_out(paper)
    with transaction():
        actions.attach_pdf(db.session.get_one(Paper, paper_id), pdf)


def _count(viewer: Viewer, wanted: Wanted) -> int:
    return queries.count(viewer, queries.PaperFilter(**wanted))


def _sheet(viewer: Viewer, wanted: Wanted) -> SheetOut:
    return documents.sheet(queries.rows(viewer, queries.PaperFilter(**wanted)))


PAPERS = Listing("papers.export", Paper.__tablename__, t("Papers"), _count, _sheet)
