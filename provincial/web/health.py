"""For the machine that watches: is the process there, and can it do its work (R39)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from provincial.adapters.queue import worker_seen
from provincial.core import clock
from provincial.core.db import db
from provincial.web.access import public

logger = logging.getLogger(__name__)
blueprint = Blueprint("health", __name__)

WORKER_SILENCE = timedelta(seconds=60)


@blueprint.get("/healthz")
@public("asked by whatever restarts the process; tells nothing")
def alive() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
@public("asked by the load balancer; tells yes or no, the reasons go to the log")
def ready() -> ResponseReturnValue:
    """Database, its tables' version, and a worker that gave a sign of life within a minute."""
    missing = [name for name, holds in CHECKS.items() if not _holds(name, holds)]
    if missing:
        logger.warning("not ready: %s", ", ".join(missing))
    return jsonify(ready=not missing), 503 if missing else 200


def _holds(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except SQLAlchemyError as fault:
        db.session.rollback()
        logger.warning("check %s: %s", name, type(fault).__name__)
        return False


def _database() -> bool:
    return bool(db.session.execute(text("SELECT 1")).scalar())


def _migrated() -> bool:
    """Whether the tables are those that this code was written for."""
    heads = _heads(current_app.extensions["migrate"].directory)
    if not heads:
        return True
    found = set(db.session.execute(text("SELECT version_num FROM alembic_version")).scalars())
    return found == heads


@lru_cache(maxsize=4)
def _heads(folder: str) -> frozenset[str]:
    if not (Path(folder) / "versions").is_dir():
        return frozenset()
    return frozenset(ScriptDirectory(folder).get_heads())


def _worker() -> bool:
    seen = worker_seen(db.session())
    return seen is not None and clock.now() - seen < WORKER_SILENCE


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrated,
    "worker": _worker,
}
