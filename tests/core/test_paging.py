"""Pages by key: the whole list in order, both ways, whatever the directions of its keys."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from provincial.core.paging import Key, Page, encode, paginate
from provincial.office.journal.models import JournalEvent

FILL = text(
    "insert into journal_event (at, actor_name, actor_body, role, org_path, action, thing_type, "
    "thing_id, thing_label, reason, request_id) select now(), '', '', '', '/', 'test.page', 'page', "
    "n % 4, '', '', '' from generate_series(1, 23) n"
)
COLUMNS = {"thing_id": JournalEvent.thing_id, "id": JournalEvent.id}
EVENTS = select(JournalEvent).where(JournalEvent.action == "test.page")

ORDERS = {
    "one": [("id", False)],
    "one falling": [("id", True)],
    "both rising": [("thing_id", False), ("id", False)],
    "both falling": [("thing_id", True), ("id", True)],
    "one each way": [("thing_id", True), ("id", False)],
    "the other way": [("thing_id", False), ("id", True)],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_pages_make_up_the_list_both_ways(session: Session, order: list[tuple[str, bool]]) -> None:
    session.execute(FILL)
    keys = [Key(COLUMNS[name], descending=falling) for name, falling in order]
    ordered = [k.column.desc() if k.descending else k.column.asc() for k in keys]
    whole = [event.id for event in session.scalars(EVENTS.order_by(*ordered))]

    def page(**where: str) -> Page[JournalEvent]:
        return paginate(session, EVENTS, keys, size=5, **where)  # type: ignore[arg-type]

    forward, current = [], page()
    while True:
        forward.append([event.id for event in current.rows])
        if not current.next_after:
            break
        current = page(after=current.next_after)
    assert [i for rows in forward for i in rows] == whole
    backward = [forward[-1]]
    while current.previous_before:
        current = page(before=current.previous_before)
        backward.insert(0, [event.id for event in current.rows])
    assert backward == forward


@pytest.mark.parametrize("falling", [(False, False), (True, True), (True, False)])
def test_an_index_can_begin_at_the_key(falling: tuple[bool, bool]) -> None:
    """An ``or`` alone would read every row before the page; the bound must stand outside it."""
    seen = []
    keys = [
        Key(JournalEvent.thing_id, descending=falling[0]),
        Key(JournalEvent.id, descending=falling[1]),
    ]

    class Watch:
        def execute(self, statement: object) -> list[object]:
            seen.append(statement)
            return []

    paginate(Watch(), EVENTS, keys, after=encode([2, 9]), scalars=False)  # type: ignore[arg-type]
    where = str(seen[0].whereclause.compile(dialect=postgresql.dialect()))  # type: ignore[attr-defined]
    bound = where.split(" AND ", 1)[1]
    assert bound.startswith(
        ("(journal_event.thing_id, journal_event.id)", "journal_event.thing_id")
    )
