"""What an old workbook (xls) hides: formulas, error values, hidden rows, a password.

Runs in the reading child, apart from the site: only the standard library, and no trust in lengths.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from provincial.adapters.spreadsheet_scan import Limits, Marks, Unreadable


def ole_kind(data: bytes) -> str:
    """``xls`` for an old workbook; raises ``Unreadable`` for encrypted or other documents."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") + b"\0\0" in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise Unreadable("encrypted")
    if holds("WordDocument"):
        raise Unreadable("foreign", kind="word")
    if holds("PowerPoint Document"):
        raise Unreadable("foreign", kind="presentation")
    if holds("Workbook") or holds("Book"):
        return "xls"
    raise Unreadable("foreign", kind="unknown")


def xls_marks(data: bytes, limits: Limits) -> list[Marks]:
    """Formulas and error values of an old workbook, by sheet in order of the stream.

    The reading library gives an error value as an empty cell, which a table of places would
    take for nought; so the cell records are walked here (BIFF8: FORMULA 0x06, BOOLERR 0x205;
    FILEPASS 0x2F means a password, for which ``Unreadable`` is raised).
    """
    stream = _ole_stream(data)
    sheets: list[Marks] = []
    depth = 0
    for kind, body in _records(stream):
        if kind == 0x809:
            depth += 1
            if depth == 1 and body[2:4] == b"\x10\x00":
                sheets.append(Marks())
        elif kind == 0x2F and not sheets:
            raise Unreadable("encrypted")
        elif kind == 0x0A:
            depth = max(0, depth - 1)
        elif sheets and depth == 1 and len(sheets[-1].formulas) < limits.cells:
            _note_record(sheets[-1], kind, body)
    return sheets


def _note_record(marks: Marks, kind: int, body: bytes) -> None:
    if len(body) < 8:
        return
    place = struct.unpack("<HH", body[:4])
    if kind == 0x06:
        marks.formulas.append(place)
        if len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
            marks.errors.append(place)
    elif kind == 0x205 and body[7] == 1:
        marks.errors.append(place)
    elif kind == 0x208 and len(body) >= 14 and body[12] & 0x20:
        marks.hidden_rows.append(place[0])


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + length]
        position += 4 + length


def _ole_stream(data: bytes) -> bytes:
    """The ``Workbook`` stream of a compound file; empty when its tables make no sense."""
    try:
        return _walk_ole(data)
    except (struct.error, IndexError, OverflowError):
        return b""


def _walk_ole(data: bytes) -> bytes:
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        return b""
    size = 1 << shift
    first_directory = struct.unpack_from("<I", data, 48)[0]
    fat_sectors = [s for s in struct.unpack_from("<109I", data, 76) if s < 0xFFFFFFF0]
    fat: list[int] = []
    for sector in fat_sectors:
        fat.extend(struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size))

    def chain(sector: int) -> bytes:
        parts = []
        for _ in range(len(fat)):
            if sector >= len(fat):
                break
            parts.append(data[(sector + 1) * size : (sector + 2) * size])
            sector = fat[sector]
        return b"".join(parts)

    directory = chain(first_directory)
    for entry in range(0, len(directory) - 127, 128):
        name_length = struct.unpack_from("<H", directory, entry + 64)[0]
        name = directory[entry : entry + max(0, name_length - 2)].decode("utf-16-le", "replace")
        if name in ("Workbook", "Book"):
            start, length = struct.unpack_from("<II", directory, entry + 116)
            return chain(start)[:length] if length >= 4096 else b""
    return b""
