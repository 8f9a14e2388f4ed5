"""Write ``versions/0001_house.py`` anew from the models: ``python migrations/remake.py``.

Only for the time before the first release: once a database with rows stands on a migration, the
migration is frozen and every change is a new one (``flask db migrate --rev-id 0002 -m "..."``,
read and tidied by hand). What Alembic cannot see (functions and triggers) is read from a throw-away
database that the metadata itself made.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from provincial import sitemap  # noqa: E402  every module of tables
from provincial.adapters.postgres import ensure_server, release  # noqa: E402
from provincial.core.db import Base  # noqa: E402

TARGET = HERE / "versions" / "0001_house.py"
PAGE = '''"""The house: every table of the first release, its checks, append-only triggers, the queue."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FUNCTIONS = (
{functions}
)

TRIGGERS = (
{triggers}
)

#: Everything of the queue carries its name; the tables take their triggers along.
DROP_QUEUE = r"""
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT c.oid::regclass::text FROM pg_class c
      WHERE c.relkind = 'r' AND c.relname LIKE 'procrastinate\\_%' LOOP
    EXECUTE 'DROP TABLE ' || name || ' CASCADE';
  END LOOP;
  FOR name IN SELECT p.oid::regprocedure::text FROM pg_proc p
      WHERE p.proname LIKE 'procrastinate\\_%' LOOP
    EXECUTE 'DROP FUNCTION ' || name || ' CASCADE';
  END LOOP;
  FOR name IN SELECT t.oid::regtype::text FROM pg_type t
      WHERE t.typname LIKE 'procrastinate\\_%' LOOP
    EXECUTE 'DROP TYPE ' || name || ' CASCADE';
  END LOOP;
END $$
"""


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
{upgrade}
    for trigger in TRIGGERS:
        op.execute(trigger)
    # The driver itself: the queue's schema holds many statements, and colons of its own.
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())


def downgrade() -> None:
    op.execute(DROP_QUEUE)
{downgrade}
{drop_functions}
'''


def main() -> None:
    """Write the file, formatted; later migrations are folded into it and removed."""
    for later in TARGET.parent.glob("*.py"):
        later.unlink()
    place = Path(tempfile.mkdtemp(prefix="remake-"))
    place.chmod(0o755)
    try:
        engine = create_engine(ensure_server(place))
        with engine.connect() as connection:
            upgrade, downgrade = tables(connection)
        with engine.begin() as connection:
            Base.metadata.create_all(connection)
            functions, triggers, names = extras(connection)
        engine.dispose()
    finally:
        release(place)
        shutil.rmtree(place)
    page = PAGE.format(
        functions="\n".join(f'    r"""{each}""",' for each in functions),
        triggers="\n".join(f'    "{each}",' for each in triggers),
        upgrade=upgrade,
        downgrade=downgrade,
        drop_functions="\n".join(f'    op.execute("DROP FUNCTION {name}()")' for name in names),
    )
    TARGET.write_text(page, encoding="utf-8")
    for step in (["check", "--fix", "--select", "F401,I", "-q"], ["format", "-q"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, str(TARGET)], check=True)  # noqa: S603
    count = len(Base.metadata.tables)
    sys.stdout.write(f"{TARGET.name}: {count} tables of {len(sitemap.TABLES)} rooms\n")


def tables(connection: Connection) -> tuple[str, str]:
    """The bodies of ``upgrade`` and ``downgrade`` for tables and indexes."""
    options = {"compare_server_default": True}
    migration = MigrationContext.configure(connection, opts=options)
    script = produce_migrations(migration, Base.metadata)
    ups, downs = (
        render_python_code(part, migration_context=migration)
        for part in (script.upgrade_ops, script.downgrade_ops)
        if part is not None
    )
    return _tidy(ups), _tidy(_without_indexes(downs))


def _tidy(code: str) -> str:
    lines = [line for line in code.splitlines() if not line.lstrip().startswith("#")]
    return "\n".join("    " + line.removeprefix("    ") if line else "" for line in lines)


def _without_indexes(code: str) -> str:
    """A table takes its indexes along."""
    return "\n".join(line for line in code.splitlines() if "op.drop_index" not in line)


def extras(connection: Connection) -> tuple[list[str], list[str], list[str]]:
    """Functions, triggers and the functions' names, as the database itself writes them."""
    functions = connection.execute(
        text(
            "SELECT proname, pg_get_functiondef(oid) FROM pg_proc "
            "WHERE pronamespace = 'public'::regnamespace ORDER BY proname"
        )
    ).all()
    triggers = connection.scalars(
        text(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
            "ORDER BY tgrelid::regclass::text, tgname"
        )
    ).all()
    plain = [re.sub(r"\bpublic\.", "", each) for each in triggers]
    bodies = [re.sub(r"\bpublic\.", "", body).strip() + "\n" for _name, body in functions]
    return bodies, plain, [name for name, _body in functions]


if __name__ == "__main__":
    main()
