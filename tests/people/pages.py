"""Sending the forms of pages as a browser does."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def hidden_values(page: str, action: str = "") -> dict[str, str]:
    """The hidden fields of the page's form (the one with ``action``, else the one in the main part)."""
    soup = BeautifulSoup(page, "html.parser")
    main = soup.find("main") or soup
    forms = main.find_all("form", method="post")
    form = next((f for f in forms if f.get("action", "") == action), None) if action else forms[0]
    assert form is not None, f"no form {action!r}"
    return {
        str(field["name"]): str(field.get("value", ""))
        for field in form.find_all("input", type="hidden")
    }


def open_page(client: FlaskClient, url: str) -> TestResponse:
    """Open a page as a new request would: its form token is not the one of an earlier request.

    The requests of a test share one application context, where Flask-WTF remembers the token.
    """
    g.pop("csrf_token", None)
    return client.get(url)


def send(
    client: FlaskClient, url: str, values: dict[str, Any] | None = None, *, page_url: str = ""
) -> TestResponse:
    """Open the page with the form, fill it in and send it to ``url``."""
    page = open_page(client, page_url or url)
    assert page.status_code == 200, page.status
    hidden = hidden_values(page.text, url if page_url else "")
    return client.post(url, data={**hidden, **(values or {})})


def text_of(response: TestResponse) -> str:
    """What the main part of a page says."""
    soup = BeautifulSoup(response.text, "html.parser")
    return (soup.find("main") or soup).get_text(" ", strip=True)
