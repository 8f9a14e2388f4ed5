"""Pages of a plan's documents: attach, download, open or close to the public, take away."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.office.files import queries as files
from provincial.planning.attachments import actions, queries
from provincial.planning.attachments.forms import AttachForm
from provincial.planning.attachments.queries import document_anyhow
from provincial.planning.plans import permissions
from provincial.planning.plans.models import Plan, PlanDocument
from provincial.planning.plans.queries import document_in_scope, documents, plan_in_scope
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import attachment
from provincial.web.formkit import ConfirmForm, ReasonForm, submission

blueprint = Blueprint("attachments", __name__)


@blueprint.route("/plan/<int:plan_id>", methods=["GET", "POST"])
@requires(permissions.may_run, load=plan_in_scope)
def manage(plan: Plan) -> ResponseReturnValue:
    """The documents of a plan, and attaching another."""
    form, answer = AttachForm(), url_for("attachments.manage", plan_id=plan.id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.attach(
                plan,
                form.file.data.read(),
                form.file.data.filename or "",
                title=form.title.data or "",
                is_public=form.is_public.data,
                by=current_viewer(),
            )
        if done:
            flash(_("The document has been attached."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/attachments/manage.html",
        form=form,
        plan=plan,
        documents=documents(plan),
        taken_away=queries.taken_away(plan),
        confirm_form=ConfirmForm(formdata=None),
    ), form.page_status


@blueprint.get("/<int:document_id>")
@requires(permissions.may_read_document, load=document_in_scope)
def download(document: PlanDocument) -> ResponseReturnValue:
    """The file itself, always as a download (R18)."""
    file = document.file
    return attachment(files.content(file), file.name, file.media_type)


@blueprint.post("/<int:document_id>/open-to-public")
@requires(permissions.may_manage_document, load=document_in_scope)
def open_to_public(document: PlanDocument) -> ResponseReturnValue:
    """Open a document to the public."""
    return _set_public(document, True)


@blueprint.post("/<int:document_id>/close-to-public")
@requires(permissions.may_manage_document, load=document_in_scope)
def close_to_public(document: PlanDocument) -> ResponseReturnValue:
    """Keep a document inside the office."""
    return _set_public(document, False)


def _set_public(document: PlanDocument, is_public: bool) -> ResponseReturnValue:
    form, answer = ConfirmForm(), url_for("attachments.manage", plan_id=document.plan_id)
    with submission(form, answer) as done:
        actions.set_public(document, is_public, by=current_viewer())
    if done:
        flash(_("Saved."), "good")
    else:
        flash(" ".join(form.form_errors), "attention")
    return redirect(answer, 303)


@blueprint.route("/<int:document_id>/take-away", methods=["GET", "POST"])
@requires(permissions.may_manage_document, load=document_in_scope)
def take_away(document: PlanDocument) -> ResponseReturnValue:
    """Take a document away, with a reason."""
    form, answer = ReasonForm(), url_for("attachments.manage", plan_id=document.plan_id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.take_away(
                document, by=current_viewer(), reason=form["reason"].data, at=clock.now()
            )
        if done:
            flash(_("The document has been taken away."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/attachments/take_away.html", form=form, document=document, plan=document.plan
    ), form.page_status


@blueprint.post("/<int:document_id>/put-back")
@requires(permissions.may_manage_document, load=document_anyhow)
def put_back(document: PlanDocument) -> ResponseReturnValue:
    """Put a document back."""
    form, answer = ConfirmForm(), url_for("attachments.manage", plan_id=document.plan_id)
    with submission(form, answer) as done:
        actions.put_back(document, by=current_viewer())
    if done:
        flash(_("The document is back."), "good")
    return redirect(answer, 303)
