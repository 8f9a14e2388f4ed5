"""Child processes that never outlive the launcher and are started again when they die."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
FIRST_DELAY = 0.2
LONGEST_DELAY = 30.0
SETTLED_SECONDS = 30.0

_libc = ctypes.CDLL(None)


def tie_to_parent(parent: int) -> None:
    """Have the kernel kill this process when ``parent``, which must be its parent, is gone."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the tie was made
        os._exit(1)


def spawn(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own, tied to this process."""
    parent = os.getpid()
    return subprocess.Popen(  # noqa: S603  our own commands
        command,
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: tie_to_parent(parent),  # noqa: PLW1509  one thread starts children
    )


class Child:
    """One long-lived process under watch: web or worker."""

    def __init__(self, name: str, command: Sequence[str], folder: Path) -> None:
        self.name = name
        self.deaths = 0
        self._command = command
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._born = 0.0
        self._delay = FIRST_DELAY
        self._due = 0.0

    @property
    def pid(self) -> int | None:
        """The process' number while there is one."""
        return self._process.pid if self._process else None

    def start(self, environment: Mapping[str, str]) -> None:
        """Start the process."""
        self._process = spawn(self._command, environment, self._folder)
        self._born = time.monotonic()

    def watch(self, environment: Mapping[str, str]) -> str | None:
        """Look after the process; a sentence when it was found dead.

        It comes back after a delay that doubles while it keeps dying soon after its birth.
        """
        moment = time.monotonic()
        if self._process is None:
            if moment >= self._due:
                self.start(environment)
            return None
        code = self._process.poll()
        if code is None:
            return None
        self.kill()  # what it left in its group
        self.deaths += 1
        if moment - self._born > SETTLED_SECONDS:
            self._delay = FIRST_DELAY
        self._due = moment + self._delay
        sentence = f"{self.name} ended with {code}; starting it again in {self._delay:.1f} s."
        self._delay = min(self._delay * 2, LONGEST_DELAY)
        return sentence

    def ask_to_stop(self) -> None:
        """Send SIGTERM; the process finishes what it has begun."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait for the end until ``deadline`` (monotonic), then kill what is left of the group."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(max(deadline - time.monotonic(), 0))
        self.kill()

    def kill(self) -> None:
        """Kill the process and its group at once."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
