"""Mail leaves the outbox here: at least once, with a Message-ID that stays the same (R38)."""

from __future__ import annotations

import logging

from provincial.adapters.mail import Mail, MailError, MailSettings, send
from provincial.adapters.mail_server import read_mail_url
from provincial.adapters.services import services
from provincial.core.db import transaction
from provincial.office.messages import actions
from provincial.office.messages.documents import mail_of
from provincial.office.messages.rules import NO_SERVER

logger = logging.getLogger(__name__)
#: One call sends at most this many, so that a long outbox does not hold a thread for ever.
_AT_ONCE = 200


def deliver() -> int:
    """Send what is due; how many left. A tick of every few seconds; nothing is lost while SMTP is down."""
    settings = services().settings
    server = read_mail_url(settings.smtp_url, settings.mail_sender, settings.site.name)
    if server is None:
        with transaction():
            actions.cancel_waiting(NO_SERVER)
        return 0
    sent = 0
    for _round in range(_AT_ONCE):
        taken = _take()
        if taken is None:
            break
        sent += _send(server, *taken)
    return sent


def _take() -> tuple[int, Mail] | None:
    with transaction():
        row = actions.take_due()
        return None if row is None else (row.id, mail_of(row))


def _send(server: MailSettings, mail_id: int, mail: Mail) -> int:
    # No transaction is open while the line is: a slow server must not hold a row.
    try:
        send(server, mail)
    except MailError as fault:
        logger.warning("mail %s was not accepted: %s", mail_id, fault.text)
        with transaction():
            actions.note_failure(mail_id, fault.text, permanent=fault.permanent)
        return 0
    with transaction():
        actions.note_sent(mail_id)
    return 1
