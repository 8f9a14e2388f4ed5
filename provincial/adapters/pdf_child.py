"""Looks into one uploaded PDF inside a fenced process and answers with plain JSON (R18).

The parent (``pdf_check``) starts one such process per file: 1 GB of memory, 20 s of processor time.
What a page may do by itself (scripts, launches, files inside, forms of XFA) is refused; the text
layer and a picture of a page are all that goes back.
"""

from __future__ import annotations

import base64
import io
import json
import re
import resource
import sys
from typing import Any

import pikepdf
import pypdfium2

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 20
MOST_PAGES = 300
#: More text than this of one file is of no use for finding a code.
MOST_TEXT = 400_000
_ACTIVE = ("/JavaScript", "/JS", "/Launch", "/SubmitForm", "/ImportData", "/RichMedia")


class Unfit(Exception):
    """Why the file is not taken; ``code`` names the sentence of the parent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def main() -> int:
    """Read ``header line + bytes`` from standard input, write one JSON object to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    header = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        answer = picture(data, header["page"]) if header.get("page") else inspect(data)
    except Unfit as unfit:
        answer = {"refused": unfit.code}
    except MemoryError:
        answer = {"refused": "memory"}
    except Exception:  # noqa: BLE001  whatever a parser raises, the file is at fault
        answer = {"refused": "broken"}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))
    sys.stdout.buffer.flush()
    return 0


def inspect(data: bytes) -> dict[str, Any]:
    """Number of pages and text of all of them; raises ``Unfit`` for what may not come in."""
    if not data.startswith(b"%PDF-"):
        raise Unfit("not_pdf")
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            if document.is_encrypted:
                raise Unfit("encrypted")
            pages = len(document.pages)
            if pages > MOST_PAGES:
                raise Unfit("pages")
            _refuse_active(document)
    except pikepdf.PasswordError as fault:
        raise Unfit("encrypted") from fault
    except pikepdf.PdfError as fault:
        raise Unfit("broken") from fault
    return {"pages": pages, "text": _text(data)}


def _refuse_active(document: pikepdf.Pdf) -> None:
    """Refuse what acts by itself, or carries another file; a destination to open at may stay."""
    root = document.Root
    opening = root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != pikepdf.Name.GoTo:
        raise Unfit("active")
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        raise Unfit("xfa")
    if "/EmbeddedFiles" in root.get("/Names", {}):
        raise Unfit("embedded")
    for thing in document.objects:
        if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            continue
        if thing.get("/Type") == "/EmbeddedFile" or thing.get("/Subtype") == "/FileAttachment":
            raise Unfit("embedded")
        if "/JS" in thing or str(thing.get("/S", "")) in _ACTIVE:
            raise Unfit("active")
    if re.search(r"/JavaScript", str(root.get("/Names", ""))):
        raise Unfit("active")


def _text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    parts: list[str] = []
    for page in document:
        parts.append(page.get_textpage().get_text_range())
        if sum(len(part) for part in parts) > MOST_TEXT:
            break
    return "\f".join(parts)[:MOST_TEXT]


def picture(data: bytes, page: int) -> dict[str, Any]:
    """Page ``page`` (the first is 1) as a PNG, about 1,000 dots wide at most."""
    document = pypdfium2.PdfDocument(data)
    if not 1 <= page <= len(document):
        raise Unfit("no_page")
    sheet = document[page - 1]
    scale = min(1.4, 1000 / max(sheet.get_width(), 1), 1400 / max(sheet.get_height(), 1))
    out = io.BytesIO()
    sheet.render(scale=scale).to_pil().save(out, "PNG")
    return {"png": base64.b64encode(out.getvalue()).decode("ascii")}
