"""The task queue on PostgreSQL: one task, "run the job with this id", enqueued with its job row."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

logger = logging.getLogger(__name__)

TASK = "provincial.run_job"
QUEUE = "jobs"
CONCURRENCY = 2
#: Seconds a stopping worker waits for its jobs before it asks them to stop between two chunks.
DRAIN = 3.0
#: Seconds without a sign of life after which another worker's jobs are taken over.
STALLED = 30.0
UPKEEP = 30.0
#: Every living worker holds this advisory lock, shared; who gets it alone knows that no other lives.
_ALIVE = 7_304_118_201


def enqueue(session: Session, job_id: int) -> None:
    """Put the job into the queue in the caller's transaction: both exist or neither."""
    session.execute(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args) "
            "VALUES (:queue, :task, 0, CAST(:args AS jsonb))"
        ),
        {"queue": QUEUE, "task": TASK, "args": json.dumps({"job_id": job_id})},
    )


def worker_seen(session: Session) -> datetime | None:
    """When a worker last gave a sign of life (every ten seconds); nothing when none is there."""
    seen: datetime | None = session.execute(
        text("SELECT max(last_heartbeat) FROM procrastinate_workers")
    ).scalar()
    return seen


def libpq_url(url: str) -> str:
    """The address as libpq writes it, from SQLAlchemy's."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def queue_app(url: str, run: Callable[[int, Callable[[], bool]], None]) -> App:
    """A procrastinate application whose only task calls ``run(job_id, should_stop)`` in a thread.

    The task has no queueing lock and no retry of its own: with both, a retry beside a waiting twin
    breaks the queue's unique index and the row stays "doing" for good. What ends badly is found by
    the upkeep.
    """
    app = App(connector=PsycopgConnector(conninfo=libpq_url(url), min_size=1, max_size=4))

    @app.task(name=TASK, queue=QUEUE, pass_context=True)
    def run_job(context: Any, job_id: int) -> None:
        run(job_id, context.should_abort)

    return app


def serve(
    url: str, run: Callable[[int, Callable[[], bool]], None], upkeep: Iterable[Callable[[], object]]
) -> None:
    """Work until SIGTERM or SIGINT: take jobs, bring back what killed workers left, do the upkeep.

    ``upkeep`` are short calls made in a thread every 30 seconds.
    """
    asyncio.run(_serve(url, run, tuple(upkeep)))


async def _serve(
    url: str,
    run: Callable[[int, Callable[[], bool]], None],
    upkeep: tuple[Callable[[], object], ...],
) -> None:
    app = queue_app(url, run)
    async with app.open_async():
        presence = await _announce(app, url)
        try:
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=CONCURRENCY,
                    shutdown_graceful_timeout=DRAIN,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                )
            )
            keeper = asyncio.create_task(_keep(app, upkeep))
            _stop_on_signals(worker)
            with suppress(asyncio.CancelledError):
                await worker
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
        finally:
            await presence.close()


def _stop_on_signals(worker: asyncio.Task[None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.cancel)


async def _announce(app: App, url: str) -> psycopg.AsyncConnection[Any]:
    """Hold the lock of the living; whoever comes first takes up at once what the dead left."""
    connection = await psycopg.AsyncConnection.connect(libpq_url(url), autocommit=True)
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (_ALIVE,))
    row = await cursor.fetchone()
    if row is not None and row[0]:
        taken = await recover_stalled(app, 0)
        if taken:
            logger.warning("took up %s jobs that a killed worker had left", taken)
        await connection.execute("SELECT pg_advisory_lock_shared(%s)", (_ALIVE,))
        await connection.execute("SELECT pg_advisory_unlock(%s)", (_ALIVE,))
    else:
        await connection.execute("SELECT pg_advisory_lock_shared(%s)", (_ALIVE,))
    return connection


async def _keep(app: App, upkeep: tuple[Callable[[], object], ...]) -> None:
    while True:
        await _calmly(recover_stalled(app, STALLED))
        for call in upkeep:
            await _calmly(asyncio.to_thread(call))
        await asyncio.sleep(UPKEEP)


async def _calmly(work: Awaitable[object]) -> None:
    """A database that is away for a moment must not end the upkeep."""
    try:
        await work
    except Exception:
        logger.exception("the upkeep of the queue failed; it is tried again")


async def recover_stalled(app: App, seconds: float) -> int:
    """Take up again what a killed worker left; returns how many. Each job is tried on its own."""
    taken = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
        try:
            await app.job_manager.retry_job(job)
            taken += 1
        except Exception:
            logger.exception("queue row %s could not be taken up again", job.id)
    await app.job_manager.prune_stalled_workers(seconds)
    return taken
