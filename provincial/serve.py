"""The web server: ``python -m provincial.serve`` on HOST and PORT, two processes.

Granian's own command does not tie its processes to the one that started them: after a kill -9 of
the launcher they would go on serving and hold the port.
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from provincial.children import tie_to_parent

WORKERS = 2
THREADS = 8
STOP_SECONDS = 6


def load(server: int, target: str) -> Any:
    """Import ``module:name`` in a fresh web process, tied to the server's process."""
    tie_to_parent(server)
    # Until Granian sets its own handler the fork has the parent's, which swallows the signal: a
    # stop during the import would wait for the kill.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _worth_reading(record: logging.LogRecord) -> bool:
    # Requests wait for the database more than they compute: the threads are more than the cores
    # on purpose, and the advice against it on every start would only teach to overlook warnings.
    return "seems quite high" not in record.getMessage()


def main() -> None:
    """Serve until SIGTERM; a request under way is finished."""
    logging.getLogger("_granian").addFilter(_worth_reading)
    Granian(
        "app:app",
        address=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
    ).serve(target_loader=partial(load, os.getpid()))


if __name__ == "__main__":
    main()
