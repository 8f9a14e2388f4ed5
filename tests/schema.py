"""How the tests make an empty database (by the migrations, as a site does) and look at its build."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import Connection, create_engine, make_url, text

from provincial.core.db import db

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def migrations(connection: Connection | None = None) -> Config:
    """Alembic's settings of the project, on ``connection`` when one is given."""
    config = Config(MIGRATIONS / "alembic.ini")
    config.attributes["connection"] = connection
    return config


def build_schema(url: str) -> None:
    """Every table, trigger and the queue's own schema, as ``flask db upgrade`` makes them."""
    engine = create_engine(url)
    with engine.connect() as connection:
        command.upgrade(migrations(connection), "head")
    engine.dispose()


@contextmanager
def new_database(beside: str, *, filled: bool = True) -> Iterator[str]:
    """A database of its own on the server of ``beside``, migrated when ``filled``; dropped after."""
    name = f"own_{uuid4().hex[:16]}"
    admin = create_engine(beside, isolation_level="AUTOCOMMIT")
    url = make_url(beside).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
        try:
            if filled:
                build_schema(url)
            yield url
        finally:
            connection.execute(text(f'drop database "{name}" with (force)'))
    admin.dispose()


@contextmanager
def living_on(app: Flask, url: str) -> Iterator[None]:
    """The site works on the database at ``url`` for a while, and really commits there."""
    with app.app_context():
        before = db.engine
        own = create_engine(url, pool_size=10, max_overflow=10)
        db.session.remove()
        db.engines[None] = own  # type: ignore[index]
        try:
            yield
        finally:
            db.session.remove()
            db.engines[None] = before  # type: ignore[index]
            own.dispose()


_BUILD = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
               column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal""",
    "functions": """
        SELECT proname, md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
}


def build_of(connection: Connection) -> dict[str, set[tuple[object, ...]]]:
    """What stands in the database, word for word as PostgreSQL itself describes it."""
    return {
        kind: {
            tuple(row)
            for row in connection.execute(text(question))
            if "alembic_version" not in str(row[0])
        }
        for kind, question in _BUILD.items()
    }
