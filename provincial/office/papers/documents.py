"""A paper laid out: its content, its number, its QR code, put into its template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app

from provincial.adapters.pdf import render_pdf
from provincial.adapters.qr import qr_data_uri
from provincial.adapters.services import public_url, services
from provincial.office.papers.models import Paper
from provincial.office.papers.rules import shown_code


def verification_url(paper: Paper) -> str:
    """Where the QR code leads: the fixed public address and the token (R28, R40)."""
    return public_url(f"/v/{paper.token}")


def values(paper: Paper) -> Mapping[str, Any]:
    """What the template gets as ``paper``: the kept content and what every paper carries."""
    issued = paper.issued_on
    return {
        **paper.content,
        "number": paper.number,
        "title": paper.title,
        "issuer": paper.issuer_name,
        "addressee": paper.content.get("addressee") or paper.addressee_name,
        "issued_on": issued,
        "issued_text": f"{issued.year}年{issued.month}月{issued.day}日",
        "qr_uri": qr_data_uri(verification_url(paper)),
        "short_code": shown_code(paper.code),
    }


def page(paper: Paper) -> str:
    """The paper as a complete HTML page."""
    template = current_app.jinja_env.get_template(paper.template)
    return template.render(paper=values(paper))


def lay_out(paper: Paper) -> bytes:
    """The paper as PDF; ``PaperError`` when text would be lost."""
    return render_pdf(page(paper), fonts=services().fonts)
