"""Mail leaves the outbox here: at least once, with a Message-ID that stays the same (R38).

Beside it the feed and the mail log as workbooks.
"""

from __future__ import annotations

import logging

from provincial.adapters.mail import Mail, MailError, MailSettings, send
from provincial.adapters.mail_server import read_mail_url
from provincial.adapters.services import services
from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core.db import transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing, Wanted
from provincial.office.messages import actions, documents, permissions, queries
from provincial.office.messages.documents import mail_of
from provincial.office.messages.models import Message, OutboxMail
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


def _count_feed(viewer: Viewer, wanted: Wanted) -> int:
    return queries.count_feed(viewer, **wanted)


def _feed_sheet(viewer: Viewer, wanted: Wanted) -> SheetOut:
    return documents.feed_sheet(queries.feed_rows(viewer, **wanted))


def _count_mail(_viewer: Viewer, wanted: Wanted) -> int:
    return queries.count_mail(**wanted)


def _log_sheet(viewer: Viewer, wanted: Wanted) -> SheetOut:
    if not permissions.may_run_mail(viewer):
        raise Forbidden(t("Only the administrators of the site see the mail log."))
    return documents.log_sheet(queries.mail_rows(**wanted))


FEED = Listing("messages.export", Message.__tablename__, t("Messages"), _count_feed, _feed_sheet)
MAIL_LOG = Listing(
    "messages.export_mail", OutboxMail.__tablename__, t("Mail log"), _count_mail, _log_sheet
)
