"""What was typed, carried through a page that asks for something else first (R26).

A session that has ended, or a grave act that asks for the password again, must not cost what was
typed: the fields travel through the asking page as hidden fields and are sent again after it.
"""

from __future__ import annotations

from flask import request

PREFIX = "kept."
#: Never carried: what opens an account, and the token of a session that is over.
SECRETS = frozenset({"password", "again", "current", "proof", "csrf_token"})


def typed() -> list[tuple[str, str]]:
    """The fields of this request, in order; secrets and what is being carried are left out."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in SECRETS and not name.startswith(PREFIX)
    ]


def carried() -> list[tuple[str, str]]:
    """The fields that came along in this request, by the names they had."""
    return [
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX)
    ]


def has_files() -> bool:
    """Whether a file was chosen, which cannot travel along."""
    return any(file.filename for file in request.files.values())
