"""What an address of the site may hold: numbers the database knows, and no NUL (R15)."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**63 - 1


class IdConverter(IntegerConverter):
    """``<int:…>`` in a path: plain digits up to the largest bigint; anything else is no page (404).

    The framework's own also takes Arabic and full-width digits, and numbers of any length.
    """

    regex = r"[0-9]{1,19}"

    def __init__(
        self,
        map: Map,  # noqa: A002  the framework's own name
        fixed_digits: int = 0,
        min: int | None = None,  # noqa: A002
        max: int | None = LARGEST_ID,  # noqa: A002
        signed: bool = False,
    ) -> None:
        super().__init__(map, fixed_digits, min, max, signed)


def init_app(app: Flask) -> None:
    """Put the converter in place, before any page is mounted, and refuse a NUL in an address.

    No text of ours holds a NUL, and the database cannot compare with one.
    """
    app.url_map.converters["int"] = IdConverter

    @app.before_request
    def refuse_nul() -> None:
        if "\x00" in request.path:
            abort(404)
        if any("\x00" in value for value in request.args.values()):
            abort(400)
