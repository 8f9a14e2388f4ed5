"""Where the mail server is: one address in the settings, ``smtp://user:password@host:port?tls=…``."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from provincial.adapters.mail import MailSettings

_PORTS = {"smtp": 25, "smtps": 465}


def read_mail_url(url: str, sender: str, sender_name: str = "") -> MailSettings | None:
    """The settings that ``url`` names; nothing when it is empty.

    ``smtps://`` speaks TLS from the first byte, ``?tls=starttls`` switches to it, ``?tls=none`` (the
    default of ``smtp://`` without a user) does not. With a user the line is always encrypted, unless
    ``tls=none`` says otherwise. ``ValueError`` for anything else.
    """
    if not url:
        return None
    parts = urlsplit(url)
    options = {name: values[0] for name, values in parse_qs(parts.query).items()}
    implicit = parts.scheme == "smtps"
    tls = options.pop("tls", "starttls" if parts.username and not implicit else "none")
    if (
        parts.scheme not in _PORTS
        or not parts.hostname
        or options
        or tls not in ("none", "starttls")
    ):
        raise ValueError(
            "SMTP_URL must read smtp://user:password@host:port?tls=starttls or smtps://…"
        )
    user = unquote(parts.username or "")
    return MailSettings(
        host=parts.hostname,
        port=parts.port or (587 if tls == "starttls" else _PORTS[parts.scheme]),
        user=user,
        password=unquote(parts.password or ""),
        starttls=tls == "starttls" and not implicit,
        implicit_tls=implicit,
        sender=sender or (user if "@" in user else f"no-reply@{parts.hostname}"),
        sender_name=sender_name,
    )
