"""Whether a PostgreSQL server keeps what it acknowledged, and is one this site can run on (R29)."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

OLDEST_VERSION = 15

_KEEPS = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    # "local" and the two remote levels all wait for the own disk.
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
    "server_encoding": {"UTF8"},
}


def libpq_url(url: str) -> str:
    """``url`` of SQLAlchemy as the connection string that psycopg itself takes.

    SQLAlchemy writes a space in a socket's path as "+", which libpq takes for a plus: the parts
    are therefore handed over one by one.
    """
    parsed = make_url(url)
    parts = parsed.translate_connect_args(username="user", database="dbname")
    for name, value in parsed.query.items():
        parts[name] = value if isinstance(value, str) else ",".join(value)
    return make_conninfo(**parts)


def weaknesses(url: str) -> list[str]:
    """One sentence for each setting of the server that a start has to refuse; empty when sound.

    Raises ``psycopg.OperationalError`` when the server cannot be reached.
    """
    found = []
    with psycopg.connect(libpq_url(url), connect_timeout=10) as connection:
        version = connection.info.server_version // 10_000
        if version < OLDEST_VERSION:
            found.append(
                f"The database is PostgreSQL {version}; it must be {OLDEST_VERSION} or newer."
            )
        for name, sound in _KEEPS.items():
            row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            value = row[0] if row else ""
            if value not in sound:
                best = "UTF8" if name == "server_encoding" else "on"
                found.append(f"The database has {name}={value}; it must be {best}.")
    return found
