"""How events are written down for the seal, and how a changed one is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

#: Events younger than this are left to the next seal (clocks of two machines differ a little).
SETTLE_SECONDS = 5
_ID, _SHORT = 8, 8


def canonical(event: Mapping[str, Any]) -> bytes:
    """One event as bytes that are the same on every machine: sorted JSON, instants in UTC."""
    plain = {name: _plain(value) for name, value in event.items()}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True, slots=True)
class Chain:
    """What a seal is made of: the bytes the HMAC covers, and the marks that locate a fault."""

    covered: bytes
    marks: bytes


def chain(previous: bytes, until: datetime, events: Iterable[tuple[int, bytes]]) -> Chain:
    """The seal before, the end of the span, and every event by id and digest, in order of id."""
    full, marks = [], []
    for number, text in events:
        digest = hashlib.sha256(text).digest()
        place = number.to_bytes(_ID, "big")
        full.append(place + digest)
        marks.append(place + digest[:_SHORT])
    head = previous + until.astimezone(UTC).isoformat().encode()
    return Chain(head + b"".join(full), b"".join(marks))


def first_difference(stored: bytes, found: bytes) -> int | None:
    """The id of the first event that is missing, added or changed; nothing when all agree."""
    old, new = _taken_apart(stored), _taken_apart(found)
    for number in sorted(set(old) | set(new)):
        if old.get(number) != new.get(number):
            return number
    return None


def _taken_apart(marks: bytes) -> dict[int, bytes]:
    size = _ID + _SHORT
    parts = (marks[place : place + size] for place in range(0, len(marks), size))
    return {int.from_bytes(part[:_ID], "big"): part[_ID:] for part in parts}


@dataclass(frozen=True, slots=True)
class Sealed:
    """A stored seal as plain values."""

    number: int
    until: datetime
    digest: bytes
    marks: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the journal does not agree with its seals; event 0: the seal itself was changed."""

    seal: int
    event: int


def check_chain(
    seals: Iterable[Sealed],
    events_between: Callable[[datetime | None, datetime], Iterable[tuple[int, bytes]]],
    agrees: Callable[[bytes, bytes], bool],
) -> Fault | None:
    """Walk the chain from its beginning; the first fault, or nothing.

    ``events_between(after, until)`` gives the events of a half-open span, ``agrees(covered,
    digest)`` asks the key.
    """
    previous, after = b"", None
    for seal in seals:
        found = chain(previous, seal.until, events_between(after, seal.until))
        bad = first_difference(seal.marks, found.marks)
        if bad is not None:
            return Fault(seal.number, bad)
        if not agrees(found.covered, seal.digest):
            return Fault(seal.number, 0)
        previous, after = seal.digest, seal.until
    return None
