"""Writing the journal. Called by every action of every room, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import text

from provincial.adapters.bulk import copy_rows
from provincial.adapters.keys import Purpose
from provincial.adapters.services import keys
from provincial.core.db import db
from provincial.core.request_id import request_id
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.journal import queries, rules
from provincial.office.journal.models import JournalEvent, JournalSeal
from provincial.web.access import Denial


def record(
    action: str,
    thing: Any,
    *,
    by: Viewer | None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
    label: str = "",
    org_path: str = "",
    said: Text | None = None,
) -> JournalEvent:
    """Note that ``by`` (nobody: the site itself) did ``action`` to ``thing``.

    ``thing`` is a model row (its table and id are noted) or a ``(type, id)`` pair. ``action`` reads
    ``room.verb``. Values must be plain; personal data goes in masked, never whole (R30).
    ``said`` is the sentence for the timeline, in the past tense ("Issued the table"); without it
    the timeline shows the translation of ``action``.
    """
    kind, number = thing if isinstance(thing, tuple) else (thing.__tablename__, thing.id)
    event = JournalEvent(
        actor_id=by.user_id if by else None,
        actor_name=by.name if by else "",
        actor_body=by.organisation_name if by else "",
        role=by.role if by else "",
        real_actor_id=by.support_user_id if by else None,
        mandate_id=by.mandate_id if by else None,
        org_path=org_path or (by.path if by else "/"),
        action=action,
        thing_type=kind,
        thing_id=number,
        thing_label=label[:200],
        before=_plain(before),
        after=_plain(after),
        reason=reason,
        request_id=request_id(),
        said=said.as_data() if said else None,
    )
    db.session.add(event)
    return event


@dataclass(frozen=True, slots=True)
class Note:
    """One thing of many that the same act was done to."""

    number: int
    label: str
    org_path: str
    after: Mapping[str, object] | None = None


def record_many(
    action: str,
    kind: str,
    notes: Iterable[Note],
    *,
    by: Viewer | None,
    reason: str = "",
    said: Text | None = None,
) -> None:
    """``record`` for many things of one kind (table ``kind``) at once, by COPY."""
    common = {
        "actor_id": by.user_id if by else None,
        "actor_name": by.name if by else "",
        "actor_body": by.organisation_name if by else "",
        "role": by.role if by else "",
        "real_actor_id": by.support_user_id if by else None,
        "mandate_id": by.mandate_id if by else None,
        "action": action,
        "thing_type": kind,
        "reason": reason,
        "request_id": request_id(),
        "said": said.as_data() if said else None,
    }
    columns = ("thing_id", "thing_label", "org_path", "after")
    rows = (
        {
            "thing_id": note.number,
            "thing_label": note.label[:200],
            "org_path": note.org_path,
            "after": _plain(note.after),
        }
        for note in notes
    )
    copy_rows(db.session(), JournalEvent, columns, rows, common=common)


def note_denial(by: Viewer, denial: Denial) -> JournalEvent:
    """Note that ``by`` was refused a page or an act; nothing else was changed (R30)."""
    return record(
        "access.deny",
        ("page", None),
        by=by,
        after=asdict(denial),
        label=denial.endpoint,
        said=t("Was refused: %(method)s %(path)s", method=denial.method, path=denial.path),
    )


def seal() -> JournalSeal | None:
    """Add a seal over what has settled since the last one; nothing when nothing has (R31).

    Sealing stands apart from writing: chained inside the business transaction it would make every
    writer wait for every other (security.md 2.2).
    """
    db.session.execute(text("LOCK TABLE journal_seal IN EXCLUSIVE MODE"))
    before = queries.last_seal()
    after = before.covers_until if before else None
    until = queries.seal_horizon()
    if after is not None and until <= after:
        return None
    events = list(queries.events_between(after, until))
    if not events:
        return None
    links = rules.chain(before.digest if before else b"", until, events)
    made = JournalSeal(
        first_event_id=events[0][0],
        last_event_id=events[-1][0],
        covers_until=until,
        events=len(events),
        marks=links.marks,
        digest=keys().mac(Purpose.JOURNAL, links.covered),
    )
    db.session.add(made)
    db.session.flush()
    return made


def verify() -> rules.Fault | None:
    """Check the whole chain against the events; the first fault, or nothing. Reads only."""
    return rules.check_chain(
        queries.seals(),
        queries.events_between,
        lambda covered, digest: keys().verify_mac(Purpose.JOURNAL, covered, digest),
    )


def _plain(values: Mapping[str, object] | None) -> dict[str, Any] | None:
    return None if values is None else {k: _value(v) for k, v in values.items()}


def _value(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | Text):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): _value(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(v) for v in value]
    return value
