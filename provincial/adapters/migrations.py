"""The tables of a database that has none yet, for commands that come before the first start."""

from __future__ import annotations

from flask_migrate import upgrade
from sqlalchemy import inspect

from provincial.core.db import db


def ensure_tables() -> None:
    """Make every table when the database is empty; one in use is brought up to date by ``./run``."""
    if not inspect(db.engine).has_table("alembic_version"):
        upgrade()
