"""The embedded PostgreSQL server: started for whoever needs it, stopped by whoever leaves last.

Every process that uses the server holds a shared lock on ``instance/postgres.users``. On its way
out it tries to make that lock exclusive: when this succeeds nobody else is left, and it stops the
server. A killed process loses its lock and stops nothing; the next one takes the running server
over, or recovers the data. See docs/decisions/embedded-postgres.md.

Only the launcher and the command line come here, and only without ``DATABASE_URL``.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import BinaryIO

import psycopg
from sqlalchemy import URL

from provincial.adapters.postgres_place import (
    ENVIRONMENT,
    Account,
    ServerError,
    check_reach,
    data_folder,
    prepare_data,
    prepare_socket_folder,
    server_account,
    usable_binaries,
)

DATABASE = "app"
SOCKET = ".s.PGSQL.5432"

#: Given on the command line, where no ALTER SYSTEM can weaken them (R29). The log keeps no
#: statement and no value of a row: errors go to the client, which is the place to report them.
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

START_SECONDS = 120.0  # recovery after a crash reads the whole log
STOP_SECONDS = 20.0
LARGEST_LOG = 10_000_000


@dataclass(frozen=True)
class Running:
    """What ``postmaster.pid`` says of a server that is really there."""

    pid: int
    socket: Path
    status: str


@dataclass(frozen=True)
class _Use:
    lock: BinaryIO
    process: int


_uses: dict[Path, _Use] = {}
_started: dict[int, subprocess.Popen[bytes]] = {}
_guard = threading.RLock()


def ensure_server(instance: Path) -> str:
    """Start the server of ``instance`` when it is not up, and return the database's URL.

    The process counts as a user of the server until ``release`` or its end. Safe to call again:
    a server that died in between is started anew. Raises ``ServerError`` with one sentence.
    """
    instance = instance.resolve()
    with _guard:
        try:
            instance.mkdir(parents=True, exist_ok=True)
            _join_users(instance)
            with _locked(instance / "postgres.start"):
                server = _usable(instance) or _start(instance)
                _create_database(server)
        except OSError as error:
            raise ServerError(f"The database in {instance} cannot be started: {error}") from error
        return _url(server.socket)


def server_is_up(instance: Path) -> bool:
    """Whether the server's process is there; cheap enough to ask every second."""
    return _running(instance.resolve()) is not None


def release(instance: Path | None = None) -> None:
    """Leave the server of ``instance`` (or of all); the last user to leave stops it."""
    with _guard:
        for place in [instance.resolve()] if instance else list(_uses):
            use = _uses.pop(place, None)
            if use is None:
                continue
            with use.lock:
                # A forked child inherits this table, but the use is its parent's.
                if use.process == os.getpid() and _alone(use.lock):
                    _stop(place)


# --- who uses it --------------------------------------------------------------------------------


def _join_users(instance: Path) -> None:
    use = _uses.get(instance)
    if use is not None and use.process == os.getpid():
        return
    lock = _open_lock(instance / "postgres.users")
    fcntl.flock(lock, fcntl.LOCK_SH)  # waits while the last user is stopping the server
    if not _uses:
        atexit.register(release)
        _leave_on_signals()
    _uses[instance] = _Use(lock, os.getpid())


def _alone(lock: BinaryIO) -> bool:
    # The change from shared to exclusive gives the shared lock up first: of two that leave at the
    # same moment one may fail, never both.
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with _open_lock(path) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _open_lock(path: Path) -> BinaryIO:
    # O_CLOEXEC, so that the server itself never holds a lock.
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")


def _leave_on_signals() -> None:
    # SIGTERM and SIGHUP end Python without atexit; turned into an exit they let it run.
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _exit_on_signal)


def _exit_on_signal(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


# --- the process --------------------------------------------------------------------------------


def _running(instance: Path) -> Running | None:
    data = data_folder(instance)
    if data is None:
        return None
    pid, lines = _read_pid_file(data)
    if pid is None or not _is_server_of(pid, data):
        return None
    socket = Path(lines[4]) if len(lines) > 4 else Path()
    return Running(pid, socket, lines[7].strip() if len(lines) > 7 else "")


def _read_pid_file(data: Path) -> tuple[int | None, list[str]]:
    try:
        lines = (data / "postmaster.pid").read_text(errors="surrogateescape").splitlines()
        return int(lines[0]), lines
    except (FileNotFoundError, IndexError, ValueError):
        return None, []


def _is_server_of(pid: int, data: Path) -> bool:
    # The number alone proves nothing: after a crash another process may carry it.
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    if words[0].rpartition(b"/")[2] != b"postgres":
        return False
    if os.fsencode(data) in words:
        return True
    try:  # the instance was moved while the server ran
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        return False


def _usable(instance: Path) -> Running | None:
    """The running server once it answers, waiting while it comes up or goes down; None if none."""
    deadline = time.monotonic() + START_SECONDS
    while (server := _running(instance)) is not None:
        if server.status == "ready" and not (server.socket / SOCKET).exists():
            _end(server.pid)  # somebody swept its folder: nobody can reach it any more
            return None
        try:
            _connect(server).close()
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise ServerError(f"The database server does not answer: {error}") from error
            time.sleep(0.02)
        else:
            return server
    return None


def _start(instance: Path) -> Running:
    account = server_account(instance)
    data = data_folder(instance) or prepare_data(instance, account)
    check_reach(data, account)
    socket = prepare_socket_folder(data, account)
    _sweep(data, socket)
    deadline = time.monotonic() + START_SECONDS
    while True:
        with _open_log(instance) as log:
            begin = log.tell()
            process = _launch(data, socket, account, log)
        while process.poll() is None and time.monotonic() < deadline:
            server = _running(instance)
            if server is not None and server.status == "ready":
                return server
            time.sleep(0.01)
        reason = _reason(instance, begin)
        # A backend of a killed server holds its memory until it notices: a moment later it is free.
        if "shared memory" not in reason or time.monotonic() > deadline:
            _end(process.pid)
            raise ServerError(f"The database server did not start: {reason}")
        time.sleep(0.1)


def _launch(data: Path, socket: Path, account: Account, log: BinaryIO) -> subprocess.Popen[bytes]:
    quoted = str(socket).replace('"', '""')
    settings = SETTINGS | {"unix_socket_directories": f'"{quoted}"'}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    process = subprocess.Popen(  # noqa: S603  our own binaries
        [str(usable_binaries(account) / "postgres"), "-D", str(data), *options],
        user=account.uid if account.demoted else None,
        group=account.gid if account.demoted else None,
        extra_groups=[] if account.demoted else None,
        umask=0o077,
        cwd="/",
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,  # a Ctrl-C in the terminal is not for the server
    )
    _started[process.pid] = process
    return process


def _sweep(data: Path, socket: Path) -> None:
    """Remove what a killed server left behind, once it is sure that no server runs."""
    _, lines = _read_pid_file(data)
    folders = {socket} | ({Path(lines[4])} if len(lines) > 4 and lines[4] else set())
    (data / "postmaster.pid").unlink(missing_ok=True)
    for folder in folders:
        (folder / SOCKET).unlink(missing_ok=True)
        (folder / f"{SOCKET}.lock").unlink(missing_ok=True)


def _stop(instance: Path) -> None:
    server = _running(instance)
    if server is None:
        return
    _end(server.pid)
    with suppress(OSError):
        server.socket.rmdir()


def _end(pid: int) -> None:
    # SIGINT: roll open work back, write the checkpoint, go. SIGQUIT: go at once, recover later.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if _gone(pid):
                return
            time.sleep(0.01)
    raise ServerError(f"The database server (process {pid}) does not end.")


def _gone(pid: int) -> bool:
    if (process := _started.get(pid)) is not None:
        return process.poll() is not None
    try:
        state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


# --- the log and the database -------------------------------------------------------------------


def _open_log(instance: Path) -> BinaryIO:
    path = instance / "postgres.log"
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    log = os.fdopen(os.open(path, flags, 0o600), "ab")
    log.seek(0, os.SEEK_END)
    return log


def _reason(instance: Path, begin: int) -> str:
    with (instance / "postgres.log").open("rb") as log:
        log.seek(begin)
        lines = log.read().decode(errors="replace").splitlines()
    fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return (fatal or lines or ["it gave no reason"])[-1].strip()


def _connect(server: Running) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(server.socket),
        port=5432,
        user="postgres",
        dbname="postgres",
        autocommit=True,
        connect_timeout=10,
    )


def _create_database(server: Running) -> None:
    with _connect(server) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
        if found.fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _url(socket: Path) -> str:
    url = URL.create(
        "postgresql+psycopg", username="postgres", database=DATABASE, query={"host": str(socket)}
    )
    return url.render_as_string(hide_password=False)
