"""Issuing, replacing and withdrawing papers. A paper itself is never changed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from provincial.adapters.storage import PDF
from provincial.core.db import db, lock
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.files import actions as files
from provincial.office.jobs.actions import enqueue
from provincial.office.jobs.models import Job
from provincial.office.journal.actions import record
from provincial.office.papers import rules
from provincial.office.papers.models import Paper, PaperNumber
from provincial.office.papers.rules import MACHINE, PaperState

RENDER = "papers.render"


def issue(
    *,
    kind: str,
    series: str,
    number_pattern: str,
    template: str,
    content: Mapping[str, Any],
    title: str,
    issuer: tuple[int, str],
    addressee: tuple[int, str] | None = None,
    org_path: str,
    about: tuple[str, int],
    issued_on: date,
    by: Viewer | None,
) -> Paper:
    """Issue one paper under the next number of ``series``.

    ``number_pattern`` has ``{year}`` and ``{n}``; ``template`` is a file below ``templates`` that
    gets ``paper`` (``content`` plus number, title, issuer, issued_on, qr_uri, short_code);
    ``org_path`` is the addressee's place in the tree: it, and whoever stands above, sees the paper.
    The series stays locked until the transaction ends, so numbers have no gaps. The PDF is made
    afterwards: call ``request_pdfs`` once for all papers of the act.
    """
    running = _next_number(series)
    paper = Paper(
        kind=kind,
        number=rules.number_of(number_pattern, running, issued_on),
        title=title,
        token=secrets.token_urlsafe(24),
        code="".join(secrets.choice(rules.CODE_SIGNS) for _ in range(rules.CODE_LENGTH)),
        state=PaperState.VALID,
        content=dict(content),
        template=template,
        issued_on=issued_on,
        issuer_id=issuer[0],
        issuer_name=issuer[1],
        addressee_id=addressee[0] if addressee else None,
        addressee_name=addressee[1] if addressee else "",
        org_path=org_path,
        about_type=about[0],
        about_id=about[1],
        by_user_id=by.user_id if by else None,
    )
    db.session.add(paper)
    db.session.flush()
    record(
        "papers.issue",
        paper,
        by=by,
        after={"number": paper.number, "addressee": paper.addressee_name},
        label=paper.number,
        org_path=org_path,
        said=t("Issued %(number)s", number=paper.number),
    )
    return paper


def replace(old: Paper, *, by: Viewer | None, **new: Any) -> Paper:
    """Issue a paper that takes the place of ``old``; ``new`` are the arguments of ``issue``.

    The old paper stays readable and verifies as replaced, naming the new number.
    """
    step = MACHINE.step(_locked(old), "replace")
    paper = issue(by=by, **new)
    old.state, old.replaced_by_id = step.next_state, paper.id
    record(
        "papers.replace",
        old,
        by=by,
        after={"replaced_by": paper.number},
        label=old.number,
        org_path=old.org_path,
        said=t("Replaced by %(number)s", number=paper.number),
    )
    db.session.flush()
    return paper


def withdraw(paper: Paper, reason: str, *, by: Viewer | None) -> None:
    """Take a paper back for good; it verifies as withdrawn. Its number is not used again."""
    step = MACHINE.step(_locked(paper), "withdraw")
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    paper.state = step.next_state
    paper.withdrawn_at = func.clock_timestamp()
    paper.withdrawn_reason = reason.strip()
    record(
        "papers.withdraw",
        paper,
        by=by,
        reason=paper.withdrawn_reason,
        label=paper.number,
        org_path=paper.org_path,
        said=t("Withdrew %(number)s", number=paper.number),
    )


def request_pdfs(papers: Sequence[Paper], *, by: Viewer | None) -> Job:
    """Have the PDFs made by one job for all these papers, in the same transaction."""
    ids = [paper.id for paper in papers]
    title = t("Lay out %(count)s papers", count=len(ids))
    return enqueue(RENDER, title, by=by, args={"papers": ids}, total=len(ids))


def attach_pdf(paper: Paper, pdf: bytes) -> None:
    """Keep the finished PDF with its digest; the first one stays, a second one is dropped."""
    lock(paper)
    if paper.file_id is not None:
        return
    file = files.store(
        pdf,
        f"{paper.number} {paper.addressee_name or paper.title}.pdf",
        "paper",
        by=None,
        media_types={PDF},
        org_path=paper.org_path,
    )
    paper.file_id, paper.sha256 = file.id, hashlib.sha256(pdf).hexdigest()


def mark_read(paper: Paper, *, by: Viewer) -> None:
    """The addressee's body has read the paper; the first reader is kept."""
    if paper.addressee_id != by.organisation_id:
        raise Refusal(t("Only the addressee can confirm that a paper was read."))
    lock(paper)
    if paper.read_at is not None:
        return
    paper.read_at = func.clock_timestamp()
    paper.read_by_id, paper.read_by_name = by.user_id, by.name[:80]
    record(
        "papers.read",
        paper,
        by=by,
        label=paper.number,
        org_path=paper.org_path,
        said=t("Confirmed as read"),
    )


def _next_number(series: str) -> int:
    """The next running number; the row stays locked to the end of the transaction."""
    statement = (
        insert(PaperNumber)
        .values(series=series, last=1)
        .on_conflict_do_update(
            index_elements=[PaperNumber.series], set_={"last": PaperNumber.last + 1}
        )
        .returning(PaperNumber.last)
    )
    return int(db.session.execute(statement).scalar_one())


def _locked(paper: Paper) -> PaperState:
    lock(paper)
    return PaperState(paper.state)
