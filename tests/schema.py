"""How the tests make an empty database."""

from __future__ import annotations

from procrastinate.schema import SchemaManager
from sqlalchemy import create_engine

from provincial.core.db import Base


def build_schema(url: str) -> None:
    """Every table, trigger and the queue's own schema."""
    engine = create_engine(url)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        connection.connection.driver_connection.execute(SchemaManager.get_schema())  # type: ignore[union-attr]
    engine.dispose()
