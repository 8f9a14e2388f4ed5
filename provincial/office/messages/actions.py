"""Telling people: a row in the feed and mail in the outbox, in the transaction of what is told."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from provincial.adapters.services import public_url, services
from provincial.core.db import db, lock
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.office.messages import rules
from provincial.office.messages.models import Message, MessageRead, OutboxMail
from provincial.office.messages.rules import MailState

#: (user id, mail address or empty, name) of a user, or of those who act for a body.
Addressee = tuple[int, str, str]
AddressBook = Callable[[int | None, int | None], Sequence[Addressee]]

_book: list[AddressBook] = []


def set_address_book(book: AddressBook) -> None:
    """Say how users and bodies are turned into addresses: ``book(user_id, organisation_id)``.

    The office does not know people; the sitemap hands it the accounts' book at start.
    """
    _book[:] = [book]


def tell(
    *,
    kind: str,
    subject: Text,
    user_id: int | None = None,
    organisation_id: int | None = None,
    body: Text | None = None,
    url: str = "",
    thing: Any = None,
    by: Viewer | None = None,
    mail: bool = True,
) -> Message:
    """Tell one user, or everybody who acts for a body (exactly one of the two).

    ``subject`` is one sentence; ``url`` is a path of this site; ``thing`` a row or ``(type, id)``.
    Mail goes to those who have an address; the feed has it in any case.
    """
    kind_of, number = _named(thing)
    message = Message(
        kind=kind,
        user_id=user_id,
        organisation_id=organisation_id,
        subject=subject.as_data(),
        body=body.as_data() if body else {},
        url=url,
        thing_type=kind_of,
        thing_id=number,
        by_user_id=by.user_id if by else None,
    )
    db.session.add(message)
    db.session.flush()
    if mail:
        parts = [subject, body] if body else [subject]
        link = [t("Open: %(url)s", url=public_url(url))] if url else []
        for who, address, name in _addressees(user_id, organisation_id):
            greeting = t("%(name)s, good day.", name=name)
            if address:
                _post(address, subject, [greeting, *parts, *link], kind, who)
    return message


def tell_bodies(
    kind: str, subjects: Mapping[int, Text], *, url: str, thing: Any, by: Viewer | None
) -> None:
    """Tell many bodies one sentence each, by id, in the feed only: one statement, however many."""
    kind_of, number = _named(thing)
    rows = [
        {
            "kind": kind,
            "organisation_id": organisation_id,
            "subject": subject.as_data(),
            "url": url,
            "thing_type": kind_of,
            "thing_id": number,
            "by_user_id": by.user_id if by else None,
        }
        for organisation_id, subject in sorted(subjects.items())
    ]
    if rows:
        db.session.execute(insert(Message), rows)


def send_mail(
    to_address: str,
    subject: Text | str,
    body: Text | str,
    *,
    kind: str = "",
    to_user_id: int | None = None,
) -> OutboxMail:
    """Put one mail into the outbox, for addresses outside the feed (an invitation, a reset link)."""
    return _post(to_address, _as_text(subject), [_as_text(body)], kind, to_user_id)


def mark_read(message_ids: Sequence[int], *, by: Viewer) -> None:
    """Note that this person has seen these messages; seen twice counts once."""
    if message_ids:
        rows = [{"message_id": number, "user_id": by.user_id} for number in message_ids]
        db.session.execute(insert(MessageRead).values(rows).on_conflict_do_nothing())


def resend(mail: OutboxMail, *, by: Viewer) -> None:
    """Send a mail again that failed, was not sent or got lost; under a new Message-ID once it was sent."""
    lock(mail)
    if mail.state == MailState.WAITING:
        raise Refusal(t("This mail is waiting to be sent already."))
    before = mail.state
    if mail.state == MailState.SENT:
        mail.message_id_header = _message_id()
    mail.state = MailState.WAITING
    mail.attempts = 0
    mail.last_error = ""
    mail.next_try_at = func.clock_timestamp()
    record(
        "messages.resend",
        mail,
        by=by,
        before={"state": before},
        after={"state": "waiting"},
        said=t("Put the mail into the outbox again"),
    )


def take_due() -> OutboxMail | None:
    """Take the next mail that is due; a sender that dies with it leaves it to another."""
    due = (
        select(OutboxMail.id)
        .where(
            OutboxMail.state == MailState.WAITING,
            OutboxMail.next_try_at <= func.clock_timestamp(),
        )
        .order_by(OutboxMail.next_try_at, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    mail = db.session.get(OutboxMail, db.session.scalar(due) or 0)
    if mail is not None:
        mail.attempts += 1
        mail.next_try_at = func.clock_timestamp() + rules.IN_HAND
        db.session.flush()
        db.session.refresh(mail)
    return mail


def note_sent(mail_id: int) -> None:
    """The server has taken charge of the mail."""
    mail = db.session.get_one(OutboxMail, mail_id, with_for_update=True)
    mail.state, mail.sent_at, mail.last_error = MailState.SENT, func.clock_timestamp(), ""


def note_failure(mail_id: int, error: str, *, permanent: bool) -> None:
    """The server did not take the mail: it waits for its next try, or is given up."""
    mail = db.session.get_one(OutboxMail, mail_id, with_for_update=True)
    mail.last_error = error[:300]
    if permanent or mail.attempts >= rules.MOST_TRIES:
        mail.state = MailState.FAILED
    else:
        mail.next_try_at = func.clock_timestamp() + rules.wait_after(mail.attempts)


def cancel_waiting(reason: Text) -> int:
    """Without a mail server nothing can leave: say so in the log instead of letting it pile up."""
    result = db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.state == MailState.WAITING)
        .values(state=MailState.CANCELLED, last_error=reason.source)
        .returning(OutboxMail.id)
    )
    return len(result.all())


def _post(
    address: str, subject: Text, body: Sequence[Text], kind: str, user_id: int | None
) -> OutboxMail:
    mail = OutboxMail(
        message_id_header=_message_id(),
        to_user_id=user_id,
        to_address=address,
        subject=subject.as_data(),
        body=[part.as_data() for part in body],
        kind=kind,
    )
    db.session.add(mail)
    return mail


def _message_id() -> str:
    """A Message-ID fixed for the life of the mail: a second delivery shows as the same mail."""
    host = urlsplit(services().settings.public_url).hostname or "localhost"
    return f"<{secrets.token_hex(16)}@{host}>"


def _addressees(user_id: int | None, organisation_id: int | None) -> Sequence[Addressee]:
    return _book[0](user_id, organisation_id) if _book else ()


def _named(thing: Any) -> tuple[str, int | None]:
    if thing is None:
        return "", None
    if isinstance(thing, tuple):
        return str(thing[0]), int(thing[1])
    return thing.__tablename__, thing.id


def _as_text(said: Text | str) -> Text:
    return said if isinstance(said, Text) else Text(said)
