"""The trial start of ``./run --check``: the whole site on a throw-away instance, walked, removed."""

from __future__ import annotations

import secrets
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from provincial.adapters.durability import libpq_url
from provincial.launcher import TICK_SECONDS, Commands, Launcher, Settings, stop_on_signals
from provincial.walkthrough import walk


def check(settings: Settings, commands: Commands, folder: Path) -> bool:
    """Start the site on a throw-away instance, walk its main job, clean up; whether all went well.

    With DATABASE_URL a database of its own is made on that server, and dropped again.
    """
    instance = Path(tempfile.mkdtemp(prefix="ptp-check-"))
    instance.chmod(0o711)  # a server demoted from root has to reach its data
    try:
        with _free_port() as port, _throw_away_database(settings.database_url) as url:
            trial = Settings(instance, "127.0.0.1", port, url)
            launcher = Launcher(trial, commands, folder)
            with stop_on_signals(launcher):
                try:
                    launcher.start()
                    passed = _walk_beside(launcher)
                finally:
                    launcher.stop()
    finally:
        _remove_instance(instance)
    return passed


def _walk_beside(launcher: Launcher) -> bool:
    # The walk has a thread of its own: children may be started by the main thread only, as the
    # kernel ties them to the thread that made them.
    results: list[bool] = []
    walker = threading.Thread(
        target=lambda: results.append(walk(launcher.settings.address, launcher.accounts)),
        daemon=True,
    )
    walker.start()
    while walker.is_alive() and not launcher.stopping.is_set():
        launcher.watch()
        walker.join(TICK_SECONDS)
    return results == [True]


@contextmanager
def _free_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    yield port


@contextmanager
def _throw_away_database(url: str) -> Iterator[str]:
    if not url:
        yield ""
        return
    name = f"ptp_check_{secrets.token_hex(6)}"
    quoted = sql.Identifier(name)
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))


def _remove_instance(instance: Path) -> None:
    data = instance / "postgres"
    if data.is_symlink():
        shutil.rmtree(data.resolve().parent, ignore_errors=True)
    shutil.rmtree(instance, ignore_errors=True)
