"""How the migrations reach the database: through the application, or a connection handed over.

The tests hand over a connection (``config.attributes["connection"]``): they build an empty database
before there is an application.
"""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

#: Two machines that start at once must not both migrate; the second waits and finds nothing to do.
ONE_AT_A_TIME = 7_304_118_202


def migrate(connection: Connection, **options: object) -> None:
    """Run the migrations in one transaction, however long a table takes to rewrite."""
    context.configure(connection=connection, **options)
    with context.begin_transaction():
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": ONE_AT_A_TIME})
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("The migrations need the database: --sql is not supported.")
handed_over: Connection | None = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    extension = current_app.extensions["migrate"]
    with extension.db.engine.connect() as own:
        migrate(own, target_metadata=extension.db.metadata, **extension.configure_args)
