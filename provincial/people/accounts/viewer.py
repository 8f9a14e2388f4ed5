"""Who is signed in. Only views ask; below them the person is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app, g, make_response, render_template, request, session
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from provincial.adapters.services import services
from provincial.core import clock
from provincial.core.db import transaction
from provincial.people.accounts import actions, queries
from provincial.people.accounts.queries import SignedIn
from provincial.people.accounts.rules import safe_next
from provincial.web.access import viewer as current_viewer
from provincial.web.access import viewer_or_none as current_viewer_or_none

__all__ = [
    "address",
    "agent",
    "begin_session",
    "cookie_name",
    "current_session",
    "current_viewer",
    "current_viewer_or_none",
    "forget_session",
    "init_app",
    "load_viewer",
    "next_target",
    "sent_again",
    "sessions_owner",
    "signed_in_now",
    "wait_for_code",
]

_FRAMEWORK_FILES = ("static", "bootstrap.static")
_KEPT_IN_FRAME = ("language", "large", "_flashes")

login_manager = LoginManager()
# The session is ours, in the database; nothing of Flask-Login's own goes into a cookie.
login_manager.session_protection = None


@dataclass(frozen=True)
class Person(UserMixin):  # type: ignore[misc]
    """What Flask-Login's ``current_user`` is here: the person of the open session."""

    id: int


@login_manager.request_loader  # type: ignore[untyped-decorator]
def _person(_request: object) -> Person | None:
    signed_in = signed_in_now()
    return Person(signed_in.user_id) if signed_in else None


def init_app(app: Flask) -> None:
    """Wire Flask-Login, so that its ``current_user`` is the person of the open session."""
    login_manager.init_app(app)


def cookie_name() -> str:
    """``__Host-sid`` over https, which pins the cookie to this host and path; else ``sid``."""
    return "__Host-sid" if services().settings.secure_cookies else "sid"


def load_viewer() -> None:
    """Read the person of this request from the database, and note the sign of life.

    The note is a short transaction of its own, done before the page's work begins and at most once a
    minute; nothing else is ever written by a page.
    """
    g.viewer = g.signed_in = None  # a context that outlives one request must not lend its person
    g.pop("_login_user", None)
    token = request.cookies.get(cookie_name(), "")
    if not token or request.endpoint in _FRAMEWORK_FILES:
        return
    now = clock.now()
    found = queries.find_signed_in(token, now)
    if found is None:
        return
    g.signed_in = found
    g.viewer = found.viewer
    # What a page asks for by itself, again and again, is no sign of a person (R20).
    if found.stale and "X-Poll" not in request.headers:
        with transaction():
            actions.touch(found.session_id, now)


def signed_in_now() -> SignedIn | None:
    """The open session of this request, if there is one; for the frame of the page."""
    return cast("SignedIn | None", g.get("signed_in"))


def current_session() -> SignedIn:
    """The open session of this request; only behind ``@requires``."""
    found = signed_in_now()
    if found is None:
        raise LookupError("nobody is signed in")
    return found


def begin_session(response: Any, token: str) -> Response:
    """Hand the browser the token of its new or renewed session; the form token changes too."""
    _renew_frame()
    return wait_for_code(response, token)


def wait_for_code(response: Any, token: str) -> Response:
    """Hand the browser the token of a session that opens nothing yet."""
    response.set_cookie(
        cookie_name(),
        token,
        path="/",
        secure=services().settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return cast(Response, response)


def sessions_owner() -> int | None:
    """Whose session this browser had or has; it may be over."""
    token = request.cookies.get(cookie_name(), "")
    return queries.session_owner(token) if token else None


def sent_again(target: str, fields: Sequence[tuple[str, str]], token: str) -> Response:
    """Begin the session and offer what was typed to be sent, which an ended one had stopped (R26)."""
    response = begin_session(make_response(""), token)
    g.pop("csrf_token", None)  # the one of this request went with the old frame
    page = render_template(
        "errors/send_again.html",
        title=_("You are signed in again"),
        message=_(
            "Your session had ended before the form was sent. Nothing has been saved yet; what you "
            "typed is still here."
        ),
        target=next_target(target, "POST"),
        fields=fields,
        files=False,
    )
    response.set_data(page)
    return response


def forget_session(response: Any) -> Response:
    """Take the token back from the browser, with what it may have kept of our pages."""
    _renew_frame()
    response.delete_cookie(
        cookie_name(), path="/", secure=services().settings.secure_cookies, samesite="Lax"
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return cast(Response, response)


def _renew_frame() -> None:
    """Nothing of the time before a sign-in is trusted after it, but how the page looks."""
    kept = {name: session[name] for name in _KEPT_IN_FRAME if name in session}
    session.clear()
    session.update(kept)


def next_target(target: str, method: str = "GET") -> str:
    """Where to go next: a page of this site that exists and takes ``method``, else home (R28)."""
    wanted = safe_next(target)
    if not wanted:
        return "/"
    try:
        current_app.create_url_adapter(request).match(wanted.partition("?")[0], method=method)  # type: ignore[union-attr]
    except HTTPException:  # unknown, not readable, or a redirect to elsewhere
        return "/"
    return wanted


def address() -> str:
    """Where the request came from."""
    return (request.remote_addr or "")[:64]


def agent() -> str:
    """The browser's own name."""
    return request.headers.get("User-Agent", "")[:200]
