"""What every page shares: request number, language, headers, and the values of the frame."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, has_request_context, request, session
from flask_babel import Babel, get_locale

from provincial.core import clock
from provincial.core.request_id import set_request_id
from provincial.settings import Settings
from provincial.web.access import viewer_or_none
from provincial.web.navigation import places_for

LANGUAGES = ("zh_Hans", "en")
babel = Babel()


def chosen_language() -> str:
    """The language the reader switched to; Chinese unless told otherwise, and in the worker."""
    if not has_request_context():
        return LANGUAGES[0]
    language = session.get("language", LANGUAGES[0])
    return language if language in LANGUAGES else LANGUAGES[0]


def init_app(app: Flask, settings: Settings, surroundings: Callable[[], dict[str, Any]]) -> None:
    """Wire the frame. ``surroundings`` gives what later rooms add (messages, plans, memberships)."""
    babel.init_app(app, locale_selector=chosen_language)

    @app.before_request
    def number_the_request() -> None:
        g.request_id = uuid.uuid4().hex[:12]
        set_request_id(g.request_id)
        g.csp_nonce = secrets.token_urlsafe(16)
        g.bare_page = False

    @app.context_processor
    def frame() -> dict[str, Any]:
        who = viewer_or_none()
        values: dict[str, Any] = {
            "viewer": who,
            "site": settings.site,
            "locale": str(get_locale() or LANGUAGES[0]),
            "large": bool(session.get("large")),
            "csp_nonce": g.get("csp_nonce", ""),
            "now": clock.now(),
            "places": places_for(who) if who else [],
            "plans": [],
            "current_plan": None,
            "unread": 0,
            "memberships": [],
            "support_view": None,
            "mandate": None,
            "acting_role": None,
            "idle_left": 0,
            "get_locale": get_locale,
        }
        if not g.get("bare_page"):  # a refusal's page needs no database, which may be away
            values.update(surroundings())
        return values

    @app.after_request
    def protect(response: Response) -> Response:
        return _with_headers(response, settings)


def _with_headers(response: Response, settings: Settings) -> Response:
    """Headers of every response (R25); a download has set its own, stricter policy."""
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{g.get('csp_nonce', '')}'; "
        "style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("X-Request-Id", g.get("request_id", ""))
    if settings.secure_cookies:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    is_file = request.endpoint in ("static", "bootstrap.static") and response.status_code < 400
    headers.setdefault("Cache-Control", "public, max-age=86400" if is_file else "no-store")
    return response
