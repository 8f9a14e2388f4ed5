"""Pages of messages: the feed, and the mail log for administrators."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core.db import transaction
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import workbook
from provincial.office.exports.rules import Listing, Wanted
from provincial.office.messages import actions, documents, permissions, queries
from provincial.office.messages.jobs import FEED, MAIL_LOG
from provincial.office.messages.models import Message, OutboxMail
from provincial.office.messages.rules import MailState
from provincial.web.access import requires, signed_in, viewer
from provincial.web.downloads import XLSX, attachment

blueprint = Blueprint("messages", __name__)


def _any_reader(_viewer: object, _message: Message) -> bool:
    """A message in scope may be read by whoever sees it."""
    return True


def _mail_runner(who: object, _mail: OutboxMail) -> bool:
    """Mail belongs to the administrators of the site."""
    return permissions.may_run_mail(who)  # type: ignore[arg-type]


@blueprint.get("/")
@requires(signed_in)
def feed() -> ResponseReturnValue:
    """What the site told me, or the body I act for, newest first."""
    page, lines = queries.feed(
        viewer(),
        unread=request.args.get("show") == "unread",
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template(
        "office/messages/feed.html",
        page=page,
        lines=lines,
        waiting=queries.unread_count(viewer()),
        may_run_mail=permissions.may_run_mail(viewer()),
    )


@blueprint.post("/export")
@requires(signed_in)
def export() -> ResponseReturnValue:
    """The feed as Excel; many messages as a job."""
    return _export(FEED, {"unread": request.args.get("show") == "unread"})


@blueprint.post("/mail/export")
@requires(permissions.may_run_mail)
def export_mail() -> ResponseReturnValue:
    """The mail log as Excel; many mails as a job."""
    words = {name: request.args.get(name, "")[:100] for name in ("state", "address")}
    return _export(MAIL_LOG, words)


def _export(listing: Listing, wanted: Wanted) -> ResponseReturnValue:
    who = viewer()
    with transaction():
        job = exports.request(listing, wanted, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*workbook(listing, wanted, by=who), XLSX)


@blueprint.post("/<int:message_id>/open")
@requires(_any_reader, load=queries.message_in_scope)
def open_message(message: Message) -> ResponseReturnValue:
    """Note that it was read, and go where it leads."""
    with transaction():
        actions.mark_read([message.id], by=viewer())
    return redirect(message.url or url_for("messages.feed"), 303)


@blueprint.post("/read")
@requires(signed_in)
def read_all() -> ResponseReturnValue:
    """Note that everything was read."""
    with transaction():
        actions.mark_read(queries.unread_ids(viewer()), by=viewer())
    flash(_("All messages are marked as read."), "good")
    return redirect(url_for("messages.feed"), 303)


@blueprint.get("/mail")
@requires(permissions.may_run_mail)
def mail_log() -> ResponseReturnValue:
    """Every mail: to whom, when, what became of it."""
    page = queries.mail_log(
        state=request.args.get("state", ""),
        address=request.args.get("address", ""),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    mails = [(row, documents.subject_of(row)) for row in page.rows]
    return render_template(
        "office/messages/mail_log.html", page=page, mails=mails, states=list(MailState)
    )


@blueprint.post("/mail/<int:mail_id>/resend")
@requires(_mail_runner, load=queries.mail_by_id)
def resend(mail: OutboxMail) -> ResponseReturnValue:
    """Put a mail into the outbox again."""
    with transaction():
        actions.resend(mail, by=viewer())
    flash(_("The mail is in the outbox again."), "good")
    return redirect(url_for("messages.mail_log"), 303)
