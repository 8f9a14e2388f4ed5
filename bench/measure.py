"""Turn-by-turn measuring, and the table of ratios."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROUNDS = 5


@dataclass(frozen=True)
class Result:
    """One line of the table: ratios of the medians, baseline to ours; above 1 ours is faster."""

    name: str
    what: str
    wall: float
    cpu: float
    goal: float
    ours_seconds: float

    @property
    def reached(self) -> bool:
        """Whether the wall ratio meets the goal."""
        return self.wall >= self.goal


class Different(AssertionError):
    """The two sides gave different answers: nothing was measured."""


def compare(
    name: str,
    what: str,
    *,
    baseline: Callable[[int], Any],
    ours: Callable[[int], Any],
    goal: float,
    server: int | None = None,
    rounds: int = ROUNDS,
    repeat: int = 1,
    answers: tuple[Callable[[], Any], Callable[[], Any]] | None = None,
) -> Result:
    """Run both sides in turn; each gets the number of the round and returns its answer.

    ``server`` is the process of the database: what it computes counts as CPU too. ``repeat`` runs
    of ours are averaged where one alone is too short for the clock. ``answers`` (baseline's, ours)
    read what an act left behind, outside the measured time.
    """
    _once(name, baseline(0), ours(0), answers)  # also warms both up
    walls: dict[str, list[float]] = {"baseline": [], "ours": []}
    cpus: dict[str, list[float]] = {"baseline": [], "ours": []}
    for turn in range(1, rounds + 1):
        given = {}
        for side, call, times in (("baseline", baseline, 1), ("ours", ours, repeat)):
            wall, cpu = time.perf_counter(), computed(server)
            for _ in range(times):
                given[side] = call(turn)
            walls[side].append((time.perf_counter() - wall) / times)
            cpus[side].append(max(spent(cpu, computed(server)), 1e-9) / times)
        _once(f"{name}, round {turn}", given["baseline"], given["ours"], answers)
    return Result(
        name,
        what,
        median(walls["baseline"]) / median(walls["ours"]),
        median(cpus["baseline"]) / median(cpus["ours"]),
        goal,
        median(walls["ours"]),
    )


def _once(
    name: str,
    theirs: Any,
    own: Any,
    answers: tuple[Callable[[], Any], Callable[[], Any]] | None,
) -> None:
    if answers is not None:
        theirs, own = (answer() for answer in answers)
    if theirs != own:
        raise Different(name)


def computed(server: int | None) -> dict[int, float]:
    """Seconds computed until now by this process (0) and by each process of the database."""
    found = {0: time.process_time()}
    if server is not None:
        found |= {pid: _ran(pid) for pid in (server, *_children(server))}
    return found


def spent(before: dict[int, float], after: dict[int, float]) -> float:
    """What those still there have computed in between; one that has ended takes its time along."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def _children(pid: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _ran(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError):
        return 0.0


def table(results: Sequence[Result]) -> str:
    """The table for people; ``ours`` is the only figure that depends on the machine."""
    head = ("bench", "what", "wall ratio", "CPU ratio", "goal", "", "ours")
    rows = [
        (
            r.name,
            r.what,
            f"{r.wall:,.1f}x",
            f"{r.cpu:,.1f}x",
            f"{r.goal:,.0f}x",
            "reached" if r.reached else "below",
            _seconds(r.ours_seconds),
        )
        for r in results
    ]
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if n < 2 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]
    return "\n".join((lines[0], "-" * max(map(len, lines)), *lines[1:]))


def _seconds(value: float) -> str:
    return f"{value * 1000:,.2f} ms" if value < 1 else f"{value:,.2f} s"
