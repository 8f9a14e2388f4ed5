"""``flask worker``: long work, timed work, and the upkeep of both."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from provincial.adapters import queue
from provincial.adapters.timer import Appointment, Timer
from provincial.core import clock
from provincial.core.request_id import set_request_id
from provincial.office.jobs import actions
from provincial.office.jobs.rules import last_due

logger = logging.getLogger(__name__)


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Take up long work and timed work until told to stop."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    timer = Timer(
        Appointment(tick.name, _once(app, tick), tick.every, tick.hour)
        for tick in app.config["TICKS"]
    )
    timer.start()
    try:
        queue.serve(
            app.config["SQLALCHEMY_DATABASE_URI"],
            lambda job_id, should_stop: _run(app, job_id, should_stop),
            [lambda: _in(app, actions.requeue_lost)],
        )
    finally:
        timer.stop()


def _run(app: Flask, job_id: int, should_stop: Callable[[], bool]) -> None:
    set_request_id(f"job-{job_id}")
    with app.app_context():
        actions.run(job_id, app.config["JOB_HANDLERS"], should_stop)


def _in(app: Flask, call: Callable[[], object]) -> object:
    with app.app_context():
        return call()


def _once(app: Flask, tick: Any) -> Callable[[], None]:
    """Do the work of a due moment unless another scheduler has it."""

    def call() -> None:
        due = last_due(clock.now(), seconds=tick.every, hour=tick.hour)
        set_request_id(f"tick-{tick.name}")
        with app.app_context():
            run_tick(tick.name, due, tick.run)

    return call


def run_tick(name: str, due: Any, work: Callable[[], object]) -> bool:
    """Claim the moment, do the work, note how it ended; whether it was ours to do."""
    claimed = actions.claim_tick(name, due)
    if claimed is None:
        return False
    try:
        work()
    except Exception as fault:
        logger.exception("timed work %s failed; it is tried at its next time", name)
        actions.finish_tick(claimed, type(fault).__name__)
    else:
        actions.finish_tick(claimed)
    return True
