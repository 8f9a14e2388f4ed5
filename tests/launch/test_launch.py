"""The launcher with a stand-in site: started, killed piece by piece, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from provincial import walkthrough
from provincial.adapters.durability import libpq_url
from provincial.adapters.postgres import ensure_server, release, server_is_up
from provincial.launch import main
from provincial.launcher import LaunchError, Settings
from provincial.walkthrough import Account, walk
from tests.scratch import scratch_folder

PROJECT = Path(__file__).resolve().parents[2]
START = PROJECT / "tests" / "launch" / "start_standin.py"


@pytest.fixture
def folder() -> Iterator[Path]:
    made = scratch_folder("launch test ")
    yield made
    release()
    shutil.rmtree(made)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 120
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def environment(folder: Path, port: int, more: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return inherited | {
        "PYTHONPATH": str(PROJECT),
        "PTP_INSTANCE": str(folder / "instance"),
        "PORT": str(port),
        "TMPDIR": str(folder),
        **more,
    }


def start(folder: Path, *arguments: str, port: int = 0, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(START), *arguments],
        env=environment(folder, port or free_port(), more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(folder: Path, *arguments: str, port: int = 0, **more: str) -> tuple[int, str]:
    with start(folder, *arguments, port=port, **more) as process:
        output, _ = process.communicate(timeout=240)
        return process.returncode, output


@contextmanager
def site(folder: Path, port: int, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running stand-in and what it printed until it was up."""
    with start(folder, port=port, **more) as process:
        printed = []
        assert process.stdout is not None
        for line in process.stdout:
            printed.append(line)
            if line.startswith("Stop with"):
                break
        try:
            yield process, "".join(printed)
        finally:
            process.terminate()
            process.communicate(timeout=120)


def fetch(port: int, path: str) -> str:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        return str(answer.read().decode())
    return ""


def children(pid: int) -> dict[str, int]:
    """The launcher's children by the last word of their command line."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            stat = (path / "stat").read_text().rpartition(")")[2].split()
            words = (path / "cmdline").read_bytes().decode().split("\0")[:-1]
            if int(stat[1]) == pid and stat[0] != "Z":
                found[words[-1]] = int(path.name)
    return found


def test_a_first_start_prints_the_address_and_the_accounts_and_stops_in_order(
    folder: Path,
) -> None:
    port = free_port()
    with site(folder, port) as (process, printed):
        assert f"http://127.0.0.1:{port}/" in printed
        assert "chen  a plain word  province  省教育厅" in printed
        assert fetch(port, "/healthz") == "demonstrations 1"
        started = set(children(process.pid).values())
    assert process.returncode == 0
    assert not server_is_up(folder / "instance")
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]
    with site(folder, port) as (_, printed):
        assert "First start" not in printed
        assert fetch(port, "/healthz") == "demonstrations 1"


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[int, subprocess.Popen[str], Path]]:
    """One stand-in for the tests that hurt it without ending it: port, launcher, folder."""
    folder = scratch_folder("launch test ")
    port = free_port()
    with site(folder, port) as (process, _):
        yield port, process, folder
    shutil.rmtree(folder)


def test_dead_children_and_a_dead_database_come_back(
    running: tuple[int, subprocess.Popen[str], Path],
) -> None:
    port, process, folder = running
    before = children(process.pid)
    os.kill(before["worker"], signal.SIGKILL)
    os.kill(before["provincial.serve"], signal.SIGKILL)
    assert until(lambda: children(process.pid).keys() == before.keys())
    assert until(lambda: fetch(port, "/healthz") == "demonstrations 1")
    after = children(process.pid)
    assert not set(after.values()) & {before["worker"], before["provincial.serve"]}

    pid_file = folder / "instance" / "postgres" / "postmaster.pid"
    server = int(pid_file.read_text().splitlines()[0])
    os.kill(server, signal.SIGKILL)
    assert until(lambda: children(process.pid).get("worker") not in {None, after["worker"]})
    assert until(lambda: fetch(port, "/healthz") == "demonstrations 1")


def test_one_dead_web_process_is_replaced_while_the_other_serves(
    running: tuple[int, subprocess.Popen[str], Path],
) -> None:
    port, process, _ = running
    web = children(process.pid)["provincial.serve"]
    dead = int(fetch(port, "/pid"))
    os.kill(dead, signal.SIGKILL)
    assert until(lambda: fetch(port, "/pid") not in {"", str(dead)})
    assert children(process.pid)["provincial.serve"] == web


def test_a_killed_launcher_takes_its_children_along_and_the_next_one_takes_over(
    folder: Path,
) -> None:
    port = free_port()
    with site(folder, port) as (process, _):
        process.kill()
        process.wait()
        assert until(lambda: fetch(port, "/healthz") == "")
        assert server_is_up(folder / "instance")
    with site(folder, port) as (_, printed):
        assert "First start" not in printed
        assert fetch(port, "/healthz") == "demonstrations 1"
    assert not server_is_up(folder / "instance")


def test_a_second_launcher_and_a_taken_port_are_refused_in_one_sentence(
    running: tuple[int, subprocess.Popen[str], Path],
) -> None:
    port, process, folder = running
    code, output = finish(folder)
    assert code == 1
    assert f"is already running (process {process.pid})" in output
    code, output = finish(folder, port=port, PTP_INSTANCE=str(folder / "other"))
    assert code == 1
    assert f"Port {port} on 127.0.0.1 cannot be had (Address already in use)" in output
    assert "Traceback" not in output


def test_production_never_loads_the_demonstration(folder: Path) -> None:
    """R29: a production start makes no demonstration account and says how to make a real one."""
    port = free_port()
    with site(folder, port, PTP_PRODUCTION="1") as (_, printed):
        assert "flask province init" in printed
        assert "chen" not in printed
        assert fetch(port, "/healthz") == "demonstrations 0"


def test_a_database_that_forgets_is_refused(folder: Path) -> None:
    """R29: synchronous_commit=off is refused, also on a server of one's own."""
    url = ensure_server(folder / "own")
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        connection.execute("ALTER DATABASE app SET synchronous_commit = off")
    code, output = finish(folder, DATABASE_URL=url)
    assert code == 1
    assert "synchronous_commit=off" in output


def test_a_check_leaves_nothing_behind(folder: Path) -> None:
    code, output = finish(folder, "--check")
    assert (code, output.splitlines()[-1]) == (0, "The check passed.")
    assert list(folder.iterdir()) == []


def test_a_failed_step_fails_the_check(
    running: tuple[int, subprocess.Popen[str], Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port, *_ = running
    monkeypatch.setattr(walkthrough, "STEPS", walkthrough.STEPS[:3])
    assert not walk(f"http://127.0.0.1:{port}", [Account("chen", "wrong", "province", "")])
    printed = capsys.readouterr().out
    assert "FAILED  Every demonstration account signs in and has its home: chen was" in printed


def test_a_check_on_a_server_of_ones_own_never_touches_its_databases(folder: Path) -> None:
    url = ensure_server(folder / "own")
    code, output = finish(folder, "--check", DATABASE_URL=url)
    assert code == 0, output
    with psycopg.connect(libpq_url(url)) as connection:
        names = connection.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()
        tables = connection.execute("SELECT to_regclass('demo')").fetchone()
    assert [name for (name,) in names] == ["app", "postgres", "template0", "template1"]
    assert tables == (None,)


@pytest.mark.parametrize("port", ["0", "70000", "-1", "eight", "²"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(LaunchError, match="is not a port"):
        Settings.read({"PORT": port})


def test_an_unknown_argument_is_refused() -> None:
    assert main(["--nonsense"]) == 2
