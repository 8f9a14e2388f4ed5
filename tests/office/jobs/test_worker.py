"""A real worker, killed and stopped in the middle of its work (R34, R38)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from provincial.adapters.queue import libpq_url
from provincial.core.db import db, transaction
from provincial.core.text import t
from provincial.office.jobs.actions import enqueue

SCRIPT = Path(__file__).with_name("count_worker.py")
ROOT = Path(__file__).parents[3]
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def look(app: Flask, database_url: str) -> Iterator[psycopg.Connection]:
    """A look at the database from outside; what the worker did is removed after the test."""
    with psycopg.connect(libpq_url(database_url), autocommit=True) as connection:
        connection.execute("create table counted (n int primary key)")
        yield connection
        connection.execute("drop table counted")
        for table in ("job", "procrastinate_jobs", "procrastinate_workers"):
            connection.execute(f"delete from {table}")


@pytest.fixture
def start(database_url: str, instance: Path) -> Iterator[Start]:
    """Starts a worker; whatever still runs at the end is ended."""
    running: list[subprocess.Popen[bytes]] = []

    def go() -> subprocess.Popen[bytes]:
        command = [sys.executable, str(SCRIPT), database_url, str(instance)]
        child = subprocess.Popen(
            command, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin"}
        )
        running.append(child)
        return child

    yield go
    for child in running:
        child.kill()
        child.wait()


def _job(app: Flask, total: int) -> int:
    with app.app_context():
        with transaction():
            job_id = enqueue("test.count", t("Count"), by=None, args={"total": total}).id
        db.session.remove()
    return job_id


def _until(look: psycopg.Connection, job_id: int, wanted: str) -> None:
    """Wait until a condition on the job holds."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if look.execute(f"select 1 from job where id = %s and {wanted}", (job_id,)).fetchone():
            return
        time.sleep(0.05)
    raise AssertionError(look.execute("select * from job where id = %s", (job_id,)).fetchone())


def test_r38_a_killed_worker_leaves_its_job_to_the_next(
    app: Flask, look: psycopg.Connection, start: Start
) -> None:
    """R38: kill -9 in the middle; the next worker takes it up at its start, and it ends once."""
    job_id = _job(app, 40)
    first = start()
    _until(look, job_id, "done >= 5")
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert look.execute("select state from job where id = %s", (job_id,)).fetchone() == ("running",)
    start()
    _until(look, job_id, "state = 'done'")
    row = look.execute("select done, total, attempts from job where id = %s", (job_id,)).fetchone()
    assert row == (40, 40, 2)
    assert look.execute("select count(*) from counted").fetchone() == (40,)


def test_r38_a_stopped_worker_puts_its_job_back(
    app: Flask, look: psycopg.Connection, start: Start
) -> None:
    """R38: SIGTERM: the job ends between two chunks, goes back, and this is no failed attempt."""
    job_id = _job(app, 400)
    first = start()
    _until(look, job_id, "done >= 3")
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=8) == 0
    state = look.execute("select state, attempts from job where id = %s", (job_id,)).fetchone()
    assert state == ("running", 0)
    waiting = "select count(*) from procrastinate_jobs where status = 'todo'"
    assert look.execute(waiting).fetchone() == (1,)
