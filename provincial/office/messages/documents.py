"""A mail as it goes out, in the site's language; feed and mail log as tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from provincial.adapters.mail import Mail
from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut
from provincial.core.clock import CHINA
from provincial.core.text import text_from_data
from provincial.office.messages.models import OutboxMail
from provincial.office.messages.queries import Line
from provincial.web.filters import translate


def mail_of(row: OutboxMail) -> Mail:
    """The mail in the site's language."""
    body = "\n\n".join(translate(text_from_data(part)) for part in row.body)
    return Mail(row.to_address, subject_of(row), body + "\n", row.message_id_header)


def subject_of(row: OutboxMail) -> str:
    """The subject in the reader's language, on one line (R16)."""
    return " ".join(translate(text_from_data(row.subject)).split())


def feed_sheet(lines: Iterable[Line]) -> SheetOut:
    """Messages as a table; its headings are Chinese like every official table."""
    columns = [Column(name) for name in ("时间", "事项", "说明", "收件", "状态")]
    rows = [
        (
            _moment(line.at),
            translate(line.subject),
            translate(line.body) if line.body else "",
            "本单位" if line.to_body else "本人",
            "已读" if line.read else "未读",
        )
        for line in lines
    ]
    return SheetOut("消息", columns, rows, title="消息清单")


def log_sheet(mails: Iterable[OutboxMail]) -> SheetOut:
    """The mail log as a table."""
    names = ("主题", "收件地址", "状态", "写成时间", "发出时间", "次数", "错误")
    columns = [Column(name, Kind.NUMBER if name == "次数" else Kind.TEXT) for name in names]
    rows = [
        (
            subject_of(mail),
            mail.to_address,
            translate(mail.status.label),
            _moment(mail.created_at),
            _moment(mail.sent_at),
            mail.attempts,
            mail.last_error,
        )
        for mail in mails
    ]
    return SheetOut("邮件日志", columns, rows, title="邮件日志")


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" if at else ""
