"""A paper laid out: its content, its number, its QR code, put into its template; and the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import current_app

from provincial.adapters.gongwen import chinese_date, masthead_size, title_lines
from provincial.adapters.pdf import render_pdf
from provincial.adapters.qr import qr_data_uri
from provincial.adapters.services import public_url, services
from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut
from provincial.core.clock import CHINA
from provincial.office.papers.models import Paper
from provincial.office.papers.rules import shown_code
from provincial.web.filters import translate


def verification_url(paper: Paper) -> str:
    """Where the QR code leads: the fixed public address and the token (R28, R40)."""
    return public_url(f"/v/{paper.token}")


def values(paper: Paper) -> Mapping[str, Any]:
    """What the template gets as ``paper``: the kept content and what every paper carries."""
    issued = paper.issued_on
    return {
        "title_lines": title_lines(paper.title),
        "masthead_size": masthead_size(str(paper.content.get("masthead", ""))),
        **paper.content,
        "number": paper.number,
        "title": paper.title,
        "issuer": paper.issuer_name,
        "addressee": paper.content.get("addressee") or paper.addressee_name,
        "issued_on": issued,
        "issued_text": chinese_date(issued),
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


_TITLES = ("文号", "标题", "发文机关", "主送单位", "成文日期", "状态", "阅读时间", "阅读人")


def sheet(papers: Iterable[Paper]) -> SheetOut:
    """A list of papers as a table; its headings are Chinese like every official table."""
    columns = [Column(title, Kind.DATE if "日期" in title else Kind.TEXT) for title in _TITLES]
    return SheetOut("公文清单", columns, [_row(paper) for paper in papers], title="公文清单")


def _row(paper: Paper) -> tuple[object, ...]:
    read = f"{paper.read_at.astimezone(CHINA):%Y-%m-%d %H:%M}" if paper.read_at else ""
    return (
        paper.number,
        paper.title,
        paper.issuer_name,
        paper.addressee_name,
        paper.issued_on,
        translate(paper.status.label),
        read,
        paper.read_by_name,
    )
