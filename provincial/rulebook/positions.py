"""On which line of a TOML file an entry stands; the parser itself forgets it.

Only for telling people where to look: when a file is written in an unusual way (a table inside a
one-line table) the line of the nearest enclosing entry is given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ENTRY = re.compile(r"\s*([A-Za-z0-9_\-\"'.\s]+?)\s*=")
_STRINGS = re.compile(
    r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*'  # what may hide a bracket
)


@dataclass
class _Scan:
    table: str = ""
    closing: str = ""
    depth: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


def line_numbers(text: str) -> dict[str, int]:
    """Line by entry: ``group.name``, ``group.name.value``, ``category.0``, ``category.0.code``."""
    scan = _Scan()
    for number, line in enumerate(text.split("\n"), 1):
        _take(scan, number, line)
    return scan.lines


def line_of(lines: dict[str, int], place: str) -> int:
    """The line of ``place``, or of what encloses it; 1 when nothing does."""
    while place:
        if place in lines:
            return lines[place]
        place = place.rpartition(".")[0]
    return 1


def _take(scan: _Scan, number: int, line: str) -> None:
    if scan.closing:
        scan.closing = "" if scan.closing in line else scan.closing
        return
    if scan.depth == 0:
        header = _HEADER.match(line)
        if header:
            scan.table = _table(scan, header[1], _key(header[2]))
            # The first table of a group stands for the whole group.
            scan.lines.setdefault(scan.table.partition(".")[0], number)
            scan.lines.setdefault(scan.table, number)
            return
        entry = _ENTRY.match(line)
        if entry:
            key = ".".join(part for part in (scan.table, _key(entry[1])) if part)
            scan.lines.setdefault(key, number)
    _follow(scan, line)


def _table(scan: _Scan, brackets: str, key: str) -> str:
    if brackets == "[[":
        count = scan.counts.get(key, 0)
        scan.counts[key] = count + 1
        return f"{key}.{count}"
    return key


def _key(raw: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in raw.split("."))


def _follow(scan: _Scan, line: str) -> None:
    """Keep count of open brackets and of strings that run over several lines."""
    for mark in ('"""', "'''"):
        if line.count(mark) % 2:
            scan.closing = mark
            return
    bare = _STRINGS.sub("", line)
    opened = bare.count("[") + bare.count("{")
    scan.depth = max(0, scan.depth + opened - bare.count("]") - bare.count("}"))
