"""Pages of papers: list, one paper, its PDF, read, withdraw; and public verification (R40)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import timedelta

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.adapters.pdf import page_count, page_png
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import workbook
from provincial.office.files import queries as files
from provincial.office.journal.queries import timeline
from provincial.office.papers import actions, documents, permissions, queries
from provincial.office.papers.forms import VerifyForm
from provincial.office.papers.jobs import PAPERS
from provincial.office.papers.models import Paper
from provincial.office.papers.rules import UNKNOWN_TRIES, PaperState, shown_code, tidy_code
from provincial.web import limits
from provincial.web.access import public, requires, signed_in, viewer
from provincial.web.downloads import PDF, XLSX, attachment, picture
from provincial.web.formkit import ConfirmForm, ReasonForm, submission

blueprint = Blueprint("papers", __name__)

_WINDOW = timedelta(minutes=10)


@blueprint.get("/papers")
@requires(signed_in)
def list_papers() -> ResponseReturnValue:
    """Papers to the viewer's body and below, and those it issued, newest first."""
    page = queries.papers(
        viewer(),
        _filter(),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template("office/papers/list.html", page=page, states=list(PaperState))


@blueprint.post("/papers/export")
@requires(signed_in)
def export() -> ResponseReturnValue:
    """The list as Excel; many papers as a job. The export is itself an event."""
    who, wanted = viewer(), asdict(_filter())
    with transaction():
        job = exports.request(PAPERS, wanted, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*workbook(PAPERS, wanted, by=who), XLSX)


@blueprint.get("/papers/<int:paper_id>")
@requires(permissions.may_see, load=queries.paper_in_scope)
def show(paper: Paper) -> ResponseReturnValue:
    """One paper: facts, the real first page, its code, what became of it."""
    return _page(paper, ReasonForm())


@blueprint.get("/papers/<int:paper_id>/pdf")
@requires(permissions.may_see, load=queries.paper_in_scope)
def download(paper: Paper) -> ResponseReturnValue:
    """The PDF as it was made; while it is being made, back to the page."""
    if paper.file is None:
        return redirect(url_for("papers.show", paper_id=paper.id), 303)
    return attachment(files.content(paper.file), paper.file.name, PDF)


@blueprint.get("/papers/<int:paper_id>/page.png")
@requires(permissions.may_see, load=queries.paper_in_scope)
def first_page(paper: Paper) -> ResponseReturnValue:
    """A picture of the real first page."""
    if paper.file is None:
        abort(404)
    return picture(page_png(files.content(paper.file), 1, dpi=110))


@blueprint.post("/papers/<int:paper_id>/make")
@requires(permissions.may_see, load=queries.paper_in_scope)
def make(paper: Paper) -> ResponseReturnValue:
    """Lay the paper out now: on first demand, when the job has not come to it yet."""
    if paper.file is None:
        pdf = documents.lay_out(paper)
        with transaction():
            actions.attach_pdf(paper, pdf)
    return redirect(url_for("papers.show", paper_id=paper.id), 303)


@blueprint.post("/papers/<int:paper_id>/read")
@requires(permissions.may_mark_read, load=queries.paper_in_scope)
def mark_read(paper: Paper) -> ResponseReturnValue:
    """The addressee confirms that the paper was read."""
    with transaction():
        actions.mark_read(paper, by=viewer())
    flash(_("Noted as read."), "good")
    return redirect(url_for("papers.show", paper_id=paper.id), 303)


@blueprint.post("/papers/<int:paper_id>/withdraw")
@requires(permissions.may_withdraw, load=queries.paper_in_scope)
def withdraw(paper: Paper) -> ResponseReturnValue:
    """Take the paper back, with a reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        with submission(form, url_for("papers.show", paper_id=paper.id)) as done:
            actions.withdraw(paper, form.reason.data or "", by=viewer())
        if done:
            flash(_("The paper is withdrawn; whoever verifies it is told so."), "good")
            return redirect(url_for("papers.show", paper_id=paper.id), 303)
    return _page(paper, form)


@blueprint.get("/v")
@public("anybody who holds a paper may check it (R40)")
def verify_form() -> ResponseReturnValue:
    """Type the printed code, or hand in the PDF."""
    return _unindexed(render_template("office/papers/verify_form.html", form=VerifyForm()))


@blueprint.post("/v")
@public("anybody who holds a paper may check it (R40)")
def verify_typed() -> ResponseReturnValue:
    """Look for the paper with this code or this file. Unknown ones are counted per address."""
    form = VerifyForm()
    if form.validate_on_submit():
        _refuse_guessing()
        try:
            upload = form.file.data
            paper = _by_file(upload.read()) if upload else _by_code(form.typed.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if not upload:
                return redirect(url_for("papers.verify", token=paper.token), 303)
            return _verified(paper, same=True)
    return _unindexed(
        render_template("office/papers/verify_form.html", form=form), form.page_status
    )


@blueprint.get("/v/<string:token>")
@public("the QR code on every paper leads here (R40)")
def verify(token: str) -> ResponseReturnValue:
    """Number, title, issuer, date and state of the paper behind a QR code; nothing else."""
    return _verified(_by_token(token))


@blueprint.post("/v/<string:token>")
@public("anybody who holds a paper may compare its file (R40)")
def compare(token: str) -> ResponseReturnValue:
    """Compare a PDF with the one that was issued."""
    paper = _by_token(token)
    form = VerifyForm()
    if not form.validate_on_submit() or not form.file.data:
        return redirect(url_for("papers.verify", token=token), 303)
    same = hashlib.sha256(form.file.data.read()).hexdigest() == paper.sha256
    return _verified(paper, same=same)


def _page(paper: Paper, form: ReasonForm) -> ResponseReturnValue:
    who = viewer()
    pages = page_count(files.content(paper.file)) if paper.file else None
    text = render_template(
        "office/papers/show.html",
        paper=paper,
        form=form,
        make_form=ConfirmForm(),
        pages=pages,
        code=shown_code(paper.code),
        verification_url=documents.verification_url(paper),
        replaces=queries.replaced_by_this(paper),
        newer=queries.paper_in_scope(who, paper.replaced_by_id or 0),
        may_withdraw=permissions.can_withdraw_now(who, paper),
        may_mark_read=permissions.may_mark_read(who, paper) and not who.read_only,
        events=timeline(paper),
    )
    return text, form.page_status


def _filter() -> queries.PaperFilter:
    """What the address asks for."""
    return queries.PaperFilter(
        words=request.args.get("q", "")[:100],
        kind=request.args.get("kind", "")[:40],
        state=request.args.get("state", "")[:10],
        unread=request.args.get("read") == "no",
    )


def _bucket() -> str:
    return f"verify:{request.remote_addr}"


def _refuse_guessing() -> None:
    limits.refuse_over(_bucket(), UNKNOWN_TRIES, _WINDOW)


def _by_token(token: str) -> Paper:
    _refuse_guessing()
    paper = queries.by_token(token)
    if paper is None:
        limits.count(_bucket(), _WINDOW)
        abort(404)
    return paper


def _by_code(typed: str) -> Paper:
    if not typed:
        raise Refusal(t("Type the code, or choose the PDF."), field="typed")
    paper = queries.by_code(tidy_code(typed))
    if paper is None:
        limits.count(_bucket(), _WINDOW)
        raise Refusal(t("No paper of this site carries this code. Check each sign."), field="typed")
    return paper


def _by_file(data: bytes) -> Paper:
    paper = queries.by_digest(hashlib.sha256(data).hexdigest())
    if paper is None:
        limits.count(_bucket(), _WINDOW)
        raise Refusal(
            t("This file was not issued by this site, or it was changed since."), field="file"
        )
    return paper


def _verified(paper: Paper, same: bool | None = None) -> ResponseReturnValue:
    text = render_template(
        "office/papers/verify.html", paper=paper, same=same, form=VerifyForm(formdata=None)
    )
    return _unindexed(text)


def _unindexed(text: str, status: int = 200) -> ResponseReturnValue:
    response = make_response(text, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
