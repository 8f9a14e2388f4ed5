"""A page deep in a long list: by key, or by counting rows off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_sqlalchemy.pagination import SelectPagination
from sqlalchemy import Select, select, text
from sqlalchemy.orm import joinedload

from bench.measure import Result, compare
from bench.place import Place
from bench.province import build_tree
from provincial.core.db import db
from provincial.core.paging import Key, encode, paginate
from provincial.core.viewer import Viewer
from provincial.office.journal.models import JournalEvent
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import TeacherFilter, list_teachers

SIZE = 50
_FILL = text(
    "INSERT INTO journal_event (at, actor_name, actor_body, role, org_path, action, thing_type, "
    "thing_label, reason, request_id) SELECT timestamptz '2023-01-01' + n * interval '1 second', "
    "'', '', '', '/1/', 'bench.fill', 'bench', '', '', '' FROM generate_series(1, :rows) n"
)


#: Teachers of invented names in no order, as lists come in; only what a list shows matters here.
_TEACHERS = text(
    "INSERT INTO teacher (uuid, organisation_id, name, name_key, search_key, id_number, id_index, "
    "birth_on, sex, stage, subject) SELECT gen_random_uuid(), o.ids[1 + n % array_length(o.ids, 1)], "
    "'甲' || n, '甲' || n, md5(n::text), 'v1:' || repeat('x', 120), sha256(n::text::bytea), "
    "date '1980-01-01', '1', 'primary', 'chinese' FROM generate_series(1, :rows) n, "
    "(SELECT array_agg(id) AS ids FROM organisation WHERE kind = 'school') o"
)


def run(place: Place, rows: int = 1_000_000, rounds: int = 5) -> list[Result]:
    """Two lists, nine tenths down: the register of teachers by name, the journal newest first."""
    session = db.session()
    session.execute(text("SET statement_timeout = 0"))
    try:
        return [*_register(place, rows, rounds), *_journal(place, rows, rounds)]
    finally:
        session.rollback()


def _register(place: Place, rows: int, rounds: int) -> list[Result]:
    """The list of teachers as the province reads it: whole records with their schools."""
    session = db.session()
    tree = build_tree(session, (4, 5, 50))
    session.execute(_TEACHERS, {"rows": rows})
    session.commit()
    session.execute(text("ANALYZE teacher"))
    session.commit()
    deep = rows * 9 // 10
    order = (Teacher.search_key, Teacher.id)
    statement: Select[Any] = select(Teacher).options(joinedload(Teacher.organisation))
    before = session.execute(select(*order).order_by(*order).offset(deep - 1).limit(1)).one()
    token = encode(list(before))
    root = session.get_one(Organisation, tree.root)
    officer = Viewer(
        *(0, "", root.id, root.name, root.kind, root.path, root.quota_path, "province_officer")
    )

    def by_counting(_turn: int) -> list[int]:
        session.expunge_all()
        found = session.scalars(statement.order_by(*order).limit(SIZE).offset(deep))
        return [teacher.id for teacher in found if teacher.organisation.name]

    def by_number(_turn: int) -> list[int]:
        session.expunge_all()
        page = SelectPagination(
            select=statement.order_by(*order), session=session, page=deep // SIZE + 1, per_page=SIZE
        )
        return [teacher.id for teacher in page.items if teacher.organisation.name]

    def by_key(_turn: int) -> list[int]:
        session.expunge_all()
        page = list_teachers(officer, TeacherFilter(), after=token)
        return [teacher.id for teacher in page.rows if teacher.organisation.name]

    return _compared(
        place, rounds, f"teachers, row {deep:,} of {rows:,}", by_key, by_counting, by_number
    )


def _journal(place: Place, rows: int, rounds: int) -> list[Result]:
    """The journal: its ids, instants and acts."""
    session = db.session()
    session.execute(_FILL, {"rows": rows})
    session.commit()
    session.execute(text("ANALYZE journal_event"))
    session.commit()
    deep = rows * 9 // 10
    # The columns of a list's line; loading whole objects would cost both sides the same on top.
    statement: Any = select(JournalEvent.id, JournalEvent.at, JournalEvent.action)
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

    return _compared(
        place, rounds, f"journal, row {deep:,} of {rows:,}", by_key, by_counting, by_number
    )


def _compared(
    place: Place,
    rounds: int,
    what: str,
    by_key: Callable[[int], list[int]],
    by_counting: Callable[[int], list[int]],
    by_number: Callable[[int], list[int]],
) -> list[Result]:
    """Against counting rows off, and against numbered pages with their count."""
    return [
        compare(
            "list_deep",
            f"{what}, {usual}",
            baseline=baseline,
            ours=by_key,
            goal=1000,
            server=place.server,
            rounds=rounds,
            repeat=20,
        )
        for usual, baseline in (("OFFSET", by_counting), ("numbered pages", by_number))
    ]
