"""Pages of signing in and out, and of one's own account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import (
    Blueprint,
    Flask,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.adapters.keys import mask_phone
from provincial.adapters.passwords import verify_password
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.accounts import actions, queries, rules
from provincial.people.accounts.forms import ContactForm, SignInForm
from provincial.people.accounts.models import User, UserSession
from provincial.people.accounts.permissions import may_act
from provincial.people.accounts.viewer import (
    address,
    agent,
    begin_session,
    current_session,
    current_viewer,
    current_viewer_or_none,
    forget_session,
    init_app,
    load_viewer,
    next_target,
    sent_again,
    sessions_owner,
    signed_in_now,
    wait_for_code,
)
from provincial.web import kept
from provincial.web.access import public, requires, signed_in
from provincial.web.formkit import ConfirmForm, submission
from provincial.web.frame import LANGUAGES

__all__ = ["blueprint", "signed_in_now"]

blueprint = Blueprint("accounts", __name__)
blueprint.before_app_request(load_viewer)
blueprint.record_once(lambda state: init_app(cast("Flask", state.app)))

#: One sentence for a wrong name, a wrong password and a locked account (R22, R24).
NOT_RIGHT = t(
    "Sign-in name or password is not right. After five failures an account is closed for ten minutes, "
    "then longer; it opens again by itself."
)
TOO_MANY = t("Too many failed tries from this address. Wait ten minutes and try again.")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public("strangers sign in here")
def sign_in() -> ResponseReturnValue:
    """Ask for name and password; the same answer in the same time whether the account exists."""
    asked = request.args.get("next", "")
    if request.method == "GET" and current_viewer_or_none() is not None:
        return redirect(next_target(asked), 303)
    form = SignInForm()
    if form.validate_on_submit():
        opened = _try_to_sign_in(form)
        if opened is not None:
            return _go_on(opened, asked)
    return _sign_in_page(form, asked, kept.carried()), form.page_status


@dataclass(frozen=True, slots=True)
class _Opened:
    """A session after the right password; ``same``: its person had the browser before."""

    token: str
    waits: bool
    same: bool


def _try_to_sign_in(form: SignInForm) -> _Opened | None:
    """A new session, or nothing with the refusal on the form.

    The try is counted and committed before the password is looked at; a failure is noted in a
    transaction of its own, so that no later rollback can undo it.
    """
    now, password = clock.now(), str(form.password.data)
    with transaction():
        attempt = actions.begin_attempt(str(form.login.data), address(), now)
    if attempt.too_many:
        form.refuse(Refusal(TOO_MANY))
        return None
    if not verify_password(attempt.password_hash, password):
        with transaction():
            actions.fail_attempt(attempt, address(), now)
        form.refuse(Refusal(NOT_RIGHT))
        return None
    try:
        with transaction():
            token, waits = actions.finish_attempt(attempt, password, address(), agent(), now)
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    return _Opened(token, waits, sessions_owner() == attempt.user_id)


def _go_on(opened: _Opened, asked: str) -> ResponseReturnValue:
    """After the password: to the code, to what had been typed, or to the page that was wanted.

    What another person had typed in this browser is not handed on.
    """
    again = kept.carried() if opened.same else []
    if opened.waits:
        code = url_for("proofs.sign_in_code", next=asked or None)
        return wait_for_code(redirect(code, 307 if again else 303), opened.token)
    if again:
        return sent_again(asked, again, opened.token)
    return begin_session(redirect(next_target(asked), 303), opened.token)


def _sign_in_page(form: SignInForm, asked: str, fields: Sequence[tuple[str, str]]) -> str:
    return render_template(
        "people/accounts/sign_in.html",
        form=form,
        action=url_for("accounts.sign_in", next=asked or None),
        fields=fields,
        files=kept.has_files(),
    )


def sign_in_again() -> ResponseReturnValue | None:
    """A form of a session that has ended: sign in here, and what was typed is kept (R26)."""
    if sessions_owner() is None:
        return None
    query = request.query_string.decode("ascii", "ignore")
    asked = f"{request.path}?{query}" if query else request.path
    target = rules.safe_next(asked) or request.path
    return _sign_in_page(SignInForm(formdata=None), target, kept.typed()), 401


@blueprint.post("/sign-out")
@public("signing out twice must not be an error")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    if current_viewer_or_none() is not None:
        opened = current_session()
        with transaction():
            found = queries.own_session(opened.user_id, opened.session_id)
            if found is not None:
                actions.end_session(found, "signed out", clock.now())
    return forget_session(redirect(url_for("accounts.sign_in"), 303))


@blueprint.post("/language")
@public("everybody chooses the language of the page")
def language() -> ResponseReturnValue:
    """Remember the language in the browser's own cookie."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(next_target(request.form.get("next", "").rstrip("?")), 303)


@blueprint.post("/text-size")
@public("everybody chooses the size of the text")
def text_size() -> ResponseReturnValue:
    """Remember the size in the browser's own cookie."""
    session["large"] = request.form.get("large") == "1"
    return redirect(next_target(request.form.get("next", "").rstrip("?")), 303)


def _own(viewer: Viewer) -> User | None:
    return queries.get_user(viewer.user_id)


@blueprint.get("/me")
@requires(signed_in)
def me() -> ResponseReturnValue:
    """One's own account: contact, bodies, open sessions."""
    user = _own(current_viewer())
    if user is None:
        abort(404)
    now = clock.now()
    return render_template(
        "people/accounts/me.html",
        user=user,
        phone=mask_phone(actions.phone_of(user)),
        sessions=queries.open_sessions(user.id, now),
        own_session_id=current_session().session_id,
        chosen=queries.memberships_of(current_viewer(), clock.today()),
        form=ConfirmForm(),
        browser=rules.browser_name,
        idle_minutes=int(queries.idle_of(current_viewer().role).total_seconds() // 60),
    )


@blueprint.route("/me/contact", methods=["GET", "POST"])
@requires(signed_in, grave=True)
def contact() -> ResponseReturnValue:
    """Change one's own name, mail address and telephone."""
    user = _own(current_viewer())
    if user is None:
        abort(404)
    form = ContactForm(data={"name": user.name, "email": user.email})
    if form.validate_on_submit():
        typed = form.phone.data or ""
        phone = "" if typed == "-" else typed or None
        with submission(form, url_for("accounts.me")) as done:
            actions.change_contact(
                user, form.name.data or "", form.email.data or "", phone, by=current_viewer()
            )
        if done:
            flash(_("Saved."), "good")
            return redirect(url_for("accounts.me"), 303)
    return render_template("people/accounts/contact.html", form=form), form.page_status


def _own_session(viewer: Viewer, session_id: int) -> UserSession | None:
    return queries.own_session(viewer.user_id, session_id)


@blueprint.post("/me/sessions/<int:session_id>/end")
@requires(may_act, load=_own_session)
def end_session(found: UserSession) -> ResponseReturnValue:
    """End one of one's own sessions, on a lost phone for example."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        abort(400)
    with transaction():
        actions.end_session(found, "ended by the person", clock.now())
    if found.id == current_session().session_id:
        return forget_session(redirect(url_for("accounts.sign_in"), 303))
    flash(_("The session has ended."), "good")
    return redirect(url_for("accounts.me"), 303)


@blueprint.get("/roles")
@requires(signed_in)
def roles() -> ResponseReturnValue:
    """Every role, where it exists and what it may do."""
    rows = [
        (role, [kind.label for kind in sorted(facts.kinds)], rules.DUTIES[role], facts)
        for role, facts in rules.ROLES.items()
    ]
    return render_template("people/accounts/roles.html", rows=rows)
