"""The embedded server on real folders, with real processes that come, leave and are killed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from provincial.adapters import postgres, postgres_place
from provincial.adapters.durability import libpq_url, weaknesses
from provincial.adapters.postgres import ensure_server, release, server_is_up
from provincial.adapters.postgres_place import ServerError
from tests.scratch import scratch_folder

PROJECT = Path(__file__).resolve().parents[2]
USING = PROJECT / "tests" / "adapters" / "using.py"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine may pass through."""
    folder = scratch_folder("postgres-test-")
    yield folder
    release()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def fresh_data() -> Iterator[Path]:
    """The data of a fresh instance, to copy: making them anew costs a second each time."""
    folder = scratch_folder("postgres-test-")
    ensure_server(folder)
    release(folder)
    yield folder / "postgres"
    shutil.rmtree(folder)


@pytest.fixture
def instance(open_folder: Path, fresh_data: Path) -> Path:
    """An instance that was started before and is not running."""
    return furnish(open_folder / "instance", fresh_data)


def furnish(instance: Path, data: Path) -> Path:
    instance.mkdir(parents=True)
    subprocess.run(["cp", "-a", str(data), str(instance / "postgres")], check=True)
    return instance


def query(url: str, text: str) -> object:
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        cursor = connection.execute(text)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def server_pid(instance: Path) -> int:
    return int((instance / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@contextmanager
def user_of(instance: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(USING), str(instance)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("postgresql+psycopg://postgres@/app?host=")
            yield process
        finally:
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.wait(20)


@pytest.mark.parametrize(
    "name", ["plain", "with spaces and 省份", "a,comma", "quo\"te's", "/".join(["deep" * 12] * 5)]
)
def test_any_path_carries_a_server(open_folder: Path, fresh_data: Path, name: str) -> None:
    instance = furnish(open_folder / name, fresh_data)
    url = ensure_server(instance)
    assert query(url, "SELECT current_database()") == "app"
    assert query(url, "SHOW server_encoding") == "UTF8"
    release(instance)
    assert not server_is_up(instance)


def test_nothing_is_reachable_for_other_users_or_over_the_network(instance: Path) -> None:
    """R29: the socket is the only door and its folder is private."""
    url = ensure_server(instance)
    assert query(url, "SHOW listen_addresses") == ""
    folder = Path(str(query(url, "SHOW unix_socket_directories")).strip('"'))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (instance / "postgres").stat().st_mode & 0o777 == 0o700


def test_durability_cannot_be_weakened_in_the_configuration(instance: Path) -> None:
    """R29: the settings stand on the command line, above every configuration file."""
    url = ensure_server(instance)
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        query(url, f"ALTER SYSTEM SET {name} = off")
    query(url, "SELECT pg_reload_conf()")
    assert weaknesses(url) == []


def test_weak_durability_of_any_server_is_named(instance: Path) -> None:
    """R29: a start refuses a database that may lose what it acknowledged."""
    url = ensure_server(instance)
    query(url, "ALTER DATABASE app SET synchronous_commit = off")
    assert weaknesses(url) == ["The database has synchronous_commit=off; it must be on."]


def test_a_second_call_is_the_same_server(instance: Path) -> None:
    url = ensure_server(instance)
    pid = server_pid(instance)
    assert ensure_server(instance) == url
    assert server_pid(instance) == pid


def test_the_last_user_stops_the_server(instance: Path) -> None:
    with user_of(instance):
        pid = server_pid(instance)
        ensure_server(instance)
        assert server_pid(instance) == pid
    assert server_is_up(instance)
    release(instance)
    assert not server_is_up(instance)


def test_users_that_start_at_once_share_one_server(instance: Path) -> None:
    urls: list[str] = []
    with ExitStack() as stack:
        starters = [
            threading.Thread(target=lambda: stack.enter_context(user_of(instance)))
            for _ in range(3)
        ]
        for starter in starters:
            starter.start()
        urls.append(ensure_server(instance))
        for starter in starters:
            starter.join()
        release(instance)
        assert server_is_up(instance)
    assert not server_is_up(instance)


def test_a_terminated_user_leaves_in_good_order(instance: Path) -> None:
    with user_of(instance) as user:
        user.terminate()
        assert user.wait(20) == 128 + signal.SIGTERM
    assert not server_is_up(instance)


def test_a_killed_user_leaves_the_server_to_the_next(instance: Path) -> None:
    with user_of(instance) as user:
        pid = server_pid(instance)
        user.kill()
        user.wait()
    assert server_is_up(instance)
    ensure_server(instance)
    assert server_pid(instance) == pid
    release(instance)
    assert not server_is_up(instance)


def test_a_killed_server_recovers_what_it_acknowledged(instance: Path) -> None:
    """R34: kill -9 of the whole server loses nothing committed."""
    url = ensure_server(instance)
    query(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server_pid(instance), signal.SIGKILL)
    assert until(lambda: not server_is_up(instance))
    assert query(ensure_server(instance), "SELECT answer FROM kept") == 42


def test_a_pid_file_whose_number_another_process_carries_is_removed(instance: Path) -> None:
    ensure_server(instance)
    release(instance)
    (instance / "postgres" / "postmaster.pid").write_text(
        f"{os.getppid()}\n{instance}/postgres\n1\n5432\n{instance}/postgres.socket\n\n0 0\nready\n"
    )
    assert not server_is_up(instance)
    assert query(ensure_server(instance), "SELECT 1") == 1


def test_a_server_whose_socket_was_swept_away_is_started_anew(instance: Path) -> None:
    url = ensure_server(instance)
    pid = server_pid(instance)
    shutil.rmtree(Path(str(query(url, "SHOW unix_socket_directories")).strip('"')))
    assert query(ensure_server(instance), "SELECT 1") == 1
    assert server_pid(instance) != pid


def test_a_half_made_database_in_a_path_with_spaces_is_made_again(open_folder: Path) -> None:
    instance = open_folder / "half made 省份"
    (instance / "postgres.making").mkdir(parents=True)
    (instance / "postgres.making" / "PG_VERSION").write_text("18\n")
    assert query(ensure_server(instance), "SELECT 1") == 1


def test_the_log_keeps_no_value_of_a_row(instance: Path) -> None:
    """R33: an error is told to the client, not to the log."""
    url = ensure_server(instance)
    query(url, "CREATE TABLE person (number text UNIQUE)")
    query(url, "INSERT INTO person VALUES ('secret-number')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        query(url, "INSERT INTO person VALUES ('secret-number')")
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        query(url, "SELECT 'secret-number'::int")
    assert "secret-number" not in (instance / "postgres.log").read_text()


def test_the_server_never_runs_as_root(instance: Path) -> None:
    ensure_server(instance)
    assert Path(f"/proc/{server_pid(instance)}").stat().st_uid != 0


def test_an_instance_out_of_reach_of_the_servers_user_has_a_home(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clone below /root: data elsewhere, found again, and never mixed up with older ones."""
    monkeypatch.setattr(postgres_place, "HOMES", open_folder / "homes")
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    instance = closed / "instance"
    query(ensure_server(instance), "CREATE TABLE kept AS SELECT 42 AS answer")
    release(instance)
    assert (instance / "postgres").is_symlink() == (os.geteuid() == 0)
    assert query(ensure_server(instance), "SELECT answer FROM kept") == 42
    release(instance)
    shutil.rmtree(instance)
    assert query(ensure_server(instance), "SELECT to_regclass('kept')") is None


def test_binaries_out_of_reach_of_the_servers_user_are_copied(
    open_folder: Path, fresh_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = postgres_place._packaged_binaries()
    package = packaged.parent.parent
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    moved = closed / package.name / packaged.parent.name
    shutil.copytree(packaged.parent, moved, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, closed / libraries.name)
    monkeypatch.setattr(postgres_place, "_packaged_binaries", lambda: moved / "bin")
    monkeypatch.setattr(postgres_place, "HOMES", open_folder / "homes")
    instance = furnish(open_folder / "instance", fresh_data)
    assert query(ensure_server(instance), "SELECT 1") == 1
    copies = list((open_folder / "homes").glob("server-18-*"))
    assert len(copies) == (1 if os.geteuid() == 0 else 0)


def test_an_ordinary_user_runs_a_server_of_their_own(open_folder: Path, instance: Path) -> None:
    ordinary = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    own = open_folder / "own"
    own.mkdir(mode=0o700)
    os.chown(own, ordinary.pw_uid, ordinary.pw_gid)
    warm = ensure_server(instance)  # everything is imported before the fork
    query(warm, "SELECT 1")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(ordinary.pw_gid)
                os.setuid(ordinary.pw_uid)
            postgres._uses.clear()
            url = ensure_server(own / "instance")
            right = query(url, "SELECT current_database()") == "app"
            release()
            code = 0 if right and not server_is_up(own / "instance") else 1
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (own / "instance" / "postgres").stat().st_uid == ordinary.pw_uid
    assert server_is_up(instance)


def test_a_foreign_folder_in_the_place_of_the_socket_is_refused(
    open_folder: Path, fresh_data: Path
) -> None:
    """R29: whoever prepared the socket folder would hold the door to the database."""
    instance = furnish(open_folder / "a,comma", fresh_data)
    url = ensure_server(instance)
    folder = Path(str(query(url, "SHOW unix_socket_directories")).strip('"'))
    release(instance)
    folder.mkdir()
    folder.chmod(0o755)
    try:
        with pytest.raises(ServerError, match="is not a private folder"):
            ensure_server(instance)
    finally:
        folder.rmdir()


def test_a_folder_that_cannot_be_made_is_one_sentence(open_folder: Path) -> None:
    (open_folder / "file").write_text("")
    with pytest.raises(ServerError, match="cannot be started"):
        ensure_server(open_folder / "file" / "instance")
