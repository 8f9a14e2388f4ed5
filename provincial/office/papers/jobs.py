"""Laying papers out in bulk, one short transaction for each; and long lists as a file."""

from __future__ import annotations

from provincial.core.db import db, transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.office.files import actions as files
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


def export(run: Run) -> Result:
    """Write the list of papers that the filter asks for, in the scope of who asked."""
    if run.by is None:
        raise Forbidden(t("A list is exported for somebody."))
    wanted = queries.PaperFilter(**run.args["filter"])
    data = documents.workbook(queries.rows(run.by, wanted))
    with transaction():
        file = files.store(data, "公文清单.xlsx", "export", by=None, org_path=run.by.path)
        return Result(file_id=file.id)
