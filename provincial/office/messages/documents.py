"""A mail as it goes out, in the site's language."""

from __future__ import annotations

from provincial.adapters.mail import Mail
from provincial.core.text import text_from_data
from provincial.office.messages.models import OutboxMail
from provincial.web.filters import translate


def mail_of(row: OutboxMail) -> Mail:
    """The mail in the site's language."""
    body = "\n\n".join(translate(text_from_data(part)) for part in row.body)
    return Mail(row.to_address, subject_of(row), body + "\n", row.message_id_header)


def subject_of(row: OutboxMail) -> str:
    """The subject in the reader's language, on one line (R16)."""
    return " ".join(translate(text_from_data(row.subject)).split())
