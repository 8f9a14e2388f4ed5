"""The task queue on PostgreSQL: one task, "run the job with this id", enqueued with its job row."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from procrastinate import App, PsycopgConnector, RetryStrategy
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

TASK = "provincial.run_job"
QUEUE = "jobs"


def enqueue(session: Session, job_id: int) -> None:
    """Put the job into the queue in the caller's transaction: both exist or neither."""
    session.execute(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args) "
            "VALUES (:queue, :task, 0, CAST(:args AS jsonb))"
        ),
        {"queue": QUEUE, "task": TASK, "args": json.dumps({"job_id": job_id})},
    )


def libpq_url(url: str) -> str:
    """The address as libpq writes it, from SQLAlchemy's."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def queue_app(url: str, run: Callable[[int, Callable[[], bool]], None]) -> App:
    """A procrastinate application whose only task calls ``run(job_id, should_stop)`` in a thread."""
    app = App(connector=PsycopgConnector(conninfo=libpq_url(url), min_size=1, max_size=4))

    @app.task(name=TASK, queue=QUEUE, pass_context=True, retry=RetryStrategy(max_attempts=1))
    def run_job(context: Any, job_id: int) -> None:
        run(job_id, context.should_abort)

    return app


async def recover_stalled(app: App, seconds: float) -> int:
    """Take up again what a killed worker left; returns how many. Each job is tried on its own."""
    taken = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
        try:
            await app.job_manager.retry_job(job)
            taken += 1
        except Exception:  # noqa: BLE001  one bad row must not keep the others from coming back
            await asyncio.sleep(0)
    await app.job_manager.prune_stalled_workers(seconds)
    return taken
