"""Where the benches run: a throw-away instance with the embedded server, as durable as a real one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask_migrate import upgrade

from provincial import create_app
from provincial.adapters.durability import libpq_url, weaknesses
from provincial.adapters.postgres import ensure_server, release
from provincial.core.db import db


@dataclass(frozen=True)
class Place:
    """The process number of the database server, for its share of the CPU."""

    server: int


@contextmanager
def throw_away_place() -> Iterator[Place]:
    """A migrated site within an application context; everything is removed afterwards."""
    instance = Path(tempfile.mkdtemp(prefix="ptp-bench-"))
    instance.chmod(0o711)
    try:
        url = ensure_server(instance)
        if weak := weaknesses(url):
            raise SystemExit(" ".join(weak))
        app = create_app({"PTP_INSTANCE": str(instance), "DATABASE_URL": url})
        # Sixteen threads at once, and no check of each connection on both sides alike.
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] |= {"pool_size": 20}
        with app.app_context():
            upgrade()
            yield Place(_postmaster(url))
            db.session.remove()
            db.engine.dispose()
    finally:
        release(instance)
        shutil.rmtree(instance, ignore_errors=True)


def _postmaster(url: str) -> int:
    with psycopg.connect(libpq_url(url)) as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    return int(row[0].split()[0])
