"""Draft the next migration from the models: ``python migrations/draft.py 0002 "places and people"``.

A migration that has landed is frozen; every change of the models is a new one. The draft holds what
Alembic sees and what it does not (CHECK and EXCLUDE of tables that stand already, triggers): the
difference between a database at the version before and one that the metadata itself made. Run it again
while the version has not landed: it writes its own file anew. Read it before it is committed; data that
must be carried along is written by hand, in a version of its own.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Engine, create_engine, make_url, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from provincial import sitemap  # noqa: E402  every module of tables
from provincial.adapters.postgres import ensure_server, release  # noqa: E402
from provincial.core.db import Base  # noqa: E402

PAGE = '''"""{title}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None

TRIGGERS = (
{triggers}
)


def upgrade() -> None:
{drop_checks}
{upgrade}
{checks}
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
{drop_new_checks}
{downgrade}
{old_checks}
'''

Checks = dict[tuple[str, str], str]


def main(revision: str, title: str) -> None:
    """Write the file, formatted."""
    versions = HERE / "versions"
    for own in versions.glob(f"{revision}_*.py"):
        own.unlink()
    before = max(path.name.partition("_")[0] for path in versions.glob("[0-9]*.py"))
    place = Path(tempfile.mkdtemp(prefix="draft-"))
    place.chmod(0o755)
    try:
        page = _page(ensure_server(place), revision, before, title)
    finally:
        release(place)
        shutil.rmtree(place)
    target = versions / f"{revision}_{re.sub(r'[^a-z]+', '_', title.lower()).strip('_')}.py"
    target.write_text(page, encoding="utf-8")
    for step in (["check", "--fix", "--select", "F401,I", "-q"], ["format", "-q"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, str(target)], check=True)  # noqa: S603
    sys.stdout.write(f"{target.name}: the models of {len(sitemap.TABLES)} rooms\n")


def _page(server: str, revision: str, before: str, title: str) -> str:
    old, new = _database(server, "standing"), _database(server, "wanted")
    with old.connect() as connection:
        config = Config(HERE / "alembic.ini")
        config.attributes["connection"] = connection
        command.upgrade(config, before)
    with new.begin() as connection:
        Base.metadata.create_all(connection)
        wanted, triggers = _checks(connection), _triggers(connection)
    with old.connect() as connection:
        upgrade, downgrade = _tables(connection)
        found, standing = _checks(connection), _triggers(connection)
    for table, name, was, becomes in _other_indexes(old, new):
        drop = f'    op.drop_index("{name}", table_name="{table}")'
        upgrade += f'\n{drop}\n    op.execute("{becomes}")'
        downgrade = f'{drop}\n{downgrade}\n    op.execute("{was}")'
    old.dispose()
    new.dispose()
    tables = {table for table, _name in found}
    lost = {key: rule for key, rule in found.items() if wanted.get(key) != rule}
    gained = {
        key: _check_as_written(*key, rule)
        for key, rule in wanted.items()
        if key[0] in tables and found.get(key) != rule
    }
    return PAGE.format(
        title=title[:1].upper() + title[1:],
        revision=revision,
        before=before,
        triggers="\n".join(f'    "{each}",' for each in triggers if each not in standing),
        drop_checks=_drops(lost),
        upgrade=upgrade,
        checks=_adds(gained),
        drop_new_checks=_drops(gained),
        downgrade=downgrade,
        old_checks=_adds(lost),
    )


def _database(server: str, name: str) -> Engine:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return create_engine(make_url(server).set(database=name))


def _tables(connection: Connection) -> tuple[str, str]:
    """The bodies of ``upgrade`` and ``downgrade`` for tables, columns and indexes."""

    def seen(name: str | None, kind: str, _parents: object) -> bool:
        return not (kind == "table" and (name or "").startswith(("procrastinate_", "alembic_")))

    options = {"compare_server_default": True, "include_name": seen}
    migration = MigrationContext.configure(connection, opts=options)
    script = produce_migrations(migration, Base.metadata)
    ups, downs = (
        render_python_code(part, migration_context=migration)
        for part in (script.upgrade_ops, script.downgrade_ops)
        if part is not None
    )
    return _tidy(ups), _tidy(downs)


def _tidy(code: str) -> str:
    lines = [line for line in code.splitlines() if not line.lstrip().startswith("#")]
    return "\n".join("    " + line.removeprefix("    ") if line else "" for line in lines)


def _checks(connection: Connection) -> Checks:
    """CHECK and EXCLUDE of every table, as the database writes them."""
    rows = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE contype IN ('c', 'x') AND conrelid <> 0 "
            "AND conrelid::regclass::text NOT LIKE 'procrastinate%'"
        )
    )
    return {(table, name): rule for table, name, rule in rows}


def _other_indexes(old: Engine, new: Engine) -> list[tuple[str, str, str, str]]:
    """Table, name, old and new definition of indexes that both have and write differently."""
    query = text(
        "SELECT indexname, tablename, replace(indexdef, 'public.', '') AS rule FROM pg_indexes "
        "WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%'"
    )
    with old.connect() as standing, new.connect() as wanted:
        goal = {row.indexname: row.rule for row in wanted.execute(query)}
        return [
            (row.tablename, row.indexname, row.rule, _index_as_written(*row[:2], goal))
            for row in standing.execute(query)
            if goal.get(row.indexname, row.rule) != row.rule
        ]


def _index_as_written(name: str, table: str, goal: Mapping[str, str]) -> str:
    """The statement of an index as the models write it: the database's own words, read in again,
    would come out in others."""
    for index in Base.metadata.tables[table].indexes:
        if index.name == name:
            return " ".join(str(CreateIndex(index).compile(dialect=postgresql.dialect())).split())
    return goal[name]


def _check_as_written(table: str, name: str, rule: str) -> str:
    """A CHECK as the models write it, for the same reason."""
    for one in Base.metadata.tables[table].constraints:
        if isinstance(one, CheckConstraint) and one.name == name:
            return f"CHECK ({one.sqltext})"
    return rule


def _triggers(connection: Connection) -> list[str]:
    rows = connection.scalars(
        text(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
            "AND tgrelid::regclass::text NOT LIKE 'procrastinate%' ORDER BY 1"
        )
    )
    return [re.sub(r"\bpublic\.", "", each) for each in rows]


def _drops(checks: Checks) -> str:
    return "\n".join(
        f'    op.execute("ALTER TABLE {table} DROP CONSTRAINT {name}")'
        for table, name in sorted(checks)
    )


def _adds(checks: Checks) -> str:
    return "\n".join(
        f'    op.execute("ALTER TABLE {table} ADD CONSTRAINT {name} {rule}")'
        for (table, name), rule in sorted(checks.items())
    )


if __name__ == "__main__":
    main(*sys.argv[1:3])
