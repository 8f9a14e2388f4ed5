"""The small province, built once per module inside a transaction that never ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from provincial.core.db import db
from tests.site.walker import Walker, build_walker


@pytest.fixture(scope="module")
def walker(app: Flask) -> Iterator[Walker]:
    """Everybody signed in; forms need no token here (test_requests.py proves that they do)."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        engines, engine = db.engines, db.engine
        connection = engine.connect()
        outer = connection.begin()
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        engines[None] = connection  # type: ignore[index]
        made = build_walker(app, connection)
        db.session.remove()
    # Outside the context from here on: a request inside it would share its ``g`` with all others.
    try:
        yield made
    finally:
        engines[None] = engine  # type: ignore[index]
        outer.rollback()
        connection.close()
        app.config["WTF_CSRF_ENABLED"] = True
