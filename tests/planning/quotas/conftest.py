"""A site whose commits are real, for what several officers do at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from provincial import create_app
from provincial.core.db import db
from tests.schema import build_schema


@pytest.fixture
def site(app: Flask, database_url: str, tmp_path: object) -> Iterator[Flask]:
    """A site on a database of its own, so that real commits of many threads trouble nobody."""
    url = make_url(database_url)
    name = f"{url.database}_race"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'drop database if exists "{name}" with (force)'))
        connection.execute(text(f'create database "{name}"'))
    own = url.set(database=name).render_as_string(False)
    build_schema(own)
    site = create_app({"DATABASE_URL": own, "PTP_INSTANCE": str(tmp_path)})
    site.config["TESTING"] = True
    site.config["PROPAGATE_EXCEPTIONS"] = False
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f'drop database if exists "{name}" with (force)'))
    admin.dispose()
