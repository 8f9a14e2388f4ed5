"""Pages of ways in: activation, a forgotten password, inviting, printing slips."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.adapters.passwords import clean_slip_code
from provincial.adapters.pdf import render_pdf
from provincial.adapters.services import public_url, services
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.people.accounts import actions as accounts
from provincial.people.accounts.models import Invitation, User
from provincial.people.accounts.rules import (
    ADDRESS_FAILURES,
    ADDRESS_WINDOW,
    INVITATION_LIFE,
    first_role,
    roles_for,
)
from provincial.people.accounts.viewer import (
    address,
    agent,
    begin_session,
    current_viewer,
    current_viewer_or_none,
    wait_for_code,
)
from provincial.people.invitations import actions, queries
from provincial.people.invitations.forms import (
    ActivationForm,
    CodeForm,
    ForgottenForm,
    InviteForm,
    NewPasswordForm,
)
from provincial.people.invitations.permissions import (
    BodyUsers,
    may_handle,
    may_invite,
    may_invite_below,
)
from provincial.people.organisations.rules import Kind
from provincial.web import limits
from provincial.web.access import public, requires
from provincial.web.downloads import PDF, attachment
from provincial.web.filters import translate
from provincial.web.formkit import ConfirmForm, submission

blueprint = Blueprint("invitations", __name__)


@blueprint.route("/activate", methods=["GET", "POST"])
@public("people with a slip have no account yet")
def activate() -> ResponseReturnValue:
    """Type the code of a slip."""
    form = CodeForm()
    if form.validate_on_submit():
        code = clean_slip_code(str(form.code.data))
        if code and _known(code):
            return redirect(url_for("invitations.use_code", code=code), 303)
        form.refuse(Refusal(t("This is not the code of an open slip."), field="code"))
    return render_template("people/invitations/activate.html", form=form), form.page_status


def _known(code: str) -> Invitation | None:
    """The invitation behind a code; wrong ones are counted by address (R22)."""
    bucket = f"activate:{address()}"
    if limits.is_over(bucket, ADDRESS_FAILURES, ADDRESS_WINDOW):
        abort(429)
    found = queries.find_invitation(code)
    if found is None:
        with transaction():
            accounts.count_failure(bucket)
    return found


@blueprint.route("/activate/<string:code>", methods=["GET", "POST"])
@public("people with a link or slip have no account yet")
def use_code(code: str) -> ResponseReturnValue:
    """Use a link or slip: make an account, add a body to one's own, or set a new password."""
    invitation = queries.find_invitation(code) if request.method == "GET" else _known(code)
    if invitation is None:
        abort(404)
    if not queries.is_open(invitation, clock.now()):
        state = queries.state_of(invitation, clock.now())
        return render_template("people/invitations/void.html", state=state), 410
    if invitation.purpose == "reset":
        return _reset(invitation)
    if current_viewer_or_none() is not None:
        return _add_to_own(invitation)
    return _new_account(invitation)


def _new_account(invitation: Invitation) -> ResponseReturnValue:
    form = ActivationForm(data={"name": invitation.name})
    if form.validate_on_submit():
        now = clock.now()
        token = ""
        with submission(form, "/") as done:
            user = actions.join_with_new_account(
                invitation,
                form.login.data or "",
                form.name.data or "",
                form.password.data or "",
                now,
            )
            token = accounts.open_session(user, address(), agent(), now)
        if done:
            flash(_("Your account is active. Welcome."), "good")
            return begin_session(redirect("/", 303), token)
    page = render_template("people/invitations/join.html", form=form, invitation=invitation)
    return page, form.page_status


def _add_to_own(invitation: Invitation) -> ResponseReturnValue:
    form = ConfirmForm()
    if current_viewer().read_only:
        abort(403)
    if form.validate_on_submit():
        with submission(form, url_for("acting.choose")) as done:
            actions.join_with_own_account(invitation, by=current_viewer(), at=clock.now())
        if done:
            flash(_("You may now act for one more body; switch to it here."), "good")
            return redirect(url_for("acting.choose"), 303)
    page = render_template("people/invitations/join_own.html", form=form, invitation=invitation)
    return page, form.page_status


def _reset(invitation: Invitation) -> ResponseReturnValue:
    form = NewPasswordForm()
    user: User | None = queries.invited_user(invitation)
    if user is None:
        abort(404)
    if form.validate_on_submit():
        now = clock.now()
        token, code_first = "", user.factor_on_at is not None
        with submission(form, "/") as done:
            actions.reset_password(invitation, form.password.data or "", now)
            token = accounts.open_session(user, address(), agent(), now)
        if done:
            flash(_("Your password is set. All earlier sessions have ended."), "good")
            if code_first:
                return wait_for_code(redirect(url_for("proofs.sign_in_code"), 303), token)
            return begin_session(redirect("/", 303), token)
    page = render_template("people/invitations/reset.html", form=form, user=user)
    return page, form.page_status


@blueprint.route("/forgotten-password", methods=["GET", "POST"])
@public("people who forgot their password cannot sign in")
def forgotten() -> ResponseReturnValue:
    """Ask for a reset mail; the answer does not tell whether the account exists (R24)."""
    form = ForgottenForm()
    if form.validate_on_submit():
        with transaction():
            actions.ask_for_reset(str(form.who.data), address(), clock.now())
        return render_template("people/invitations/mail_sent.html")
    return render_template("people/invitations/forgotten.html", form=form), form.page_status


@blueprint.route("/invitations/bodies/<int:body_id>", methods=["GET", "POST"])
@requires(may_invite, load=queries.body_users, grave=True)
def invite(body: BodyUsers) -> ResponseReturnValue:
    """Invite a person by mail, by a link shown once, or by a printed slip."""
    kind = Kind(body.organisation.kind)
    own = current_viewer().organisation_id == body.organisation.id
    first = first_role(kind)
    possible = roles_for(kind) if own else [first] if first else []
    form = InviteForm([(role.value, translate(role.label)) for role in possible])
    if form.validate_on_submit():
        if request.form.get("as") == "slip":
            return _one_slip(body, form)
        code = ""
        with submission(form, _back_to(body)) as done:
            _invitation, code = actions.invite(
                body,
                form.name.data or "",
                form.email.data or "",
                form.role.data or "",
                by=current_viewer(),
                at=clock.now(),
            )
        if done:
            return _after_invitation(body, form, code)
    page = render_template("people/invitations/invite.html", form=form, body=body.organisation)
    return page, form.page_status


def _after_invitation(body: BodyUsers, form: InviteForm, code: str) -> ResponseReturnValue:
    if form.email.data:
        flash(_("The invitation to %(name)s is on its way.", name=form.name.data), "good")
        return redirect(_back_to(body), 303)
    return _show_link(code, _back_to(body))


def _show_link(code: str, back: str) -> ResponseReturnValue:
    """The link, once: it is kept nowhere in a readable form."""
    link = actions.link_of(code)
    return render_template("people/invitations/link.html", link=link, back=back)


def _back_to(body: BodyUsers) -> str:
    if body.organisation.id == current_viewer().organisation_id:
        return url_for("staff.own_users")
    return url_for("staff.users_of", body_id=body.organisation.id)


def _one_slip(body: BodyUsers, form: InviteForm) -> ResponseReturnValue:
    """A printed slip: not replayed, so that a second press gives a page with a valid code."""
    try:
        with transaction():
            code = actions.print_slip(
                body,
                form.name.data or "",
                form.role.data or "",
                by=current_viewer(),
                at=clock.now(),
            )
    except Refusal as refusal:
        form.refuse(refusal)
        page = render_template("people/invitations/invite.html", form=form, body=body.organisation)
        return page, form.page_status
    return _slips([(body.organisation.name, form.name.data or "", code)], _back_to(body))


def _slips(slips: list[tuple[str, str, str]], back: str) -> ResponseReturnValue:
    """Slips as a page to print, or as a PDF when that button was pressed."""
    values = {
        "slips": slips,
        "address": public_url("/activate"),
        "until": clock.now() + INVITATION_LIFE,
    }
    if request.form.get("format") == "pdf":
        html = render_template("papers/activation_slips.html", **values)
        pdf = render_pdf(html, fonts=services().fonts)
        return attachment(pdf, "账号激活单.pdf", PDF)
    return render_template("people/invitations/slips.html", back=back, **values)


@blueprint.post("/invitations/<int:invitation_id>/resend")
@requires(may_handle, load=queries.invitation_in_scope, grave=True)
def resend(invitation: Invitation) -> ResponseReturnValue:
    """A new link; the old one is void."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        abort(400)
    back = url_for("staff.users_of", body_id=invitation.organisation_id)
    with transaction():
        code = actions.resend(invitation, by=current_viewer(), at=clock.now())
        mailed = bool(invitation.email)
    if mailed:
        flash(_("A new link is on its way; the old one is void."), "good")
        return redirect(back, 303)
    return _show_link(code, back)


@blueprint.post("/invitations/<int:invitation_id>/withdraw")
@requires(may_handle, load=queries.invitation_in_scope)
def withdraw(invitation: Invitation) -> ResponseReturnValue:
    """Make an invitation void."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        abort(400)
    with transaction():
        actions.withdraw(invitation, by=current_viewer(), at=clock.now())
        body_id = invitation.organisation_id
    flash(_("The invitation is void."), "good")
    return redirect(url_for("staff.users_of", body_id=body_id), 303)


@blueprint.get("/invitations/below")
@requires(may_invite_below)
def below() -> ResponseReturnValue:
    """Bodies directly below that nobody manages yet."""
    kind = _wanted_kind(request.args.get("kind", ""))
    page = queries.bodies_without_administrator(
        current_viewer(),
        clock.today(),
        kind=kind,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    kinds = [("", _("All"))] + [
        (known.value, translate(known.label)) for known in Kind if first_role(known)
    ]
    return render_template(
        "people/invitations/below.html", page=page, kind=kind, kinds=kinds, form=ConfirmForm()
    )


def _wanted_kind(typed: str) -> str:
    return typed if typed in {kind.value for kind in Kind} else ""


@blueprint.post("/invitations/below/slips")
@requires(may_invite_below, grave=True)
def slips_below() -> ResponseReturnValue:
    """One slip for the first administrator of each body below that has none."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        abort(400)
    viewer, now = current_viewer(), clock.now()
    kind = _wanted_kind(request.form.get("kind", ""))
    with transaction():
        bodies = queries.all_without_administrator(viewer, clock.china_date(now), kind)
        made = actions.print_first_slips(bodies, by=viewer, at=now)
        slips = [(body.name, "", code) for body, code in made]
    if not slips:
        flash(_("Every body below has an administrator."), "waiting")
        return redirect(url_for("invitations.below"), 303)
    return _slips(slips, url_for("invitations.below"))
