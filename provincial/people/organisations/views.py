"""Pages about bodies: the tree, one body, registering, editing, the contact, renaming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.viewer import Viewer
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import workbook
from provincial.office.journal.queries import timeline
from provincial.people.organisations import actions, queries
from provincial.people.organisations.forms import (
    ContactForm,
    ParticularsForm,
    RegisterForm,
    RenameForm,
)
from provincial.people.organisations.jobs import BODIES
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import (
    may_manage,
    may_name_contact,
    may_register_below,
    may_register_some,
    may_reveal_contact,
    may_see,
    runs_province,
)
from provincial.people.organisations.queries import BodyFilter, body_in_scope
from provincial.people.organisations.rules import (
    ALLOCATION_UNITS,
    BUREAUS,
    QUOTA_GROUPS,
    STAGES,
    BodyLink,
    Kind,
    OrganisationState,
    contact_finding,
    kinds_below,
)
from provincial.web.access import requires, signed_in
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.filters import translate
from provincial.web.formkit import ReasonForm, submission

blueprint = Blueprint("organisations", __name__)


@blueprint.get("/")
@requires(signed_in)
def list_bodies() -> ResponseReturnValue:
    """The tree, level by level, or what a search finds below a body."""
    who = current_viewer()
    wanted = _filter(who)
    above = queries.body_in_scope(who, wanted.below) if wanted.below else None
    page = queries.list_bodies(
        who, wanted, after=request.args.get("after", ""), before=request.args.get("before", "")
    )
    return render_template(
        "people/organisations/list.html",
        page=page,
        wanted=wanted,
        above=above,
        ancestors=queries.ancestors(who, above) if above else [],
        kind_of=Kind,
        kind_choices=[(kind.value, kind.label) for kind in Kind],
        state_of=OrganisationState,
        state_choices=[(state.value, state.label) for state in OrganisationState],
        holds_children=BUREAUS,
        export_args={k: v for k, v in request.args.items() if k in _ASKED},
        may_register=above is not None and may_register_below(who, above),
        may_import=may_register_some(who),
    )


@blueprint.post("/export")
@requires(signed_in)
def export() -> ResponseReturnValue:
    """The list as a workbook; more than 2,000 rows as a job."""
    who = current_viewer()
    wanted = _filter(who).as_data()
    with transaction():
        job = exports.request(BODIES, wanted, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*workbook(BODIES, wanted, by=who), XLSX)


@blueprint.get("/<int:body_id>")
@requires(may_see, load=body_in_scope)
def show(body: Organisation) -> ResponseReturnValue:
    """One body: facts, contact, figures, what stands below it, its history."""
    who = current_viewer()
    named = queries.has_contact(body)
    above = queries.ancestors(who, body)
    return render_template(
        "people/organisations/show.html",
        body=body,
        kind=Kind(body.kind),
        state=OrganisationState(body.state),
        path_links=[(one.name, url_for("organisations.show", body_id=one.id)) for one in above],
        seen={one.id for one in above},
        stage_words=[translate(STAGES[stage]) for stage in body.stages if stage in STAGES],
        quota_group=QUOTA_GROUPS.get(body.quota_group, ""),
        children=queries.children_of(who, body, quota=False)[:30],
        kind_of=Kind,
        below_words=[
            (translate(Kind(kind).label), count)
            for kind, count in queries.descendants_count(body).items()
        ],
        contact=queries.contact(body),
        contact_findings=[contact_finding(body.name, named=named)],
        figures=queries.yearly_figures(body),
        events=timeline(body),
        links=_links(who, body),
        may_edit=may_manage(who, body),
        may_contact=may_name_contact(who, body),
        may_reveal=may_reveal_contact(who, body),
        may_register=body.state == OrganisationState.ACTIVE and may_register_below(who, body),
    )


@blueprint.route("/<int:body_id>/register", methods=["GET", "POST"])
@requires(may_register_below, load=body_in_scope)
def register(parent: Organisation) -> ResponseReturnValue:
    """Register a body below this one."""
    who = current_viewer()
    kinds = kinds_below(Kind(parent.kind), everything=runs_province(who))
    wanted = request.args.get("kind", "")
    kind = next((kind for kind in kinds if kind == wanted), None)
    if kind is None:
        return render_template("people/organisations/kinds.html", parent=parent, kinds=kinds)
    form = RegisterForm(kind)
    if form.validate_on_submit():
        with submission(form) as done:
            body = actions.register(
                kind,
                form.code.data or "",
                form.name.data or "",
                parent,
                queries.province() if kind in ALLOCATION_UNITS else None,
                particulars=form.particulars(),
                on=clock.today(),
                by=who,
            )
            done.answer = url_for("organisations.show", body_id=body.id)
        if done:
            flash(
                _("“%(name)s” is registered. Now invite its first administrator.", name=body.name),
                "good",
            )
            return redirect(done.answer, 303)
    page = render_template(
        "people/organisations/register.html", form=form, parent=parent, kind=kind
    )
    return page, form.page_status


@blueprint.route("/<int:body_id>/edit", methods=["GET", "POST"])
@requires(may_manage, load=body_in_scope)
def edit(body: Organisation) -> ResponseReturnValue:
    """Change the facts that are neither name nor place."""
    form = ParticularsForm(Kind(body.kind), obj=body)
    if not form.is_submitted():
        form.aliases.data = "\n".join(body.aliases)
        form.version.data = str(body.version)
    if form.validate_on_submit():
        with submission(form, url_for("organisations.show", body_id=body.id)) as done:
            facts = form.particulars()
            actions.edit(body, facts, by=current_viewer(), version=form.expected_version)
        if done:
            flash(_("Saved."), "good")
            return redirect(done.answer or url_for("organisations.show", body_id=body.id), 303)
    return render_template("people/organisations/edit.html", form=form, body=body), form.page_status


@blueprint.route("/<int:body_id>/contact", methods=["GET", "POST"])
@requires(may_name_contact, load=body_in_scope)
def contact(body: Organisation) -> ResponseReturnValue:
    """Name the responsible contact."""
    form = ContactForm()
    if not form.is_submitted():
        form.name.data, form.email.data = body.contact_name, body.contact_email
        form.version.data = str(body.version)
    if form.validate_on_submit():
        with submission(form, url_for("organisations.show", body_id=body.id)) as done:
            actions.name_contact(
                body,
                form.name.data or "",
                form.phone.data or "",
                form.email.data or "",
                by=current_viewer(),
                version=form.expected_version,
            )
        if done:
            flash(_("The responsible contact is named."), "good")
            return redirect(url_for("organisations.show", body_id=body.id), 303)
    return render_template(
        "people/organisations/contact.html", form=form, body=body
    ), form.page_status


@blueprint.post("/<int:body_id>/contact/reveal")
@requires(may_reveal_contact, load=body_in_scope)
def reveal(body: Organisation) -> ResponseReturnValue:
    """Show the whole phone number once; the reason is kept."""
    form = ReasonForm()
    phone = ""
    if form.validate_on_submit():
        with submission(form):
            phone = actions.reveal_contact(body, form.reason.data or "", by=current_viewer())
    page = render_template("people/organisations/reveal.html", form=form, body=body, phone=phone)
    return page, form.page_status


@blueprint.route("/<int:body_id>/rename", methods=["GET", "POST"])
@requires(may_manage, load=body_in_scope)
def rename(body: Organisation) -> ResponseReturnValue:
    """Give a body a new name."""
    form = RenameForm()
    if not form.is_submitted():
        form.name.data, form.on_date.data = body.name, clock.today()
        form.version.data = str(body.version)
    if form.validate_on_submit():
        with submission(form, url_for("organisations.show", body_id=body.id)) as done:
            actions.rename(
                body,
                form.name.data or "",
                step=form.step(),
                today=clock.today(),
                by=current_viewer(),
                version=form.expected_version,
            )
        if done:
            flash(_("Renamed; the old name stays among the other names."), "good")
            return redirect(url_for("organisations.show", body_id=body.id), 303)
    return render_template(
        "people/organisations/rename.html", form=form, body=body
    ), form.page_status


def _filter(who: Viewer) -> BodyFilter:
    """The filter in the address; without one, what stands straight below the viewer's own body."""
    asked = request.args
    own = queries.province() if runs_province(who) else None
    below = asked.get("below", type=int) or (own.id if own else who.organisation_id)
    return BodyFilter(
        text=asked.get("q", "").strip()[:60],
        kind=asked.get("kind", "") if asked.get("kind") in list(Kind) else "",
        state=asked.get("state", "active") if asked.get("state") in _STATES else "active",
        below=below if below < 2**62 else who.organisation_id,
        deep=asked.get("deep") == "1",
        by_quota=asked.get("tree") == "quota",
    )


_STATES = {"", *OrganisationState}
_ASKED = {"q", "kind", "state", "below", "deep", "tree"}


def _links(who: Viewer, body: Organisation) -> list[dict[str, Any]]:
    """Pages of later rooms about this body that the viewer may open."""
    links: Sequence[BodyLink] = current_app.config.get("BODY_LINKS", ())

    def address(link: BodyLink) -> dict[str, Any]:
        return {link.argument: body.id}

    return [
        {
            "label": link.label,
            "url": url_for(link.endpoint, **address(link)),
            "grave": link.grave,
            "primary": link.primary,
        }
        for link in links
        if link.endpoint in current_app.view_functions and link.allowed(who, body)
    ]
