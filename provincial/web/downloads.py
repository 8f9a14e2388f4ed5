"""Files that leave the site: always as attachments, with their Chinese name kept (RFC 6266)."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
CSV = "text/csv; charset=utf-8"
PNG = "image/png"


def attachment(data: bytes, name: str, media_type: str) -> Response:
    """``data`` as a download called ``name``; never rendered in our origin (R18)."""
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"download\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def picture(data: bytes) -> Response:
    """A PNG made by the site itself, shown in a page."""
    return Response(data, mimetype=PNG)
