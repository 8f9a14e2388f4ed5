"""Pages of acting for several bodies, under mandates, and of support views."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import workbook
from provincial.office.journal.queries import timeline
from provincial.people.accounts import actions as accounts
from provincial.people.accounts.models import Mandate, Membership
from provincial.people.accounts.permissions import may_act
from provincial.people.accounts.queries import current_memberships, own_membership
from provincial.people.accounts.rules import Role, TermState, term_state
from provincial.people.accounts.viewer import begin_session, current_session, current_viewer
from provincial.people.acting import actions, queries
from provincial.people.acting.forms import MandateForm
from provincial.people.acting.jobs import MANDATES
from provincial.people.acting.permissions import (
    is_support_view,
    may_end_mandate,
    may_open_support,
    may_read_mandates,
    may_record_mandates,
    may_use_mandates,
)
from provincial.web.access import requires, signed_in
from provincial.web.downloads import XLSX, attachment
from provincial.web.formkit import ConfirmForm, ReasonForm, submission

blueprint = Blueprint("acting", __name__)


@blueprint.get("/acting")
@requires(signed_in)
def choose() -> ResponseReturnValue:
    """The bodies one may act for, and the mandates one may act under."""
    viewer, on = current_viewer(), clock.today()
    memberships = [] if viewer.read_only else current_memberships(viewer.user_id, on)
    rows = [(row, Role(row.role).label) for row in memberships]
    mandates = queries.usable_mandates(memberships, on)
    return render_template(
        "people/acting/choose.html", rows=rows, mandates=mandates, form=ConfirmForm()
    )


@blueprint.post("/act-as")
@requires(may_act)
def act_as() -> ResponseReturnValue:
    """Switch to another membership, or to a body below under a mandate."""
    if not ConfirmForm().validate_on_submit():
        abort(400)
    viewer, on = current_viewer(), clock.today()
    mandate = _chosen_mandate(viewer)
    membership = (
        _holder(viewer, mandate)
        if mandate
        else own_membership(viewer.user_id, _number("membership"), on)
    )
    if membership is None:
        abort(404)
    with transaction():
        token = accounts.act_as(
            current_session().session_id, membership, mandate, by=viewer, at=clock.now()
        )
        name = (mandate.for_organisation if mandate else membership.organisation).name
    flash(_("You now act for %(body)s.", body=name), "good")
    return begin_session(redirect("/", 303), token)


def _number(field: str) -> int:
    text = request.form.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _chosen_mandate(viewer: Viewer) -> Mandate | None:
    if not request.form.get("mandate"):
        return None
    usable = queries.usable_mandates(
        current_memberships(viewer.user_id, clock.today()), clock.today()
    )
    found = next((row for row in usable if row.id == _number("mandate")), None)
    return found or abort(404)


def _holder(viewer: Viewer, mandate: Mandate) -> Membership | None:
    """The own membership in the body that holds the mandate: the one now in use comes first."""
    rows = [
        row
        for row in current_memberships(viewer.user_id, clock.today())
        if row.organisation_id == mandate.by_organisation_id
    ]
    return next((row for row in rows if row.id == viewer.membership_id), next(iter(rows), None))


@blueprint.get("/mandates")
@requires(may_read_mandates)
def mandates() -> ResponseReturnValue:
    """Mandates held by one's body, and over it."""
    viewer, on = current_viewer(), clock.today()
    rows = [(row, _term(row)) for row in queries.mandates(viewer)]
    return render_template(
        "people/acting/mandates.html",
        held=[row for row in rows if row[0].by_organisation_id == viewer.organisation_id],
        over=[row for row in rows if row[0].for_organisation_id == viewer.organisation_id],
        may_record=may_record_mandates(viewer),
        may_use=may_use_mandates(viewer),
        on=on,
    )


@blueprint.post("/mandates/export")
@requires(may_read_mandates)
def export() -> ResponseReturnValue:
    """The list as Excel; many mandates as a job."""
    who = current_viewer()
    with transaction():
        job = exports.request(MANDATES, {}, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*workbook(MANDATES, {}, by=who), XLSX)


def _term(mandate: Mandate) -> TermState:
    return term_state(mandate.starts_on, mandate.ends_on, mandate.ended_at, clock.today())


@blueprint.route("/mandates/new", methods=["GET", "POST"])
@requires(may_record_mandates, grave=True)
def new_mandate() -> ResponseReturnValue:
    """Record that one's body acts for one below."""
    viewer, on = current_viewer(), clock.today()
    form = MandateForm(data={"starts_on": on})
    if form.validate_on_submit():
        body = queries.body_below(viewer, form.body.data or "")
        with submission(form, url_for("acting.mandates")) as done:
            if body is None:
                raise Refusal(t("No body below yours has this name or code."), field="body")
            actions.record_mandate(
                body,
                form.reason.data or "",
                form.document_number.data or "",
                form.starts_on.data or on,
                form.ends_on.data,
                by=viewer,
                on=on,
            )
        if done:
            flash(_("The mandate is recorded; the body has been told."), "good")
            return redirect(url_for("acting.mandates"), 303)
    return render_template("people/acting/new_mandate.html", form=form), form.page_status


@blueprint.get("/mandates/<int:mandate_id>")
@requires(may_read_mandates, load=queries.mandate_in_scope)
def mandate(found: Mandate) -> ResponseReturnValue:
    """One mandate with its history."""
    return _mandate_page(found, ReasonForm())


def _mandate_page(found: Mandate, form: ReasonForm) -> ResponseReturnValue:
    state = _term(found)
    viewer = current_viewer()
    page = render_template(
        "people/acting/mandate.html",
        found=found,
        state=state,
        may_end=may_end_mandate(viewer, found) and state is not TermState.ENDED,
        may_use=may_use_mandates(viewer)
        and state is TermState.CURRENT
        and found.by_organisation_id == viewer.organisation_id,
        events=timeline(found),
        form=form,
        plain=ConfirmForm(),
    )
    return page, form.page_status


@blueprint.post("/mandates/<int:mandate_id>/end")
@requires(may_end_mandate, load=queries.mandate_in_scope)
def end_mandate(found: Mandate) -> ResponseReturnValue:
    """End a mandate."""
    form = ReasonForm()
    if form.validate_on_submit():
        with submission(form, url_for("acting.mandates")) as done:
            actions.end_mandate(found, form.reason.data or "", by=current_viewer(), at=clock.now())
        if done:
            flash(_("The mandate has ended."), "good")
            return redirect(url_for("acting.mandates"), 303)
    return _mandate_page(found, form)


@blueprint.route("/support-view/<int:membership_id>", methods=["GET", "POST"])
@requires(may_open_support, load=queries.membership_to_show, grave=True)
def open_support_view(membership: Membership) -> ResponseReturnValue:
    """Look at the site as another person, with a reason."""
    form = ReasonForm()
    token = ""
    if form.validate_on_submit():
        with submission(form, "/") as done:
            token = actions.open_support_view(
                current_session().session_id,
                membership,
                form.reason.data or "",
                by=current_viewer(),
                at=clock.now(),
            )
        if done:
            return begin_session(redirect("/", 303), token)
    page = render_template(
        "people/acting/support.html",
        form=form,
        membership=membership,
        role=Role(membership.role).label,
    )
    return page, form.page_status


@blueprint.post("/support-view/end")
@requires(is_support_view, while_viewing=True)
def end_support_view() -> ResponseReturnValue:
    """Back to one's own eyes."""
    if not ConfirmForm().validate_on_submit():
        abort(400)
    with transaction():
        token = actions.end_support_view(current_session().session_id, by=current_viewer())
    flash(_("The support view has ended."), "good")
    return begin_session(redirect("/", 303), token)
