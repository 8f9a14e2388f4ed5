"""The migrations make what the models say, and stand a round trip with rows (R37)."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from procrastinate.schema import SchemaManager
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import IntegrityError

from provincial.core.db import Base, db
from tests.schema import build_of, living_on, migrations, new_database
from tests.site.world import build_world

#: Tables that the small world of these tests fills; a round trip without rows proves little.
FILLED_AT_LEAST = 18


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(migrations()).get_heads()) == 1


def test_models_match_the_migrations(app: Flask, database_url: str) -> None:
    with new_database(database_url) as url, _engine(url).connect() as connection:
        options = app.extensions["migrate"].configure_args | {"compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_checks_triggers_and_indexes_match_too(database_url: str) -> None:
    """What Alembic does not compare: CHECK, EXCLUDE, INCLUDE, operator classes, triggers (R31)."""
    with (
        new_database(database_url) as migrated,
        new_database(database_url, filled=False) as made,
    ):
        with _engine(made).begin() as connection:
            Base.metadata.create_all(connection)
            connection.connection.driver_connection.execute(SchemaManager.get_schema())  # type: ignore[union-attr]
            wanted = build_of(connection)
        with _engine(migrated).connect() as connection:
            found = build_of(connection)
    assert {kind: found[kind] ^ wanted[kind] for kind in wanted} == {kind: set() for kind in wanted}


@pytest.mark.parametrize("table", ["journal_event", "journal_seal", "quota_entry"])
def test_r31_what_is_written_stays(database_url: str, table: str) -> None:
    with new_database(database_url) as url, _engine(url).begin() as connection:
        with pytest.raises(IntegrityError, match="append-only"), connection.begin_nested():
            connection.execute(text(f"DELETE FROM {table}"))
        with pytest.raises(IntegrityError, match="append-only"), connection.begin_nested():
            connection.execute(text(f"TRUNCATE {table} CASCADE"))


def test_r37_up_down_up_with_rows(app: Flask, database_url: str) -> None:
    with new_database(database_url) as url:
        with living_on(app, url):
            build_world(db.session())
            filled = [t for t in Base.metadata.sorted_tables if db.session.scalar(_count(t))]
            assert len(filled) >= FILLED_AT_LEAST, [t.name for t in filled]
        with _engine(url).connect() as connection:
            before = build_of(connection)
            connection.rollback()
            command.downgrade(migrations(connection), "base")
            left = build_of(connection)
            assert left == {kind: set() for kind in left}
            connection.rollback()
            command.upgrade(migrations(connection), "head")
            assert build_of(connection) == before
        with living_on(app, url):
            build_world(db.session())


def test_two_migrations_at_once_do_no_harm(database_url: str) -> None:
    """The second finds the tables there: it waits for the first under the same lock."""
    with new_database(database_url) as url, _engine(url).connect() as connection:
        command.upgrade(migrations(connection), "head")
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def _engine(url: str):  # type: ignore[no-untyped-def]
    return create_engine(url)


def _count(table):  # type: ignore[no-untyped-def]
    return select(func.count()).select_from(table)
