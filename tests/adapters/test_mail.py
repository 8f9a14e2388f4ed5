"""Mail over a real SMTP conversation: accepted, refused for now, refused for good, line dropped."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from provincial.adapters.mail import Mail, MailError, MailSettings, send

MAIL = Mail(
    to="city@example.edu.cn",
    subject="关于下达2023年省级骨干教师培育项目名额的通知（豫教师培〔2023〕12号）",
    body="郑州市教育局：\n\n名额已下达，请登录查看。㛃䶮𬭎\n",
    message_id="<outbox-17.a1b2@peixun.example.cn>",
)


class Postman:
    """Answers RCPT and DATA as told and keeps what it accepts; ``None`` drops the line."""

    def __init__(self) -> None:
        self.rcpt: str | None = "250 OK"
        self.data: str | None = "250 OK"
        self.accepted: list[Envelope] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._answer(server, self.rcpt)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._answer(server, self.data)
        if answer == "250 OK":
            self.accepted.append(envelope)
        return answer

    def _answer(self, server: SMTP, answer: str | None) -> str:
        if answer is None:
            server.transport.abort()
        return answer or "250 never heard"


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def settings(postman: Postman) -> Iterator[MailSettings]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield MailSettings("127.0.0.1", port, sender="plan@example.cn", sender_name="省培计划")
    finally:
        controller.stop()


def test_a_chinese_message_arrives_as_written(settings: MailSettings, postman: Postman) -> None:
    send(settings, MAIL)
    (envelope,) = postman.accepted
    assert envelope.mail_from == "plan@example.cn"
    assert envelope.rcpt_tos == ["city@example.edu.cn"]
    raw = cast("bytes", envelope.content)
    assert raw.isascii()
    message = cast("EmailMessage", email.message_from_bytes(raw, policy=email.policy.default))
    assert message["Subject"] == MAIL.subject
    assert message["Message-ID"] == MAIL.message_id
    assert message["From"].addresses[0].display_name == "省培计划"
    assert message.get_content().replace("\r\n", "\n") == MAIL.body


def test_sent_twice_carries_the_same_id(settings: MailSettings, postman: Postman) -> None:
    send(settings, MAIL)
    send(settings, MAIL)
    ids = {email.message_from_bytes(e.content or b"")["Message-ID"] for e in postman.accepted}
    assert ids == {MAIL.message_id}


@pytest.mark.parametrize(
    ("stage", "answer", "permanent", "code"),
    [
        ("rcpt", "450 mailbox busy", False, 450),
        ("rcpt", "550 no such user here", True, 550),
        ("data", "451 try again later", False, 451),
        ("data", "452 disk full", False, 452),
        ("data", "554 looks like spam", True, 554),
        ("rcpt", None, False, 0),
        ("data", None, False, 0),
    ],
)
def test_r35_refusals_are_told_apart(
    settings: MailSettings,
    postman: Postman,
    stage: str,
    answer: str | None,
    permanent: bool,
    code: int,
) -> None:
    setattr(postman, stage, answer)
    with pytest.raises(MailError) as caught:
        send(settings, MAIL)
    assert caught.value.permanent is permanent
    assert caught.value.code in {code, -1} if answer is None else caught.value.code == code
    assert postman.accepted == []


def test_r35_nobody_listens_is_temporary(settings: MailSettings) -> None:
    with pytest.raises(MailError) as caught:
        send(replace(settings, port=1), MAIL)
    assert not caught.value.permanent


def test_r35_refused_sign_in_loses_no_mail(settings: MailSettings) -> None:
    with pytest.raises(MailError) as caught:
        send(replace(settings, user="plan", password="wrong"), MAIL)
    assert not caught.value.permanent


def test_r35_missing_starttls_is_not_skipped(settings: MailSettings, postman: Postman) -> None:
    with pytest.raises(MailError):
        send(replace(settings, starttls=True), MAIL)
    assert postman.accepted == []


@pytest.mark.parametrize(
    "mail",
    [
        replace(MAIL, subject="名额\r\nBcc: x@example.cn"),
        replace(MAIL, subject="名额\u2028Bcc: x@example.cn"),
        replace(MAIL, to="a@example.cn, b@example.cn"),
        replace(MAIL, to="a@example.cn\nBcc: b@example.cn"),
        replace(MAIL, to="郑州"),
        replace(MAIL, message_id="<a@b>\r\nX: y"),
    ],
)
def test_r16_headers_cannot_be_injected(
    settings: MailSettings, postman: Postman, mail: Mail
) -> None:
    with pytest.raises(MailError) as caught:
        send(settings, mail)
    assert caught.value.permanent
    assert postman.accepted == []


def test_r33_a_fault_names_no_address_and_settings_no_password(
    settings: MailSettings, postman: Postman
) -> None:
    postman.rcpt = "550 <city@example.edu.cn> unknown"
    with pytest.raises(MailError) as caught:
        send(settings, MAIL)
    assert "city@" not in str(caught.value)
    assert "hunter2" not in repr(replace(settings, password="hunter2"))
