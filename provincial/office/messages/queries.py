"""Reading the feed and the mail log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.text import Text, text_from_data
from provincial.core.viewer import Viewer
from provincial.office.messages import permissions
from provincial.office.messages.models import Message, MessageRead, OutboxMail

#: The badge says "99+" beyond this; nobody counts further.
_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the feed as its reader sees it."""

    id: int
    at: datetime
    subject: Text
    body: Text | None
    url: str
    to_body: bool
    read: bool


def _unread(viewer: Viewer) -> ColumnElement[bool]:
    read = select(MessageRead.message_id).where(
        MessageRead.message_id == Message.id, MessageRead.user_id == viewer.user_id
    )
    return and_(permissions.visible(viewer), ~read.exists())


def unread_count(viewer: Viewer) -> int:
    """Messages this person has not seen, counted up to 100."""
    found = select(Message.id).where(_unread(viewer)).limit(_COUNTED).subquery()
    return int(db.session.scalar(select(func.count()).select_from(found)) or 0)


def feed(
    viewer: Viewer, *, unread: bool = False, after: str = "", before: str = ""
) -> tuple[Page[Message], list[Line]]:
    """One page of the feed, newest first, and its lines for the page."""
    keys = [Key(Message.id, descending=True)]
    statement = _feed(viewer, unread=unread)
    page = paginate(db.session(), statement, keys, after=after, before=before)
    seen = _seen(viewer, [row.id for row in page.rows])
    return page, [_line(row, row.id in seen) for row in page.rows]


def count_feed(viewer: Viewer, *, unread: bool = False) -> int:
    """How many messages the feed has."""
    found = _feed(viewer, unread=unread).with_only_columns(func.count())
    return int(db.session.scalar(found) or 0)


def feed_rows(viewer: Viewer, *, unread: bool = False) -> list[Line]:
    """The whole feed, newest first."""
    rows = db.session.scalars(_feed(viewer, unread=unread).order_by(Message.id.desc())).all()
    read = select(MessageRead.message_id).where(MessageRead.user_id == viewer.user_id)
    seen = set(db.session.scalars(read))
    return [_line(row, row.id in seen) for row in rows]


def _feed(viewer: Viewer, *, unread: bool) -> Select[Message]:
    return select(Message).where(_unread(viewer) if unread else permissions.visible(viewer))


def message_in_scope(viewer: Viewer, message_id: int) -> Message | None:
    """The message with this id, when it is to the viewer or to the viewer's body."""
    statement = select(Message).where(Message.id == message_id, permissions.visible(viewer))
    return db.session.scalar(statement)


def unread_ids(viewer: Viewer, limit: int = 1000) -> list[int]:
    """The newest messages that this person has not seen."""
    statement = select(Message.id).where(_unread(viewer)).order_by(Message.id.desc()).limit(limit)
    return list(db.session.scalars(statement))


def mail_log(
    *, state: str = "", address: str = "", after: str = "", before: str = ""
) -> Page[OutboxMail]:
    """One page of all mail, newest first."""
    keys = [Key(OutboxMail.id, descending=True)]
    return paginate(db.session(), _mails(state, address), keys, after=after, before=before)


def count_mail(*, state: str = "", address: str = "") -> int:
    """How many mails the log has."""
    found = _mails(state, address).with_only_columns(func.count())
    return int(db.session.scalar(found) or 0)


def mail_rows(*, state: str = "", address: str = "") -> Sequence[OutboxMail]:
    """The whole log, newest first."""
    return db.session.scalars(_mails(state, address).order_by(OutboxMail.id.desc())).all()


def _mails(state: str, address: str) -> Select[OutboxMail]:
    statement = select(OutboxMail)
    if address:
        statement = statement.where(OutboxMail.to_address.contains(address, autoescape=True))
    return statement.where(OutboxMail.state == state) if state else statement


def mail_by_id(_viewer: Viewer, mail_id: int) -> OutboxMail | None:
    """One mail of the log; who may see it is the permission's to say."""
    return db.session.get(OutboxMail, mail_id)


def _seen(viewer: Viewer, ids: Sequence[int]) -> set[int]:
    statement = select(MessageRead.message_id).where(
        MessageRead.user_id == viewer.user_id, MessageRead.message_id.in_(ids)
    )
    return set(db.session.scalars(statement))


def _line(row: Message, read: bool) -> Line:
    body: dict[str, Any] = row.body
    return Line(
        id=row.id,
        at=row.created_at,
        subject=text_from_data(row.subject),
        body=text_from_data(body) if body else None,
        url=row.url,
        to_body=row.organisation_id is not None,
        read=read,
    )
