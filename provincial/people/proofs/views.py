"""Pages of passwords and codes, and the question that stands before a grave act."""

from __future__ import annotations

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.adapters.passwords import verify_password
from provincial.adapters.qr import qr_data_uri
from provincial.adapters.services import services
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.people.accounts.models import User, UserSession
from provincial.people.accounts.permissions import may_act
from provincial.people.accounts.queries import get_user
from provincial.people.accounts.rules import Role
from provincial.people.accounts.viewer import (
    address,
    begin_session,
    cookie_name,
    current_session,
    current_viewer,
    next_target,
    sent_again,
    signed_in_now,
)
from provincial.people.proofs import actions, queries
from provincial.people.proofs.forms import (
    AppCodeForm,
    ChangePasswordForm,
    ProofForm,
    SignInCodeForm,
)
from provincial.people.proofs.rules import still_confirmed
from provincial.settings import UnsafeSettings
from provincial.web import kept
from provincial.web.access import public, requires, signed_in
from provincial.web.formkit import ConfirmForm, submission

blueprint = Blueprint("proofs", __name__)

WRONG_CODE = t("This code is not right. After five failures an account is closed for ten minutes.")
WRONG_PASSWORD = t("The current password is not right.")
#: What a person may open before the second factor that their role needs is set up.
_BEFORE_FACTOR = ("proofs.", "accounts.sign_out", "accounts.language", "accounts.text_size")


@blueprint.record_once
def _known_roles(state: BlueprintSetupState) -> None:
    """Refuse to start when the settings name a role that does not exist (R29)."""
    unknown = state.app.config.get("SECOND_FACTOR_ROLES", frozenset()) - {
        role.value for role in Role
    }
    if unknown:
        raise UnsafeSettings(f"SECOND_FACTOR_ROLES names no role: {', '.join(sorted(unknown))}.")


@blueprint.before_app_request
def factor_first() -> ResponseReturnValue | None:
    """Send a person whose role needs a second factor to set it up first (R23)."""
    found = signed_in_now()
    if found is None or not found.needs_factor:
        return None
    if (request.endpoint or "").startswith((*_BEFORE_FACTOR, "static", "bootstrap.static")):
        return None
    return redirect(url_for("proofs.second_factor"), 303)


def _prove(user_id: int, session_id: int, check: actions.Check, wrong: Text, field: str) -> None:
    """Go on only after a right password or code.

    The try is counted and committed before it is looked at, a failure noted in a transaction of its
    own, so that no later rollback can undo either (R22).
    """
    now = clock.now()
    with transaction():
        actions.begin_proof(user_id, now)
    with transaction():
        user = get_user(user_id)
        right = user is not None and check(user)
        if right:
            actions.finish_proof(session_id, now)
    if right:
        return
    with transaction():
        actions.fail_proof(user_id, address())
    raise Refusal(wrong, field=field)


def confirm_first() -> ResponseReturnValue | None:
    """Before a grave act: ask who is there again, unless that was lately proved (R23).

    What was typed travels along; with the right answer the act goes on in the same request.
    """
    opened = current_session()
    if still_confirmed(opened.confirmed_at, clock.now()):
        return None
    user = get_user(opened.user_id)
    if user is None:
        abort(404)
    by_code = user.factor_on_at is not None
    form = ProofForm(by_code=by_code, formdata=request.form if "proof" in request.form else None)
    if "proof" in request.form and form.validate():
        try:
            _prove_with(form.proof.data or "", user, by_code)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return None
    page = render_template(
        "people/proofs/confirm.html", form=form, fields=kept.typed(), files=kept.has_files()
    )
    return page, 401


def _prove_with(typed: str, user: User, by_code: bool) -> None:
    def check(user: User) -> bool:
        if by_code:
            return actions.take_code(user, typed, clock.now())
        return verify_password(user.password_hash, typed)

    wrong = WRONG_CODE if by_code else WRONG_PASSWORD
    _prove(user.id, current_session().session_id, check, wrong, "proof")


@blueprint.get("/session")
@requires(signed_in)
def still_here() -> ResponseReturnValue:
    """A sign of life without a page: the button that keeps the session asks for this."""
    return "", 204


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public("a session that waits for its code opens nothing else yet")
def sign_in_code() -> ResponseReturnValue:
    """The second step of signing in: the code of the app, or a recovery code."""
    target = request.args.get("next", "")
    waiting = queries.find_waiting(request.cookies.get(cookie_name(), ""), clock.now())
    if waiting is None:
        return redirect(url_for("accounts.sign_in", next=target or None), 303)
    arrived = request.method == "POST" and "code" not in request.form
    form = SignInCodeForm(formdata=None) if arrived else SignInCodeForm()
    if form.validate_on_submit() and not arrived:
        token = _try_code(waiting, form)
        if token:
            if kept.carried():
                return sent_again(target, kept.carried(), token)
            return begin_session(redirect(next_target(target), 303), token)
    page = render_template("people/proofs/sign_in_code.html", form=form, fields=kept.carried())
    return page, form.page_status


def _try_code(waiting: UserSession, form: SignInCodeForm) -> str:
    """The token of the open session, or nothing with the refusal on the form."""
    typed, session_id = form.code.data or "", waiting.id
    try:
        _prove(
            waiting.user_id,
            session_id,
            lambda user: actions.take_code(user, typed, clock.now()),
            WRONG_CODE,
            "code",
        )
        with transaction():
            return actions.pass_code(waiting, clock.now())
    except Refusal as refusal:
        form.refuse(refusal)
        return ""


def _own(viewer: Viewer) -> User | None:
    return get_user(viewer.user_id)


@blueprint.route("/me/password", methods=["GET", "POST"])
@requires(may_act, load=_own)
def change_password(user: User) -> ResponseReturnValue:
    """Change one's own password; every other session ends."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        token = _change_password(user, form)
        if token:
            flash(_("The password is changed. All your other sessions have ended."), "good")
            return begin_session(redirect(url_for("accounts.me"), 303), token)
    return render_template("people/proofs/password.html", form=form), form.page_status


def _change_password(user: User, form: ChangePasswordForm) -> str:
    """The session's new token, or nothing with the refusal on the form."""
    current, session_id, token = form.current.data or "", current_session().session_id, ""
    try:
        _prove(
            user.id,
            session_id,
            lambda one: verify_password(one.password_hash, current),
            WRONG_PASSWORD,
            "current",
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return ""
    with submission(form, url_for("accounts.me")):
        token = actions.change_password(
            user, form.password.data or "", session_id, by=current_viewer(), at=clock.now()
        )
    return "" if form.refused else token


@blueprint.get("/me/second-factor")
@requires(signed_in)
def second_factor() -> ResponseReturnValue:
    """Whether one's second factor is on, what it is for, and what may be done about it."""
    user = _own(current_viewer())
    if user is None:
        abort(404)
    return render_template(
        "people/proofs/second_factor.html",
        user=user,
        left=queries.codes_left(user.id),
        needed=current_session().needs_factor,
        may_act=may_act(current_viewer()),
        form=ConfirmForm(),
    )


@blueprint.post("/me/second-factor/begin")
@requires(may_act, load=_own, grave=True)
def begin_setup(user: User) -> ResponseReturnValue:
    """A new secret, shown on the next page."""
    with submission(ConfirmForm()) as done:
        actions.begin_setup(user)
    if not done:
        return redirect(url_for("proofs.second_factor"), 303)
    return redirect(url_for("proofs.set_up"), 303)


@blueprint.route("/me/second-factor/set-up", methods=["GET", "POST"])
@requires(may_act, load=_own)
def set_up(user: User) -> ResponseReturnValue:
    """The QR code for the app, and its first code."""
    if user.factor_on_at is not None or not user.factor_secret:
        return redirect(url_for("proofs.second_factor"), 303)
    form = AppCodeForm()
    if form.validate_on_submit():
        codes: list[str] = []
        with submission(form, url_for("proofs.second_factor")) as done:
            codes = actions.switch_on(
                user,
                form.code.data or "",
                current_session().session_id,
                by=current_viewer(),
                at=clock.now(),
            )
        if done:
            return render_template("people/proofs/recovery_codes.html", codes=codes, fresh=True)
    uri = actions.app_address(user, services().settings.site.name)
    secret = queries.secret_of(user)
    page = render_template(
        "people/proofs/set_up.html",
        form=form,
        picture=qr_data_uri(uri),
        groups=[secret[at : at + 4] for at in range(0, len(secret), 4)],
    )
    return page, form.page_status


@blueprint.post("/me/second-factor/recovery-codes")
@requires(may_act, load=_own, grave=True)
def renew_codes(user: User) -> ResponseReturnValue:
    """New recovery codes, shown once; the earlier ones are void."""
    codes: list[str] = []
    form = ConfirmForm()
    with submission(form, url_for("proofs.second_factor")) as done:
        codes = actions.renew_codes(user, by=current_viewer())
    if not done:
        return redirect(url_for("proofs.second_factor"), 303)
    return render_template("people/proofs/recovery_codes.html", codes=codes, fresh=False)


@blueprint.post("/me/second-factor/off")
@requires(may_act, load=_own, grave=True)
def switch_off(user: User) -> ResponseReturnValue:
    """Switch one's own second factor off."""
    with submission(ConfirmForm(), url_for("proofs.second_factor")) as done:
        actions.switch_off(user, by=current_viewer())
    if done:
        flash(
            _("The second factor is off. The password alone opens your account now."), "attention"
        )
    return redirect(url_for("proofs.second_factor"), 303)
