"""What a file really is, and what is unsafe or lost in it, before the reading library sees it.

Runs in the child process of ``spreadsheets`` on bytes that nobody vouches for (R18): kind by
its first bytes, unpacked size, foreign entities, cells far outside. It also collects what the
reading library does not tell: formulas, error values, hidden rows and columns, merged ranges
of OpenDocument tables. Rows and columns count from 0.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

TABLE_NS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE_NS = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_KINDS_BY_MAGIC = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"RIFF", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "word"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_CELL = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]*?\br=[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"'])([^>]*)(?<!/)>"
)
_CELL_WITH_BODY = re.compile(
    rb"<((?:\w+:)?)c\b(?=[^>]*?\br=[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"'])[^>]*(?<!/)>(.*?)</\1c>",
    re.DOTALL,
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v[^>/]*>[^<]|<(?:\w+:)?t[^>/]*>[^<]")
_IS_ERROR = re.compile(rb"\bt=[\"']e[\"']")
_HIDDEN_ROW = re.compile(
    rb"<(?:\w+:)?row\b(?=[^>]*?\br=[\"']([0-9]{1,7})[\"'])"
    rb"(?=[^>]*?\bhidden=[\"'](?:1|true)[\"'])[^>]*>"
)
_HIDDEN_COLUMN = re.compile(
    rb"<(?:\w+:)?col\b(?=[^>]*?\bmin=[\"']([0-9]{1,5})[\"'])"
    rb"(?=[^>]*?\bmax=[\"']([0-9]{1,5})[\"'])"
    rb"(?=[^>]*?\bhidden=[\"'](?:1|true)[\"'])[^>]*>"
)
_MARKUP = ("<!DOCTYPE", "<!ENTITY")
_FORBIDDEN_MARKUP = tuple(
    word.encode(encoding) for word in _MARKUP for encoding in ("ascii", "utf-16-le", "utf-16-be")
)


class Unreadable(Exception):
    """The file will not be read; ``code`` names the sentence, ``values`` fill it."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workbook may be at most: bytes, unpacked bytes, rows and columns of one sheet."""

    bytes: int = 10 * 1024 * 1024
    unpacked: int = 200 * 1024 * 1024
    ratio: int = 100
    members: int = 3000
    rows: int = 50_000
    columns: int = 100
    sheets: int = 200
    cells: int = 5_000_000


@dataclass(slots=True)
class Marks:
    """What the reading library does not tell about one sheet; places are (row, column)."""

    formulas: list[tuple[int, int]] = field(default_factory=list)
    uncalculated: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def column_letters(column: int) -> str:
    """``0`` is ``A``, ``26`` is ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def kind_of(data: bytes) -> str:
    """``zip``, ``ole``, ``text`` or ``html``/``xml``; raises ``Unreadable`` for anything else."""
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return "zip"
    if data.startswith(OLE_MAGIC):
        return "ole"
    for magic, kind in _KINDS_BY_MAGIC:
        # Two letters may also begin an honest text table; a binary file soon holds a zero byte.
        if data.startswith(magic) and (len(magic) > 2 or b"\0" in data[:64]):
            raise Unreadable("foreign", kind=kind)
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<meta", b"<body")):
        raise Unreadable("foreign", kind="html")
    if head.startswith(b"mime-version"):
        raise Unreadable("foreign", kind="html")
    if head.startswith((b"<?xml", b"<workbook")):
        xml_workbook = b"urn:schemas-microsoft-com:office:spreadsheet" in data[:4096]
        raise Unreadable("foreign", kind="xml_workbook" if xml_workbook else "xml")
    return "text"


class Package:
    """A zip that was measured before it is trusted: member names and their content."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, struct.error, OSError, EOFError) as error:
            raise Unreadable("broken") from error
        if len(members) > limits.members:
            raise Unreadable("bomb", megabytes=limits.unpacked >> 20)
        unpacked = sum(member.file_size for member in members)
        _refuse_bomb(unpacked, len(data), limits)
        if any(member.flag_bits & 1 for member in members):
            raise Unreadable("encrypted")
        # The directory of a zip may lie about sizes, so the packed streams are measured themselves.
        measured = 0
        for member in members:
            measured += _inflated_size(data, member, limits.unpacked - measured)
            _refuse_bomb(measured, len(data), limits)
        self.names = {member.filename for member in members}
        self._refuse_entities()

    def read(self, name: str) -> bytes:
        """The content of a member; a missing or damaged one makes the file a broken one."""
        try:
            return self._zip.read(name)
        except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, OSError) as error:
            raise Unreadable("broken") from error

    def _refuse_entities(self) -> None:
        for name in self.names:
            if name.lower().endswith((".xml", ".rels", ".vml", ".rdf")):
                content = self.read(name)
                if any(markup in content for markup in _FORBIDDEN_MARKUP):
                    raise Unreadable("entities")

    def kind(self) -> str:
        """``xlsx`` or ``ods``; raises ``Unreadable`` for other packages."""
        if "xl/workbook.xml" in self.names:
            return "xlsx"
        if "xl/workbook.bin" in self.names:
            raise Unreadable("foreign", kind="xlsb")
        if "mimetype" in self.names and "content.xml" in self.names:
            return self._open_document_kind()
        if "word/document.xml" in self.names:
            raise Unreadable("foreign", kind="word")
        if "ppt/presentation.xml" in self.names:
            raise Unreadable("foreign", kind="presentation")
        if "[Content_Types].xml" in self.names:
            # Some programs keep the workbook elsewhere; the reading library decides.
            return "xlsx"
        raise Unreadable("foreign", kind="archive")

    def _open_document_kind(self) -> str:
        if "META-INF/manifest.xml" in self.names:
            manifest = self.read("META-INF/manifest.xml")
            if b"encryption-data" in manifest:
                raise Unreadable("encrypted")
        if b"opendocument.spreadsheet" in self.read("mimetype"):
            return "ods"
        raise Unreadable("foreign", kind="word")


def _refuse_bomb(unpacked: int, packed: int, limits: Limits) -> None:
    # A few repeated rows press a small workbook a hundredfold: the ratio counts from 1 MB on.
    too_dense = unpacked > (1 << 20) and unpacked > packed * limits.ratio
    if unpacked > limits.unpacked or too_dense:
        raise Unreadable("bomb", megabytes=limits.unpacked >> 20)


def _inflated_size(data: bytes, member: zipfile.ZipInfo, room: int) -> int:
    """How many bytes the packed stream really holds; stops a little above ``room``."""
    header = data[member.header_offset : member.header_offset + 30]
    if len(header) < 30:
        raise Unreadable("broken")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    start = member.header_offset + 30 + name_length + extra_length
    packed = data[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        return len(packed)
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise Unreadable("broken")
    inflater = zlib.decompressobj(-15)
    size = 0
    try:
        while packed and size <= room:
            size += len(inflater.decompress(packed, 1 << 20))
            packed = inflater.unconsumed_tail
    except zlib.error as error:
        raise Unreadable("broken") from error
    return size


def xlsx_marks(package: Package, limits: Limits) -> dict[str, Marks]:
    """Formulas, error values, hidden rows and columns by sheet name; refuses far-off cells."""
    return {
        name: _sheet_marks(package.read(path), name, limits)
        for name, path in _sheet_paths(package)
        if path in package.names
    }


def _parsed(package: Package, name: str) -> ElementTree.Element:
    try:
        # Document types and entities were refused when the package was opened.
        return ElementTree.fromstring(package.read(name))  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Unreadable("broken") from error


def _sheet_paths(package: Package) -> Iterator[tuple[str, str]]:
    if "xl/_rels/workbook.xml.rels" not in package.names or "xl/workbook.xml" not in package.names:
        return
    book = _parsed(package, "xl/workbook.xml")
    relations = _parsed(package, "xl/_rels/workbook.xml.rels")
    targets = {part.get("Id"): part.get("Target") or "" for part in relations}
    for element in book.iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        key = next((v for k, v in element.attrib.items() if k.endswith("}id")), None)
        target = targets.get(key, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        yield element.get("name") or "", posixpath.normpath(path)


def _sheet_marks(xml: bytes, name: str, limits: Limits) -> Marks:
    marks = Marks()
    for match in _CELL.finditer(xml):
        row, column = int(match[2]) - 1, column_number(match[1])
        if row >= limits.rows or column >= limits.columns:
            _refuse_far_cell(name, row, column, limits)
        if _IS_ERROR.search(match[3]):
            marks.errors.append((row, column))
    if _FORMULA.search(xml):
        for match in _CELL_WITH_BODY.finditer(xml):
            if _FORMULA.search(match[4]):
                place = (int(match[3]) - 1, column_number(match[2]))
                marks.formulas.append(place)
                if not _VALUE.search(match[4]):
                    marks.uncalculated.append(place)
    marks.hidden_rows = [int(match[1]) - 1 for match in _HIDDEN_ROW.finditer(xml)]
    for match in _HIDDEN_COLUMN.finditer(xml):
        first, last = int(match[1]) - 1, min(int(match[2]), limits.columns)
        marks.hidden_columns.extend(range(first, last))
    return marks


def column_number(letters: bytes) -> int:
    """``A`` is ``0``."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def _refuse_far_cell(sheet: str, row: int, column: int, limits: Limits) -> None:
    cell = f"{sheet}!{column_letters(column)}{row + 1}"
    if row >= limits.rows:
        raise Unreadable("rows", cell=cell, limit=limits.rows)
    raise Unreadable("columns", cell=cell, limit=limits.columns)


def refuse_size(sheet: str, height: int, width: int, limits: Limits) -> None:
    """The same limit for formats whose cells are only known after reading."""
    if height > limits.rows or width > limits.columns:
        _refuse_far_cell(sheet, height - 1, width - 1, limits)


def ods_marks(package: Package, limits: Limits) -> dict[str, Marks]:
    """The same for OpenDocument tables, with their merged ranges."""
    found: dict[str, Marks] = {}
    for table in _parsed(package, "content.xml").iter(f"{TABLE_NS}table"):
        name = table.get(f"{TABLE_NS}name") or ""
        found[name] = _table_marks(table, name, limits)
    return found


def _table_marks(table: Any, name: str, limits: Limits) -> Marks:
    marks = Marks()
    row = 0
    for line in table.iter(f"{TABLE_NS}table-row"):
        repeated = _repeat(line, "number-rows-repeated")
        column = 0
        for cell in line:
            width = _repeat(cell, "number-columns-repeated")
            filled = f"{OFFICE_NS}value-type" in cell.attrib or len(cell) > 0
            if filled:
                last_row, last_column = row + repeated - 1, column + width - 1
                refuse_size(name, last_row + 1, last_column + 1, limits)
            _note_cell(marks, cell, row, column)
            column += width
        if line.get(f"{TABLE_NS}visibility") in ("collapse", "filter") and repeated < limits.rows:
            marks.hidden_rows.extend(range(row, row + repeated))
        row += repeated
    return marks


def _note_cell(marks: Marks, cell: Any, row: int, column: int) -> None:
    down, across = _repeat(cell, "number-rows-spanned"), _repeat(cell, "number-columns-spanned")
    if down > 1 or across > 1:
        marks.merged.append((row, column, row + down - 1, column + across - 1))
    if cell.get(f"{TABLE_NS}formula"):
        marks.formulas.append((row, column))
        kind = cell.get(f"{OFFICE_NS}value-type")
        if kind is None or (kind == "float" and not cell.get(f"{OFFICE_NS}value")):
            marks.uncalculated.append((row, column))
    text = "".join(cell.itertext()).strip()
    if text.startswith("#") and text.endswith(("!", "?", "N/A")):
        marks.errors.append((row, column))


def _repeat(element: Any, name: str) -> int:
    raw = element.get(f"{TABLE_NS}{name}") or "1"
    return max(1, min(int(raw), 1 << 24)) if re.fullmatch(r"[0-9]{1,9}", raw) else 1
