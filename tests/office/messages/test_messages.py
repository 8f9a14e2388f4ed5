"""Telling people: the feed, the outbox, a real mail server (R38)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from provincial.adapters.mail_server import read_mail_url
from provincial.adapters.services import configure, services
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.messages import actions, jobs, queries, rules
from provincial.office.messages.models import OutboxMail
from tests.office.conftest import BrowseAs


class Box:
    """A mail server that keeps what it takes; ``answer`` is what it says to each recipient."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.answer = "250 OK"

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _o: Any
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.taken.append(envelope.content)
        return "250 OK"


@pytest.fixture
def box(app: Any) -> Iterator[Box]:
    """A running mail server, and a site that knows it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    before = services()
    settings = replace(
        before.settings, smtp_url=f"smtp://127.0.0.1:{port}", mail_sender="plan@example.cn"
    )
    configure(replace(before, settings=settings))
    yield box
    configure(before)
    controller.stop()


@pytest.fixture(autouse=True)
def book() -> Iterator[None]:
    """An address book of two people of one body, one of them without mail."""
    before = list(actions._book)
    actions.set_address_book(
        lambda user, _body: (
            [(user, f"u{user}@example.cn", "甲")]
            if user
            else [(21, "zhang@example.cn", "张伟"), (22, "", "刘洋")]
        )
    )
    yield
    actions._book[:] = before


class TestOutbox:
    """Mail leaves at least once, with one Message-ID."""

    def test_tell_a_body(self, session: Session, clerk: Viewer, box: Box) -> None:
        actions.tell(
            kind="quotas.issued",
            organisation_id=clerk.organisation_id,
            subject=t("The quota table was issued"),
            body=t("%(count)s places.", count=12),
            url="/quotas/3",
            thing=("quota_table", 3),
        )
        session.commit()
        assert queries.unread_count(clerk) == 1
        assert jobs.deliver() == 1
        [raw] = box.taken
        mail = message_from_bytes(raw)
        assert mail["To"] == "zhang@example.cn"
        assert str(make_header(decode_header(mail["Subject"]))) == "The quota table was issued"
        body = mail.get_payload(decode=True)
        assert isinstance(body, bytes)
        assert "12" in body.decode()
        assert services().settings.public_url + "/quotas/3" in body.decode()
        row = session.query(OutboxMail).one()
        assert (row.state, row.attempts) == ("sent", 1)
        assert mail["Message-ID"] == row.message_id_header
        assert jobs.deliver() == 0, "sent once"

    def test_r5_a_teacher_does_not_read_what_the_school_is_told(
        self, session: Session, clerk: Viewer
    ) -> None:
        """R5: a member of a body who does not act for it has only the messages to that person."""
        actions.tell(kind="bans", organisation_id=clerk.organisation_id, subject=t("Home"))
        assert queries.unread_count(clerk) == 1
        teacher = replace(clerk, role="teacher", roles=frozenset({"teacher"}))
        assert queries.unread_count(teacher) == 0
        actions.tell(kind="bans", user_id=clerk.user_id, subject=t("Home"))
        assert queries.unread_count(teacher) == 1

    def test_r35_a_busy_server_loses_nothing(self, session: Session, box: Box) -> None:
        """R35, R38: a temporary refusal waits longer each time, and goes out under the same id."""
        row = actions.send_mail("a@example.cn", "主题", "正文 100%", kind="test")
        session.commit()
        number = row.message_id_header
        box.answer = "451 busy"
        assert jobs.deliver() == 0
        session.refresh(row)
        assert (row.state, row.attempts) == ("waiting", 1)
        assert jobs.deliver() == 0
        assert row.attempts == 1, "not due yet"
        box.answer = "250 OK"
        session.execute(text("update outbox_mail set next_try_at = now()"))
        session.commit()
        assert jobs.deliver() == 1
        session.refresh(row)
        assert row.state == "sent"
        assert number.encode() in box.taken[0]

    def test_a_refused_address_is_permanent(self, session: Session, box: Box) -> None:
        row = actions.send_mail("nobody@example.cn", "主题", "正文")
        session.commit()
        box.answer = "550 no such user nobody@example.cn"
        jobs.deliver()
        session.refresh(row)
        assert row.state == "failed"
        assert "nobody@" not in row.last_error, "R33: no address in an error text"

    def test_a_sender_that_died_leaves_the_mail(self, session: Session, box: Box) -> None:
        actions.send_mail("a@example.cn", "主题", "正文")
        session.commit()
        assert actions.take_due() is not None
        session.commit()
        assert jobs.deliver() == 0, "in the hand of another"
        session.execute(
            text("update outbox_mail set next_try_at = next_try_at - cast(:i as interval)"),
            {"i": rules.IN_HAND},
        )
        session.commit()
        assert jobs.deliver() == 1

    def test_no_server_down(self, session: Session, box: Box) -> None:
        """R35: the line cannot be had at all."""
        configure(
            replace(
                services(), settings=replace(services().settings, smtp_url="smtp://127.0.0.1:1")
            )
        )
        row = actions.send_mail("a@example.cn", "主题", "正文")
        session.commit()
        assert jobs.deliver() == 0
        session.refresh(row)
        assert row.state == "waiting"

    def test_without_a_server_it_says_so(self, session: Session, administrator: Viewer) -> None:
        row = actions.send_mail("a@example.cn", "主题", "正文")
        session.commit()
        jobs.deliver()
        session.refresh(row)
        assert (row.state, row.last_error) == ("cancelled", rules.NO_SERVER.source)
        actions.resend(row, by=administrator)
        assert row.state == "waiting"
        with pytest.raises(Refusal):
            actions.resend(row, by=administrator)


def test_backoff() -> None:
    """Doubling from a minute to six hours; given up after about three days."""
    assert rules.wait_after(1) == timedelta(minutes=1)
    assert rules.wait_after(4) == timedelta(minutes=8)
    assert rules.wait_after(50) == timedelta(hours=6)
    total = sum((rules.wait_after(n) for n in range(1, rules.MOST_TRIES + 1)), timedelta())
    assert timedelta(days=2) < total < timedelta(days=4)


class TestMailAddress:
    """The setting SMTP_URL."""

    def test_forms(self) -> None:
        assert read_mail_url("", "") is None
        plain = read_mail_url("smtp://localhost", "a@b.cn")
        assert plain is not None
        assert (plain.port, plain.starttls, plain.sender) == (25, False, "a@b.cn")
        login = read_mail_url("smtp://me%40b.cn:p%2Fw@mail.b.cn", "")
        assert login is not None
        assert (login.port, login.starttls, login.sender) == (587, True, "me@b.cn")
        assert login.password == "p/w"
        secure = read_mail_url("smtps://mail.b.cn", "a@b.cn")
        assert secure is not None
        assert (secure.port, secure.implicit_tls, secure.starttls) == (465, True, False)

    @pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://h?tls=maybe", "smtp://h?x=1"])
    def test_others_are_refused(self, url: str) -> None:
        with pytest.raises(ValueError, match="SMTP_URL"):
            read_mail_url(url, "")


class TestFeed:
    """What people see."""

    def test_read_person_by_person(
        self, session: Session, clerk: Viewer, neighbour: Viewer, browse_as: BrowseAs
    ) -> None:
        told = actions.tell(
            kind="k", organisation_id=clerk.organisation_id, subject=t("News"), url="/papers"
        )
        session.commit()
        colleague = replace(clerk, user_id=99)
        assert "News" in browse_as(clerk).get("/messages/?show=unread").text
        answer = browse_as(clerk).post(f"/messages/{told.id}/open")
        assert answer.headers["Location"] == "/papers"
        assert (queries.unread_count(clerk), queries.unread_count(colleague)) == (0, 1)
        assert "News" not in browse_as(clerk).get("/messages/?show=unread").text
        assert "News" in browse_as(clerk).get("/messages/").text
        assert browse_as(neighbour).post(f"/messages/{told.id}/open").status_code == 404
        assert "News" not in browse_as(neighbour).get("/messages/").text
        assert browse_as(colleague).post("/messages/read").status_code == 303
        assert queries.unread_count(colleague) == 0

    def test_exactly_one_addressee(self, session: Session) -> None:
        with pytest.raises(IntegrityError), session.begin_nested():
            actions.tell(kind="k", subject=t("x"))

    def test_mail_log(
        self, session: Session, administrator: Viewer, clerk: Viewer, browse_as: BrowseAs
    ) -> None:
        row = actions.send_mail("a@example.cn", "请查收", "正文")
        row.state = "failed"
        session.commit()
        browser = browse_as(administrator)
        assert "请查收" in browser.get("/messages/mail?state=failed&address=a@").text
        assert browser.post(f"/messages/mail/{row.id}/resend").status_code == 303
        session.refresh(row)
        assert row.state == "waiting"
        assert browse_as(clerk).get("/messages/mail").status_code == 403
        assert browse_as(clerk).post(f"/messages/mail/{row.id}/resend").status_code == 403
