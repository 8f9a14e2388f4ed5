"""Laying papers out in bulk: one job for many, one short transaction for each."""

from __future__ import annotations

from provincial.core.db import db, transaction
from provincial.office.jobs.actions import Result, Run
from provincial.office.papers import actions, documents
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
    db.session.rollback()
    with transaction():
        actions.attach_pdf(db.session.get_one(Paper, paper_id), pdf)
