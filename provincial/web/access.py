"""Who may open what: every endpoint declares it, or the site refuses to start (R1).

Outside the viewer's scope a thing does not exist (404); inside it but not allowed is 403. Both
leave an event of the journal, at most one for a person, an endpoint and a minute (R30).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from provincial.core.db import db, transaction
from provincial.core.refusals import Refusal
from provincial.core.viewer import Viewer
from provincial.web.limits import count

View = TypeVar("View", bound=Callable[..., Any])
Permission = Callable[..., bool]

logger = logging.getLogger(__name__)
_A_MINUTE = timedelta(minutes=1)
#: A page to show instead of going on, or nothing.
Gate = Callable[[], ResponseReturnValue | None]

_FRAMEWORK_FILES = ("static", "bootstrap.static")


class UndeclaredAccess(RuntimeError):
    """An endpoint does not say who may open it."""


def viewer() -> Viewer:
    """The person of this request; only where access has been declared as not public."""
    found = viewer_or_none()
    if found is None:
        abort(403)
    return found


def viewer_or_none() -> Viewer | None:
    """The person of this request, or nobody."""
    return cast("Viewer | None", g.get("viewer"))


def signed_in(_viewer: Viewer) -> bool:
    """The permission of pages that every signed-in person may open."""
    return True


def public(reason: str) -> Callable[[View], View]:
    """Declare that everybody may open this endpoint, and why."""

    def mark(view: View) -> View:
        view.access = f"public: {reason}"  # type: ignore[attr-defined]
        return view

    return mark


def requires(
    permission: Permission,
    load: Callable[..., Any] | None = None,
    *,
    while_viewing: bool = False,
    grave: bool = False,
) -> Callable[[View], View]:
    """Declare who may open this endpoint.

    Without ``load``, ``permission(viewer)`` decides and the view gets the route's values. With it,
    ``load(viewer, **values)`` gives the thing in the viewer's scope or ``None`` (404),
    ``permission(viewer, thing)`` decides, and the view gets the thing as its only argument.
    ``while_viewing`` lets a read-only support view post here (to end itself). ``grave`` asks for the
    password or code again before it acts, unless that was lately (R23).
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            who = viewer_or_none()
            if who is None:
                return _to_sign_in()
            if who.read_only and request.method not in ("GET", "HEAD") and not while_viewing:
                abort(403)
            if load is None:
                if not permission(who):
                    abort(403)
                return _asked_first(grave) or cast(ResponseReturnValue, view(**values))
            thing = load(who, **values)
            if thing is None:
                g.out_of_scope = True
                abort(404)
            if not permission(who, thing):
                abort(403)
            return _asked_first(grave) or cast(ResponseReturnValue, view(thing))

        guarded.access = f"requires: {permission.__name__}"  # type: ignore[attr-defined]
        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.grave = grave  # type: ignore[attr-defined]
        return cast(View, guarded)

    return mark


def _to_sign_in() -> ResponseReturnValue:
    """Send a stranger to sign in; the address is remembered, and a form of an ended session too."""
    if request.method == "POST":
        again = _gate("SIGN_IN_AGAIN")
        if again is not None:
            return again
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=wanted), 303)


@dataclass(frozen=True, slots=True)
class Denial:
    """What was refused: no names, and nothing of what was typed."""

    endpoint: str
    method: str
    path: str
    status: int


def _asked_first(grave: bool) -> ResponseReturnValue | None:
    return _gate("CONFIRM_FIRST") if grave and request.method == "POST" else None


def _gate(name: str) -> ResponseReturnValue | None:
    """What a later room puts before the view; the sitemap names it."""
    gate = cast("Gate | None", current_app.config.get(name))
    return gate() if gate else None


def init_app(app: Flask) -> None:
    """Deny by default: a request whose endpoint declares nothing is refused even if it slipped in.

    ``app.config["NOTE_DENIAL"]`` is called as ``note(viewer, denial)`` for each refusal.
    """

    @app.before_request
    def deny_undeclared() -> None:
        if request.endpoint is None:
            return
        if not hasattr(app.view_functions[request.endpoint], "access"):
            abort(403)

    @app.after_request
    def note_denial(response: Response) -> Response:
        if response.status_code == 403 or g.get("out_of_scope"):
            _note_denial(response.status_code, app.config.get("NOTE_DENIAL"))
        return response


def _note_denial(status: int, note: Callable[[Viewer, Denial], object] | None) -> None:
    """Write the event when all else has been rolled back; a failure leaves the answer as it is."""
    who, endpoint = viewer_or_none(), request.endpoint or ""
    if note is None or who is None:
        return
    try:
        if count(f"denied:{who.user_id}:{endpoint}", _A_MINUTE) > 1:
            return
        db.session.rollback()
        with transaction():
            note(who, Denial(endpoint, request.method, request.path[:200], status))
    except (SQLAlchemyError, Refusal):
        logger.exception("a denial could not be noted: %s", endpoint)


def check_declared(app: Flask) -> None:
    """Refuse to start when an endpoint declares nothing."""
    for endpoint in _FRAMEWORK_FILES:
        if endpoint in app.view_functions:
            wrapped = app.view_functions[endpoint]
            app.view_functions[endpoint] = public("files of the page frame")(_plain(wrapped))
    silent = [e for e, view in app.view_functions.items() if not hasattr(view, "access")]
    if silent:
        raise UndeclaredAccess("No access declared for: " + ", ".join(sorted(silent)))


def _plain(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def call(**values: Any) -> ResponseReturnValue:
        return cast(ResponseReturnValue, view(**values))

    return call
