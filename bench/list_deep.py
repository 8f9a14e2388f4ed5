"""A page deep in a long list: by key, or by counting rows off."""

from __future__ import annotations

from typing import Any

from flask_sqlalchemy.pagination import SelectPagination
from sqlalchemy import Select, select, text

from bench.measure import Result, compare
from bench.place import Place
from provincial.core.db import db
from provincial.core.paging import Key, encode, paginate
from provincial.office.journal.models import JournalEvent

SIZE = 50
_FILL = text(
    "INSERT INTO journal_event (at, actor_name, actor_body, role, org_path, action, thing_type, "
    "thing_label, reason, request_id) SELECT timestamptz '2023-01-01' + n * interval '1 second', "
    "'', '', '', '/1/', 'bench.fill', 'bench', '', '', '' FROM generate_series(1, :rows) n"
)


def run(place: Place, rows: int = 1_000_000, rounds: int = 5) -> list[Result]:
    """The journal, newest first, nine tenths down: its ids, instants and acts."""
    session = db.session()
    session.execute(text("SET statement_timeout = 0"))
    session.execute(_FILL, {"rows": rows})
    session.commit()
    session.execute(text("ANALYZE journal_event"))
    session.commit()
    deep = rows * 9 // 10
    # The columns of a list's line; loading whole objects would cost both sides the same on top.
    statement: Select[Any] = select(JournalEvent.id, JournalEvent.at, JournalEvent.action)
    order = JournalEvent.id.desc()
    before = session.scalars(
        select(JournalEvent.id).order_by(order).offset(deep - 1).limit(1)
    ).one()
    token = encode([before])

    def by_counting(_turn: int) -> list[int]:
        found = session.execute(statement.order_by(order).limit(SIZE).offset(deep))
        return [event.id for event in found]

    def by_number(_turn: int) -> list[int]:
        """As the usual extension has it: it also counts the list, to say how many pages there are."""
        page = SelectPagination(
            select=statement.order_by(order), session=session, page=deep // SIZE + 1, per_page=SIZE
        )
        return [int(event) for event in page.items]

    def by_key(_turn: int) -> list[int]:
        keys = [Key(JournalEvent.id, descending=True)]
        page = paginate(session, statement, keys, after=token, size=SIZE, scalars=False)
        return [event.id for event in page.rows]

    try:
        return [
            compare(
                "list_deep",
                f"row {deep:,} of {rows:,}, {usual}",
                baseline=baseline,
                ours=by_key,
                goal=1000,
                server=place.server,
                rounds=rounds,
                repeat=20,
            )
            for usual, baseline in (("OFFSET", by_counting), ("numbered pages", by_number))
        ]
    finally:
        session.rollback()
