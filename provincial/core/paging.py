"""Keyset pages: a page starts after a key, so page 20,000 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, and_, bindparam, or_, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows in order; ``next_after`` and ``previous_before`` are tokens or empty."""

    rows: Sequence[Row]
    next_after: str = ""
    previous_before: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One part of the order. The last key of a list must be unique (the id)."""

    column: Any
    descending: bool = False


def encode(values: Sequence[object]) -> str:
    """A token from the key values of a row."""
    plain = [
        v.isoformat() if isinstance(v, date | datetime) else str(v) if isinstance(v, Decimal) else v
        for v in values
    ]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode(token: str, keys: Sequence[Key]) -> list[Any] | None:
    """The key values in ``token``; ``None`` when it is not one of ours (the first page is shown)."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(raw, list) or len(raw) != len(keys):
        return None
    try:
        return [_typed(value, key) for value, key in zip(raw, keys, strict=True)]
    except (TypeError, ValueError, ArithmeticError):
        return None


def _typed(value: Any, key: Key) -> Any:
    kind = key.column.type.python_type
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is int and (isinstance(value, bool) or abs(int(value)) >= 2**63):
        raise ValueError(value)
    if kind is str:
        return _plain_text(value)
    return kind(value)


def _plain_text(value: Any) -> str:
    """A text that the database can compare with: no NUL, no half of a surrogate pair."""
    text = str(value)
    if "\x00" in text:
        raise ValueError(value)
    text.encode()  # a lone surrogate raises UnicodeEncodeError, a ValueError
    return text


def paginate(
    session: Session,
    statement: Select[Any],
    keys: Sequence[Key],
    *,
    after: str = "",
    before: str = "",
    size: int = 50,
    scalars: bool = True,
) -> Page[Any]:
    """One page of ``statement`` ordered by ``keys``.

    Rows must expose each key column under its own name. NULLs are not allowed in keys.
    """
    backwards = bool(before) and not after
    values = decode(after or before, keys) if (after or before) else None
    if values is not None:
        statement = statement.where(_beyond(keys, values, backwards))
    order = [k.column.desc() if k.descending != backwards else k.column.asc() for k in keys]
    result = session.execute(statement.order_by(None).order_by(*order).limit(size + 1))
    rows = list(result.scalars() if scalars else result)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page(rows)
    has_next = more if not backwards else True
    has_previous = values is not None if not backwards else more
    return Page(
        rows,
        next_after=_token(rows[-1], keys) if has_next else "",
        previous_before=_token(rows[0], keys) if has_previous else "",
    )


def _token(row: Any, keys: Sequence[Key]) -> str:
    return encode([getattr(row, key.column.key) for key in keys])


def _beyond(keys: Sequence[Key], values: Sequence[Any], backwards: bool) -> ColumnElement[bool]:
    """The rows after a key, said so that an index can begin there instead of reading up to it.

    A database cannot begin in the middle for an ``or``; it can for rows compared as wholes, and
    where the keys run both ways, for the bound on the first of them.
    """
    falling = [key.descending != backwards for key in keys]
    columns = [key.column for key in keys]
    if len(keys) == 1:
        return _step(columns[0], values[0], falling[0])
    if len(set(falling)) == 1:
        return _step(tuple_(*columns), tuple_(*map(_bound, columns, values)), falling[0])
    first = columns[0] <= values[0] if falling[0] else columns[0] >= values[0]
    parts = [
        and_(
            *(c == v for c, v in zip(columns[:place], values[:place], strict=True)),
            _step(column, values[place], falling[place]),
        )
        for place, column in enumerate(columns)
    ]
    return and_(first, or_(*parts))


def _step(column: Any, value: Any, falling: bool) -> ColumnElement[bool]:
    return column < value if falling else column > value  # type: ignore[no-any-return]


def _bound(column: Any, value: Any) -> ColumnElement[Any]:
    return bindparam(None, value, type_=column.type)
