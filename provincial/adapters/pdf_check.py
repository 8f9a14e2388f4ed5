"""Uploaded PDFs: what may come in, and what stands in them, found out in a fenced process (R18).

The bytes themselves are never rewritten: a stamped or sealed file keeps its signature.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provincial.core.refusals import Refusal
from provincial.core.text import Text, t

WALL_SECONDS = 30
_PACKAGE = Path(__file__).resolve().parents[1]
# As with workbooks: an empty stand-in for the package keeps Flask and the database out of the child.
_BOOT = (
    "import sys, types; package = types.ModuleType('provincial'); "
    "package.__path__ = [sys.argv.pop(1)]; sys.modules['provincial'] = package; "
    "from provincial.adapters.pdf_child import main; raise SystemExit(main())"
)
_READERS = threading.BoundedSemaphore(2)
_SENTENCES: dict[str, Text] = {
    "not_pdf": t("The file is not a PDF from its first byte on. Scan or print it to PDF again."),
    "encrypted": t("The PDF is locked with a password. Remove the password and upload it again."),
    "pages": t("The PDF has more than 300 pages. Upload only the stamped list."),
    "active": t(
        "The PDF holds a script or an action of its own. Print it to a new PDF, or scan it."
    ),
    "xfa": t("The PDF is an interactive form. Print it to a new PDF, or scan the paper."),
    "embedded": t("The PDF carries other files inside. Upload only the stamped pages."),
    "broken": t("The PDF is damaged and cannot be opened. Scan or print it again."),
    "memory": t("The PDF needs too much memory. Scan it again in a lower resolution."),
    "time": t("Reading the PDF took too long. Scan it again in a lower resolution."),
    "busy": t("Too many files are being read at this moment. Wait a minute and try again."),
}


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What was found in a PDF that may come in; ``text`` is empty for a mere picture."""

    pages: int
    text: str


def inspect(data: bytes) -> PdfFacts:
    """Pages and text layer of an uploaded PDF; refuses on field ``file`` what may not come in."""
    answer = _ask(data, {})
    return PdfFacts(int(answer["pages"]), str(answer["text"]))


def page_picture(data: bytes, page: int = 1) -> bytes:
    """One page of an uploaded PDF as PNG, drawn in the fenced process."""
    return base64.b64decode(_ask(data, {"page": page})["png"])


def _ask(data: bytes, header: dict[str, Any]) -> dict[str, Any]:
    if not _READERS.acquire(timeout=WALL_SECONDS):
        raise _refusal("busy")
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and module, no shell
            [sys.executable, "-I", "-X", "utf8", "-c", _BOOT, str(_PACKAGE)],
            input=json.dumps(header).encode() + b"\n" + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as fault:
        raise _refusal("time") from fault
    except OSError as fault:
        raise _refusal("busy") from fault
    finally:
        _READERS.release()
    answer = _read(done.stdout) if done.returncode == 0 else None
    if answer is None:
        raise _refusal({-24: "time", -9: "time", -6: "memory"}.get(done.returncode, "broken"))
    if "refused" in answer:
        raise _refusal(str(answer["refused"]))
    return answer


def _read(output: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(output)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _refusal(code: str) -> Refusal:
    return Refusal(_SENTENCES.get(code, _SENTENCES["broken"]), field="file")
