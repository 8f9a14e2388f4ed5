"""One running site: database, web server and worker, started in order, watched, and stopped."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

import psycopg

from provincial.adapters.durability import libpq_url, weaknesses
from provincial.adapters.postgres import ensure_server, release, server_is_up
from provincial.children import Child, spawn
from provincial.walkthrough import Account

PROJECT = Path(__file__).resolve().parent.parent

READY_SECONDS = 90.0
STOP_SECONDS = 8.0
TICK_SECONDS = 0.1
DEATHS_BEFORE_READY = 3


class LaunchError(RuntimeError):
    """The site cannot be started; the sentence says why and what to do."""


@dataclass(frozen=True)
class Commands:
    """The command lines of the site, so that a test can stand in a tiny one."""

    upgrade: Sequence[str]
    load_demo: Sequence[str]
    list_accounts: Sequence[str]
    web: Sequence[str]
    worker: Sequence[str]


def site_commands() -> Commands:
    """What the real site is made of."""
    flask = (sys.executable, "-m", "flask")
    return Commands(
        upgrade=(*flask, "db", "upgrade"),
        load_demo=(*flask, "demo", "load"),
        list_accounts=(*flask, "demo", "accounts", "--json"),
        web=(sys.executable, "-m", "provincial.serve"),
        worker=(*flask, "worker"),
    )


@dataclass(frozen=True)
class Settings:
    """What the environment asks for."""

    instance: Path
    host: str
    port: int
    database_url: str = ""
    production: bool = False

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Read the environment; raises ``LaunchError`` for a port that is none."""
        text = environ.get("PORT") or "8000"
        if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
            raise LaunchError(f"PORT={text} is not a port: give a number from 1 to 65535.")
        return cls(
            instance=Path(environ.get("PTP_INSTANCE") or PROJECT / "instance").resolve(),
            host=environ.get("HOST") or "127.0.0.1",
            port=int(text),
            database_url=environ.get("DATABASE_URL", ""),
            production=environ.get("PTP_PRODUCTION", "") == "1",
        )

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the site."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}"


class Launcher:
    """One site: its database, its web server and its worker."""

    def __init__(self, settings: Settings, commands: Commands, folder: Path) -> None:
        self.settings = settings
        self.accounts: list[Account] = []
        self.stopping = threading.Event()
        self._commands = commands
        self._folder = folder
        self._environment: dict[str, str] = {}
        self._lock: IO[bytes] | None = None
        self._web = Child("The web server", commands.web, folder)
        self._worker = Child("The worker", commands.worker, folder)

    def start(self) -> None:
        """Everything up to the first answer of ``/healthz``; raises ``LaunchError``."""
        self._refuse_a_second()
        self._refuse_a_taken_port()
        self._prepare_environment()
        self._prepare_database()
        for child in (self._web, self._worker):
            child.start(self._environment)
        self._await_answer()

    def watch(self) -> None:
        """One look at everything: what died is started again."""
        if not self.settings.database_url and not server_is_up(self.settings.instance):
            say("The database server is gone; starting it again.")
            # A worker without its database would hang on to jobs that somebody else has to take.
            self._worker.kill()
            self._web.kill()
            self._prepare_environment()
            for child in (self._web, self._worker):
                child.start(self._environment)
        for child in (self._web, self._worker):
            if sentence := child.watch(self._environment):
                say(sentence)

    def run(self) -> None:
        """Watch until somebody asks to stop."""
        while not self.stopping.wait(TICK_SECONDS):
            self.watch()

    def stop(self) -> None:
        """Stop web and worker within eight seconds, then the database if nobody else uses it."""
        children = (self._web, self._worker)
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            child.wait(deadline)
        if not self.settings.database_url:
            release(self.settings.instance)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _refuse_a_second(self) -> None:
        instance = self.settings.instance
        instance.mkdir(parents=True, exist_ok=True)
        lock = (instance / "launcher.lock").open("a+b")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().decode(errors="replace").strip() or "unknown"
            lock.close()
            raise LaunchError(
                f"The site in {instance} is already running (process {holder}). Stop that one "
                "first, or name another folder with PTP_INSTANCE."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
        lock.flush()
        self._lock = lock

    def _refuse_a_taken_port(self) -> None:
        try:
            # create_server sets SO_REUSEADDR: a port that only waits for its last packets is free.
            family = socket.AF_INET6 if ":" in self.settings.host else socket.AF_INET
            socket.create_server((self.settings.host, self.settings.port), family=family).close()
        except OSError as error:
            code = error.errno or 0
            reason = os.strerror(code) if code > 0 else str(error)
            raise LaunchError(
                f"Port {self.settings.port} on {self.settings.host} cannot be had "
                f"({reason}). Stop the program that holds it, or name another with PORT."
            ) from error

    def _prepare_environment(self) -> None:
        settings = self.settings
        url = settings.database_url or ensure_server(settings.instance)
        try:
            if weak := weaknesses(url):
                raise LaunchError(" ".join(weak))
        except psycopg.OperationalError as error:
            raise LaunchError(f"The database does not answer: {error}") from error
        # PGHOST and its like would bend the address that DATABASE_URL gives.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        self._environment = inherited | {
            "DATABASE_URL": url,
            "FLASK_APP": str(self._folder / "app.py"),
            "HOST": settings.host,
            "PORT": str(settings.port),
            "PTP_INSTANCE": str(settings.instance),
            "PYTHONPATH": os.pathsep.join(
                filter(None, (str(self._folder), os.environ.get("PYTHONPATH")))
            ),
            "PYTHONUNBUFFERED": "1",
        }

    def _prepare_database(self) -> None:
        # The mark outlives a start that was killed between the migration and the demonstration.
        mark = self.settings.instance / "first-start"
        if self._database_is_empty():
            mark.touch()
        self._step("The database could not be migrated", self._commands.upgrade)
        if mark.exists() and not self.settings.production:
            say("First start: loading the demonstration province.")
            self._step("The demonstration could not be loaded", self._commands.load_demo)
        elif mark.exists():
            say("This site is empty: make its first administrator with ./run flask province init")
        mark.unlink(missing_ok=True)
        if not self.settings.production:
            self.accounts = self._list_accounts()

    def _database_is_empty(self) -> bool:
        with psycopg.connect(libpq_url(self._environment["DATABASE_URL"])) as connection:
            row = connection.execute("SELECT to_regclass('alembic_version') IS NULL").fetchone()
        return bool(row and row[0])

    def _list_accounts(self) -> list[Account]:
        answer = subprocess.run(  # noqa: S603  our own command
            self._commands.list_accounts,
            env=self._environment,
            cwd=self._folder,
            stdout=subprocess.PIPE,
            check=False,
        )
        try:
            return [
                Account(row["user"], row["password"], row["role"], row["organisation"])
                for row in json.loads(answer.stdout)
            ]
        except (ValueError, KeyError, TypeError):
            return []  # a site that was never a demonstration

    def _step(self, failure: str, command: Sequence[str]) -> None:
        process = spawn(command, self._environment, self._folder)
        while (code := process.poll()) is None:
            if self.stopping.wait(TICK_SECONDS / 2):
                process.kill()
                process.wait()
                raise LaunchError("Stopped before the site was up.")
        if code != 0:
            raise LaunchError(f"{failure} ({' '.join(command[1:])} ended with {code}).")

    def _await_answer(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            self.watch()
            if self.stopping.wait(TICK_SECONDS):
                raise LaunchError("Stopped before the site was up.")
            if self._web.deaths >= DEATHS_BEFORE_READY:
                raise LaunchError("The web server does not start; its reason stands above.")
            if time.monotonic() > deadline:
                raise LaunchError(
                    f"{self.settings.address}/healthz did not answer within "
                    f"{READY_SECONDS:.0f} seconds."
                )

    def _answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.settings.address}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False


@contextmanager
def stop_on_signals(launcher: Launcher) -> Iterator[None]:
    """Turn SIGTERM, SIGINT and SIGHUP into the launcher's ``stopping``."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        launcher.stopping.set()

    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def say(text: str) -> None:
    """Print a line at once; a reader that went away is no reason to stop the site."""
    with suppress(BrokenPipeError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
