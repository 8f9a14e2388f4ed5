"""Workbooks in: read what people send, in a fenced child process, with one sentence per refusal.

``read_workbook`` takes xlsx, xls, ods and csv and gives plain cells. Rows and columns count
from 0 here; ``address`` makes the place people know (``附件4!C7``). Writing is in
``spreadsheet_output``. Promises: R15, R18, R35 (security.md 2.5).
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from provincial.adapters.spreadsheet_scan import Limits, column_letters
from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t

#: One cell: ``None`` is an empty one, whole floats arrive as int, an 18-digit number as float.
CellValue = str | int | float | bool | datetime | date | time | timedelta | None
LIMITS = Limits()
WALL_SECONDS = 30
_PACKAGE = Path(__file__).resolve().parents[1]
# The child needs two small modules, not the site: an empty stand-in for the package keeps its
# ``__init__`` (and with it Flask and the database) out of the child, which starts in 0.1 s.
_BOOT = (
    "import sys, types; package = types.ModuleType('provincial'); "
    "package.__path__ = [sys.argv.pop(1)]; sys.modules['provincial'] = package; "
    "from provincial.adapters.spreadsheet_child import main; raise SystemExit(main())"
)
# Two readers of at most 1 GB each per web worker; a third upload waits its turn.
_READERS = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, both corners included."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(slots=True)
class Sheet:
    """One sheet as it stands in the file, from cell A1, without empty cells at the ends.

    ``formulas`` are cells whose value is the last calculated one, ``uncalculated`` those that
    have none, ``errors`` hold ``#REF!`` and the like and read as empty.
    """

    name: str
    rows: list[list[CellValue]]
    merged: list[Merge] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: frozenset[tuple[int, int]] = frozenset()
    uncalculated: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()

    @property
    def width(self) -> int:
        """Columns up to the last filled one."""
        return max((len(row) for row in self.rows), default=0)

    def cell(self, row: int, column: int) -> CellValue:
        """The value, ``None`` when empty or outside."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return None

    def address(self, row: int, column: int) -> str:
        """The place as people write it."""
        return address(self.name, row, column)


@dataclass(slots=True)
class Workbook:
    """A file that was read; ``kind`` is xlsx, xls, ods or csv, ``encoding`` only set for csv."""

    filename: str
    kind: str
    encoding: str
    sheets: list[Sheet]


def address(sheet: str, row: int, column: int) -> str:
    """``附件4!C7`` from a sheet name and places counted from 0; odd names are quoted as in Excel."""
    cell = f"{column_letters(column)}{row + 1}"
    if not sheet:
        return cell
    if any(char in " !'\"-+*/,;:()[]" for char in sheet):
        sheet = "'" + sheet.replace("'", "''") + "'"
    return f"{sheet}!{cell}"


def read_workbook(data: bytes, filename: str, limits: Limits = LIMITS) -> Workbook:
    """Read a workbook in a fenced child process.

    Raises ``Refusal`` with exactly one finding (code, sentence, way to mend) for a file that is
    empty, too large, not a workbook, damaged, encrypted or hostile. Takes about 0.2 s for a
    sheet of ordinary size.
    """
    if not data:
        raise _refusal("empty", {})
    if len(data) > limits.bytes:
        raise _refusal("too_large", {"megabytes": limits.bytes >> 20})
    answer = _ask_child(data, filename, limits)
    if "refused" in answer:
        raise _refusal(str(answer["refused"]), dict(answer.get("values") or {}))
    sheets = [_sheet(raw) for raw in answer["sheets"]]
    if not any(value is not None for sheet in sheets for row in sheet.rows for value in row):
        raise _refusal("blank", {})
    return Workbook(filename, str(answer["kind"]), str(answer["encoding"]), sheets)


def _ask_child(data: bytes, filename: str, limits: Limits) -> dict[str, Any]:
    wanted = {name: getattr(limits, name) for name in Limits.__dataclass_fields__}
    header = json.dumps({"filename": filename, "limits": wanted}).encode("ascii")
    command = [sys.executable, "-I", "-X", "utf8", "-c", _BOOT, str(_PACKAGE)]
    if not _READERS.acquire(timeout=WALL_SECONDS):
        raise _refusal("busy", {})
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and module, no shell
            command,
            input=header + b"\n" + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as error:
        raise _refusal("time", {}) from error
    except OSError as error:
        raise _refusal("busy", {}) from error
    finally:
        _READERS.release()
    return _answer_of(done.returncode, done.stdout)


def _answer_of(returncode: int, output: bytes) -> dict[str, Any]:
    if returncode == 0:
        try:
            answer = json.loads(output)
        except ValueError:
            answer = None
        if isinstance(answer, dict) and ("refused" in answer or "sheets" in answer):
            return answer
    # XCPU or KILL: the time was up; ABRT: the parser asked for more memory than it may have.
    code = {-24: "time", -9: "time", -6: "memory"}.get(returncode, "died")
    return {"refused": code}


def _sheet(raw: Mapping[str, Any]) -> Sheet:
    def places(name: str) -> frozenset[tuple[int, int]]:
        return frozenset((row, column) for row, column in raw.get(name, ()))

    return Sheet(
        name=str(raw["name"]),
        rows=[[_value(cell) for cell in row] for row in raw["rows"]],
        merged=[Merge(*corners) for corners in raw.get("merged", ())],
        hidden=bool(raw.get("hidden")),
        hidden_rows=frozenset(raw.get("hidden_rows", ())),
        hidden_columns=frozenset(raw.get("hidden_columns", ())),
        formulas=places("formulas"),
        uncalculated=places("uncalculated"),
        errors=places("errors"),
    )


def _value(cell: Any) -> CellValue:
    if not isinstance(cell, dict):
        return cell  # type: ignore[no-any-return]
    (kind, raw), *_ = cell.items()
    if kind == "datetime":
        return datetime.fromisoformat(raw)
    if kind == "date":
        return date.fromisoformat(raw)
    if kind == "time":
        return time.fromisoformat(raw)
    return timedelta(seconds=raw)


def _refusal(code: str, values: Mapping[str, object]) -> Refusal:
    """The one sentence for ``code`` with its mend; unknown codes read as a damaged file."""
    if code == "foreign":
        what = _FOREIGN.get(str(values.get("kind")), _FOREIGN["unknown"])
        message = t("This file is %(what)s, not a workbook.", what=what)
        mend = t("Open it in a spreadsheet program and save it as .xlsx.")
    else:
        sentence, mend = _SENTENCES.get(code, _SENTENCES["broken"])
        message = Text(sentence.source, dict(values))
    finding = Finding(
        Severity.BLOCK,
        message,
        code=f"workbook-{code.replace('_', '-')}",
        cell=str(values.get("cell") or ""),
        mend=mend,
    )
    return Refusal(message, field="file", findings=[finding])


def name_list(names: Sequence[str], limit: int = 5) -> str:
    """The first few of many names for a sentence: ``A、B、C…``."""
    return "、".join(names[:limit]) + ("…" if len(names) > limit else "")


_SAVE_AGAIN = t("Open it in a spreadsheet program, save it again as .xlsx and choose that file.")
_SPLIT = t("Delete what does not belong to the table, or send it in several files.")
_FOREIGN: dict[str, Text] = {
    "pdf": t("a PDF document"),
    "picture": t("a picture"),
    "archive": t("a compressed archive"),
    "word": t("a text document"),
    "presentation": t("a presentation"),
    "program": t("a program"),
    "html": t("a web page with the name of a workbook"),
    "xml_workbook": t("an XML table of 2003"),
    "xml": t("an XML file"),
    "xlsb": t("a binary workbook (.xlsb)"),
    "text": t("plain text with the name of a workbook"),
    "unknown": t("something else"),
}
_SENTENCES: dict[str, tuple[Text, Text]] = {
    "empty": (t("The file is empty."), t("Choose the file again.")),
    "blank": (
        t("The workbook has no filled cell."),
        t("Choose the file that holds the table."),
    ),
    "too_large": (t("The file is larger than %(megabytes)s MB."), _SPLIT),
    "bomb": (
        t("The file unpacks to far more than it shows (over %(megabytes)s MB, or too dense)."),
        _SAVE_AGAIN,
    ),
    "encrypted": (
        t("The workbook is locked with a password."),
        t("Remove the password in the spreadsheet program and send the file again."),
    ),
    "entities": (
        t("The workbook contains markup that points outside the file; it is not read."),
        _SAVE_AGAIN,
    ),
    "broken": (t("The file is damaged and cannot be read as a workbook."), _SAVE_AGAIN),
    "ending": (
        t("Files ending in .%(ending)s are not taken; only .xlsx, .xls, .ods and .csv."),
        _SAVE_AGAIN,
    ),
    "rows": (
        t("Cell %(cell)s is filled below the last row that is read (%(limit)s)."),
        _SPLIT,
    ),
    "columns": (
        t("Cell %(cell)s is filled to the right of the last column that is read (%(limit)s)."),
        _SPLIT,
    ),
    "sheets": (t("The workbook has more than %(limit)s sheets."), _SPLIT),
    "memory": (
        t("The workbook needs more memory than a table of this size may."),
        t("Copy only the table into a new workbook and send that."),
    ),
    "time": (
        t("Reading the workbook took too long and was stopped."),
        t("Copy only the table into a new workbook and send that."),
    ),
    "died": (t("The workbook could not be read and the reading was stopped."), _SAVE_AGAIN),
    "busy": (
        t("Too many workbooks are being read at this moment."),
        t("Wait a minute and send the file again."),
    ),
}
