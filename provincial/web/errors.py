"""Error pages: calm words, what to do next, a number to quote; never a trace."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DataError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from provincial.core.db import db
from provincial.core.refusals import Refusal
from provincial.web import kept
from provincial.web.filters import translate
from provincial.web.kept import SECRETS
from provincial.web.once import Replayed

logger = logging.getLogger(__name__)


def _words(code: int) -> tuple[str, str]:
    """Title and advice by status."""
    words = {
        400: (_("The request was not understood"), _("Go back, check what was typed, try again.")),
        401: (_("Please sign in"), _("This page is for people with an account.")),
        403: (_("Not yours to do"), _("Your role does not include this. Ask your administrator.")),
        404: (_("Nothing here"), _("The page does not exist or is not for your organisation.")),
        405: (_("Not possible here"), _("Go back and use the buttons of the page.")),
        409: (_("Changed by somebody else"), _("Open the page again and compare.")),
        413: (_("Too large"), _("The file or form is larger than the site accepts.")),
        422: (_("This cannot be done"), _("Read the reason, mend it and send it again.")),
        429: (_("Too many tries"), _("Wait a few minutes, then try again.")),
        503: (_("Busy for a moment"), _("Nothing was changed. Try again in a minute.")),
    }
    fallback = (_("Something went wrong"), _("It has been noted. Nothing was half-saved."))
    return words.get(code, fallback)


def page(code: int, message: str = "") -> ResponseReturnValue:
    """The error page for ``code``; ``message`` replaces the general advice."""
    title, advice = _words(code)
    _let_go_of_the_database()
    if request.accept_mimetypes.best == "application/json":
        return jsonify(title=title, message=message or advice, request=g.get("request_id")), code
    text = render_template(
        "errors/error.html",
        code=code,
        title=title,
        message=message or advice,
        request_id=g.get("request_id", ""),
        kept=_kept_input() if code in (400, 403, 409, 422, 503) else [],
    )
    return text, code


def _let_go_of_the_database() -> None:
    """The page stands without the database: it may be away, or the transaction broken."""
    g.bare_page = True
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session.remove()


def _kept_input() -> list[tuple[str, str]]:
    """What was typed, so that it can be copied when the page could not be shown again (R26)."""
    hidden = {"csrf_token", "key", "version"}
    secret = ("password", "token", "code")
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in hidden | SECRETS and value and not any(word in name for word in secret)
    ]


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if 300 <= code < 400:
        return error.get_response()
    return page(code)


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    """A token of an earlier sign-in. A form of our own page may be sent once more with one press (R26).

    A form with a password cannot travel along: its page is opened again, to be filled in anew.
    """
    own_page = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if own_page and request.url_rule is not None and _holds_a_secret():
        if "GET" in (request.url_rule.methods or ()):
            flash(_("The page had been open too long. Please fill it in once more."), "blocked")
            return redirect(request.full_path.rstrip("?"), 303)
    elif own_page and request.url_rule is not None and kept.typed():
        g.bare_page = True
        page_again = render_template(
            "errors/send_again.html",
            title=_("Send it once more"),
            message=_(
                "The page had been open too long, or you have signed in anew. Nothing is saved yet."
            ),
            target=request.full_path.rstrip("?"),
            fields=kept.typed(),
            files=kept.has_files(),
        )
        return page_again, 400
    text = _("The page had been open too long. Nothing was saved; what you typed is kept below.")
    return page(400, text)


def _holds_a_secret() -> bool:
    return bool((SECRETS - {"csrf_token"}) & request.form.keys())


def _refused(error: Refusal) -> ResponseReturnValue:
    return page(error.status, translate(error.message))


def _replayed(error: Replayed) -> ResponseReturnValue:
    """A twin of an accepted form: show the result again, change nothing."""
    if error.answer.startswith("/"):
        return redirect(error.answer, 303)
    if request.url_rule is not None and "GET" in (request.url_rule.methods or ()):
        return redirect(request.full_path.rstrip("?"), 303)
    return redirect(url_for("home.home"), 303)


def _database(error: OperationalError | InterfaceError | PoolTimeout) -> ResponseReturnValue:
    """The database is away, restarting, or has no connection to spare (R35)."""
    logger.error("database: %s", type(getattr(error, "orig", None) or error).__name__)
    return page(503)


def _unfit(error: DataError) -> ResponseReturnValue:
    """A value that no column can hold: bad input that a form should have refused (R15)."""
    logger.error("a value slipped through in %s: %s", request.endpoint, type(error.orig).__name__)
    return page(400)


def _fault(error: Exception) -> ResponseReturnValue:
    logger.exception("fault in %s", request.endpoint, exc_info=error)
    return page(500)


def init_app(app: Flask) -> None:
    """Register the pages for everything that can go wrong."""
    handlers: list[tuple[Any, Any]] = [
        (HTTPException, _http),
        (CSRFError, _csrf),
        (Refusal, _refused),
        (Replayed, _replayed),
        (OperationalError, _database),
        (InterfaceError, _database),
        (PoolTimeout, _database),
        (DataError, _unfit),
        (Exception, _fault),
    ]
    for kind, handler in handlers:
        app.register_error_handler(kind, handler)
