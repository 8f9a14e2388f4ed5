"""One message over SMTP. The outbox decides when; this module sends once and says how it went."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from provincial.core.clock import now

TIMEOUT = 20.0
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
)
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]{1,120}@[A-Za-z0-9.-]{1,120}>")
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How to reach the mail server; ``sender`` is the bare address that stands in From."""

    host: str
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    implicit_tls: bool = False
    sender: str = ""
    sender_name: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one person. ``message_id`` is fixed when the outbox row is written.

    Exactly-once delivery is not on offer: after a line dropped at the end the message goes out
    again with the same id, and most mail programs then show it once.
    """

    to: str
    subject: str
    body: str
    message_id: str


class MailError(RuntimeError):
    """The message was not accepted. ``permanent``: trying again cannot help.

    ``code`` is the server's SMTP code, 0 when there was none. ``text`` is safe to log: it holds
    the server's answer with every address taken out.
    """

    def __init__(self, text: str, *, permanent: bool, code: int = 0) -> None:
        cleaned = _ADDRESS.sub("<address>", _LINE_BREAKS.sub(" ", text))[:300]
        super().__init__(cleaned)
        self.text = cleaned
        self.permanent = permanent
        self.code = code


def send(settings: MailSettings, mail: Mail) -> None:
    """Hand ``mail`` to the server; returns when the server has taken charge of it.

    A refused address or content is permanent; a busy server, a broken line and a refused sign-in
    are not: the last is the operator's to mend, and no message may be lost over it.
    """
    message = compose(settings, mail)
    try:
        server = _connect(settings)
    except (OSError, smtplib.SMTPException) as fault:
        raise _as_fault(fault, signing_in=True) from fault
    try:
        server.send_message(message, from_addr=settings.sender, to_addrs=[mail.to])
    except (OSError, smtplib.SMTPException) as fault:
        raise _as_fault(fault) from fault
    finally:
        # The message is accepted or refused by now; how the farewell goes changes nothing.
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def compose(settings: MailSettings, mail: Mail) -> EmailMessage:
    """The message as it goes over the line; ``MailError`` for an address or header that is none.

    Line breaks in a header would let a text add recipients (R16): refused, not cleaned.
    """
    for name, value in (("To", mail.to), ("From", settings.sender)):
        if not _ADDRESS.fullmatch(value):
            raise MailError(f"{name} is not a mail address.", permanent=True)
    if _LINE_BREAKS.search(mail.subject) or _LINE_BREAKS.search(settings.sender_name):
        raise MailError("A header holds a line break or control.", permanent=True)
    if not _MESSAGE_ID.fullmatch(mail.message_id):
        raise MailError("The message id is not well formed.", permanent=True)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(settings.sender_name, addr_spec=settings.sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"  # keeps holiday answers away
    message.set_content(mail.body, charset="utf-8", cte="base64")
    return message


def _connect(settings: MailSettings) -> smtplib.SMTP:
    if settings.implicit_tls:
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)
    try:
        if settings.starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.user:
            server.login(settings.user, settings.password)
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _as_fault(fault: Exception, *, signing_in: bool = False) -> MailError:
    code, text = 0, str(fault)
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code, raw = next(iter(fault.recipients.values()))
        text = _said(raw)
    elif isinstance(fault, smtplib.SMTPResponseException):
        code, text = fault.smtp_code, _said(fault.smtp_error)
    permanent = 500 <= code < 600 and not signing_in
    return MailError(text or type(fault).__name__, permanent=permanent, code=code)


def _said(raw: bytes | str) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
