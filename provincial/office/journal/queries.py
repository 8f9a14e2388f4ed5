"""Reading the journal: the timeline of a thing, the auditor's search, the spans of a seal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, text

from provincial.core import clock
from provincial.core.db import db
from provincial.core.identity import clean_line
from provincial.core.paging import Key, Page, paginate
from provincial.core.text import Text, t, text_from_data
from provincial.core.viewer import Viewer
from provincial.office.journal import permissions
from provincial.office.journal.models import JournalEvent, JournalSeal
from provincial.office.journal.rules import SETTLE_SECONDS, Sealed, canonical

#: What a seal covers; columns that come later must be added at the end with a new format.
_SEALED = (
    "id",
    "at",
    "actor_id",
    "actor_name",
    "actor_body",
    "role",
    "real_actor_id",
    "mandate_id",
    "org_path",
    "action",
    "thing_type",
    "thing_id",
    "thing_label",
    "before",
    "after",
    "reason",
    "request_id",
    "said",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a timeline, as ``components/timeline.html`` wants it."""

    at: datetime
    who: Text
    what: Text
    reason: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """What an auditor asks for; empty means any. Dates are days in China, both included."""

    person: str = ""
    body: str = ""
    action: str = ""
    thing: str = ""
    request: str = ""
    since: date | None = None
    until: date | None = None

    def as_data(self) -> dict[str, Any]:
        """Plain values for a job's arguments."""
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(self).items()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Search:
        """Read what ``as_data`` wrote."""
        values: dict[str, Any] = {f.name: data.get(f.name) or "" for f in fields(cls)}
        for name in ("since", "until"):
            values[name] = date.fromisoformat(values[name]) if values[name] else None
        return cls(**values)


def timeline(thing: Any, *, limit: int = 50) -> list[Moment]:
    """What happened to a row (or a ``(type, id)`` pair), newest first."""
    kind, number = thing if isinstance(thing, tuple) else (thing.__tablename__, thing.id)
    statement = (
        select(JournalEvent)
        .where(JournalEvent.thing_type == kind, JournalEvent.thing_id == number)
        .order_by(JournalEvent.id.desc())
        .limit(limit)
    )
    return [_moment(event) for event in db.session.scalars(statement)]


def recent(viewer: Viewer, *, limit: int = 20) -> list[Moment]:
    """What happened last within the viewer's scope, newest first."""
    statement = (
        select(JournalEvent)
        .where(permissions.visible(viewer))
        .order_by(JournalEvent.id.desc())
        .limit(limit)
    )
    return [_moment(event) for event in db.session.scalars(statement)]


def search(viewer: Viewer, wanted: Search, *, after: str = "", before: str = "") -> Page[Any]:
    """One page of events, newest first."""
    keys = [Key(JournalEvent.id, descending=True)]
    return paginate(db.session(), matching(viewer, wanted), keys, after=after, before=before)


def count_up_to(viewer: Viewer, wanted: Search, limit: int) -> int:
    """How many events match, counted no further than ``limit``."""
    found = matching(viewer, wanted).with_only_columns(JournalEvent.id).limit(limit).subquery()
    return int(db.session.scalar(select(func.count()).select_from(found)) or 0)


def chunk(viewer: Viewer, wanted: Search, below: int | None, size: int) -> list[JournalEvent]:
    """The next ``size`` events with an id below ``below``, newest first, for an export."""
    statement = matching(viewer, wanted).order_by(JournalEvent.id.desc()).limit(size)
    if below is not None:
        statement = statement.where(JournalEvent.id < below)
    return list(db.session.scalars(statement))


def matching(viewer: Viewer, wanted: Search) -> Select[JournalEvent]:
    """The events that a search asks for, within the viewer's scope."""
    event = JournalEvent
    statement = select(event).where(permissions.visible(viewer))
    if wanted.person:
        statement = statement.where(event.actor_name.contains(wanted.person, autoescape=True))
    if wanted.body:
        statement = statement.where(event.actor_body.contains(wanted.body, autoescape=True))
    if wanted.action:
        statement = statement.where(event.action.startswith(wanted.action, autoescape=True))
    if wanted.thing:
        statement = statement.where(_names(clean_line(wanted.thing)))
    if wanted.request:
        statement = statement.where(event.request_id == wanted.request)
    if wanted.since:
        statement = statement.where(event.at >= clock.start_of(wanted.since))
    if wanted.until:
        statement = statement.where(event.at < clock.end_of(wanted.until))
    return statement


def _names(thing: str) -> Any:
    """A thing by its label, or as ``paper 12``."""
    kind, _, number = thing.rpartition(" ")
    if kind and number.isascii() and number.isdigit() and len(number) < 19:
        exact = (JournalEvent.thing_type == kind) & (JournalEvent.thing_id == int(number))
        return or_(exact, JournalEvent.thing_label.contains(thing, autoescape=True))
    label = JournalEvent.thing_label.contains(thing, autoescape=True)
    return or_(JournalEvent.thing_type == thing, label)


def said(event: JournalEvent) -> Text:
    """The sentence of an event; without one, the action's own words."""
    return text_from_data(event.said) if event.said else Text(event.action)


def who(event: JournalEvent) -> Text:
    """The person and body of an event; a mandate is always named."""
    if event.actor_id is None:
        return t("the site itself")
    if event.mandate_id is not None:
        return t(
            "%(name)s, %(body)s, under a mandate", name=event.actor_name, body=event.actor_body
        )
    return Text(f"{event.actor_name} · {event.actor_body}")


def _moment(event: JournalEvent) -> Moment:
    return Moment(event.at, who(event), said(event), event.reason)


def seal_horizon() -> datetime:
    """The instant before which no transaction can still add an event.

    Whoever writes to the journal holds its table lock to the end of the transaction; an event's
    time is never before the start of its transaction. So the start of the oldest of those, or a few
    seconds ago, bounds what is settled. A writer whose start cannot be seen holds everything back.
    """
    instant: datetime = db.session.execute(
        text(
            "SELECT least(clock_timestamp() - make_interval(secs => :settle), "
            "min(coalesce(a.xact_start, 'epoch'))) "
            "FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
            "LEFT JOIN pg_stat_activity a ON a.pid = l.pid "
            "WHERE d.datname = current_database() AND l.relation = 'journal_event'::regclass "
            "AND l.mode = 'RowExclusiveLock'"
        ),
        {"settle": SETTLE_SECONDS},
    ).scalar_one()
    return instant


def last_seal() -> JournalSeal | None:
    """The end of the chain."""
    return db.session.scalar(select(JournalSeal).order_by(JournalSeal.id.desc()).limit(1))


def seals() -> Iterator[Sealed]:
    """The whole chain, oldest first, a few at a time: it grows for years."""
    columns = (JournalSeal.id, JournalSeal.covers_until, JournalSeal.digest, JournalSeal.marks)
    statement = select(*columns).order_by(JournalSeal.id).execution_options(yield_per=200)
    for number, until, digest, marks in db.session.execute(statement):
        yield Sealed(number, until, digest, marks)


def count_seals() -> int:
    """How long the chain is."""
    return int(db.session.scalar(select(func.count()).select_from(JournalSeal)) or 0)


def events_between(after: datetime | None, until: datetime) -> Iterator[tuple[int, bytes]]:
    """The events of a half-open span as the seal covers them, in order of id."""
    columns = [getattr(JournalEvent, name) for name in _SEALED]
    statement = select(*columns).where(JournalEvent.at < until).order_by(JournalEvent.id)
    if after is not None:
        statement = statement.where(JournalEvent.at >= after)
    for row in db.session.execute(statement.execution_options(yield_per=1000)):
        yield row.id, canonical(row._asdict())


def unsealed(after: datetime | None) -> int:
    """How many events no seal covers yet."""
    statement = select(func.count()).select_from(JournalEvent)
    if after is not None:
        statement = statement.where(JournalEvent.at >= after)
    return int(db.session.scalar(statement) or 0)
