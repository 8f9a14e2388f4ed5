"""Error pages stand when the database does not (R15, R35), and the log keeps what was typed out (R33)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DataError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from provincial import create_app
from provincial.core.db import Clash, db, transaction
from provincial.web.access import public


@pytest.fixture(scope="module")
def site(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site with a page that fails as it is told."""
    folder = tmp_path_factory.mktemp("errors")
    site = create_app({"DATABASE_URL": database_url, "PTP_INSTANCE": str(folder)})
    site.config["PROPAGATE_EXCEPTIONS"] = False
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


def _failing(site: Flask, fail: Callable[[], object]) -> tuple[int, str]:
    @public("a test")
    def view() -> str:
        fail()
        return ""

    site.view_functions["portal.front"] = view
    answer = site.test_client().get("/")
    return answer.status_code, answer.text


def test_r15_a_value_no_column_can_hold_is_bad_input(site: Flask) -> None:
    status, page = _failing(site, lambda: db.session.execute(text("select 99999999999::int")))
    assert status == 400
    assert "<html" in page


def test_r35_a_broken_transaction_does_not_break_the_error_page(site: Flask) -> None:
    def fail() -> None:
        with suppress(DataError):
            db.session.execute(text("select 1/0"))
        raise RuntimeError("a fault")

    status, page = _failing(site, fail)
    assert status == 500
    assert "<html" in page
    assert "a fault" not in page


@pytest.mark.parametrize(
    "error", [InterfaceError("select 1", {}, Exception("gone")), PoolTimeout("pool")]
)
def test_r35_a_database_that_is_away_is_said_so(site: Flask, error: Exception) -> None:
    def fail() -> None:
        raise error

    assert _failing(site, fail)[0] == 503


def test_r33_the_log_does_not_repeat_what_was_typed(
    site: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    _failing(site, lambda: db.session.execute(text("select :a / 0"), {"a": 410101199003072316}))
    assert "410101199003072316" not in caplog.text


def test_r13_the_same_thing_made_twice_at_once_is_a_clash(site: Flask) -> None:
    twice = text("insert into rate_counter (bucket, window_start, count) values ('twin', now(), 1)")

    def make_twice() -> None:
        with transaction() as session:
            session.execute(twice)
            session.execute(twice)

    with site.app_context(), pytest.raises(Clash):
        make_twice()
