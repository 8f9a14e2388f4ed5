"""The journal: sealed, verifiable, readable by things and by the auditor (R30-R32)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from provincial.adapters.queue import libpq_url
from provincial.core import clock
from provincial.core.request_id import set_request_id
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal import actions, queries, rules
from provincial.office.journal.models import JournalEvent

T0 = datetime(2023, 11, 20, 8, tzinfo=UTC)


def _events(*numbers: int) -> list[tuple[int, bytes]]:
    return [(number, f"event {number}".encode()) for number in numbers]


class TestChain:
    """R31: the chain of seals, on plain values."""

    def test_same_events_same_seal(self) -> None:
        assert rules.chain(b"x", T0, _events(1, 2)) == rules.chain(b"x", T0, _events(1, 2))

    @pytest.mark.parametrize(
        ("found", "bad"),
        [
            ([(1, b"event 1"), (2, b"changed"), (3, b"event 3")], 2),
            ([(1, b"event 1"), (3, b"event 3")], 2),
            ([(1, b"event 1"), (2, b"event 2"), (3, b"event 3"), (4, b"slipped in")], 4),
        ],
        ids=["changed", "deleted", "added"],
    )
    def test_names_the_first_bad_event(self, found: list[tuple[int, bytes]], bad: int) -> None:
        made = rules.chain(b"", T0, _events(1, 2, 3))
        sealed = rules.Sealed(7, T0, b"digest", made.marks)
        fault = rules.check_chain([sealed], lambda _a, _u: found, lambda _c, _d: True)
        assert fault == rules.Fault(7, bad)

    def test_a_rewritten_seal_is_found_by_its_key(self) -> None:
        made = rules.chain(b"", T0, _events(1))
        sealed = rules.Sealed(7, T0, b"forged", made.marks)
        fault = rules.check_chain([sealed], lambda _a, _u: _events(1), lambda _c, d: d != b"forged")
        assert fault == rules.Fault(7, 0)


def _backdate(session: Session) -> None:
    """Let the events of this test be old enough to be sealed, past the table's own guard."""
    session.execute(text("set local session_replication_role = replica"))
    session.execute(text("update journal_event set at = at - interval '1 minute'"))
    session.execute(text("set local session_replication_role = origin"))
    session.expire_all()


def test_r31_seals_and_verifies(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """R31: what settled is sealed once; a change past the trigger is found and named."""
    # The test's own transaction holds the table's lock, as every writer does.
    horizon = clock.now() - timedelta(seconds=5)
    monkeypatch.setattr(queries, "seal_horizon", lambda: horizon)
    first = actions.record("test.one", ("nothing", 1), by=None, after={"x": 1})
    second = actions.record("test.two", ("nothing", 1), by=None, reason="because")
    session.flush()
    assert actions.seal() is None, "too young"
    _backdate(session)
    seal = actions.seal()
    assert seal is not None
    assert seal.events == 2
    assert actions.seal() is None
    assert actions.verify() is None
    session.execute(text("set local session_replication_role = replica"))
    session.execute(
        text("update journal_event set reason = 'other' where id = :i"), {"i": second.id}
    )
    session.expire_all()
    fault = actions.verify()
    assert fault == rules.Fault(seal.id, second.id)
    session.execute(text("delete from journal_event where id = :i"), {"i": first.id})
    fault = actions.verify()
    assert fault is not None
    assert fault.event == first.id


def test_r31_an_open_transaction_holds_the_seal_back(app: Flask, database_url: str) -> None:
    """R31: no event can slip in behind a seal, however long its transaction takes."""
    with app.app_context(), psycopg.connect(libpq_url(database_url)) as writer:
        row = writer.execute("select clock_timestamp()").fetchone()
        writer.execute(
            "insert into journal_event (at, actor_name, actor_body, role, org_path, action, "
            "thing_type, thing_label, reason, request_id) "
            "values (clock_timestamp(), '', '', '', '/', 'test.slow', 'nothing', '', '', '')"
        )
        assert row is not None
        assert queries.seal_horizon() <= row[0]
        writer.rollback()


def test_r30_record_keeps_request_and_sentence(session: Session, officer: Viewer) -> None:
    """R30: who, what, before, after, why, in which request."""
    set_request_id("abc123")
    actions.record(
        "plans.issue",
        ("plan", 9),
        by=officer,
        before={"state": "draft"},
        after={"state": "issued"},
        reason="会议决定",
        said=t("Issued %(number)s", number="1号"),
    )
    session.flush()
    [moment] = queries.timeline(("plan", 9))
    assert str(moment.what) == "Issued 1号"
    assert "李明" in str(moment.who)
    assert moment.reason == "会议决定"
    event = session.query(JournalEvent).filter_by(thing_type="plan", thing_id=9).one()
    assert event.request_id == "abc123"
    set_request_id("")


def test_verify_command(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """R31: exit 0 while all agrees, exit 1 naming the first bad id."""
    runner = app.test_cli_runner()
    assert runner.invoke(args=["journal", "verify"]).exit_code == 0
    monkeypatch.setattr(actions, "verify", lambda: rules.Fault(3, 17))
    result = runner.invoke(args=["journal", "verify"])
    assert result.exit_code == 1
    assert "17" in result.output
