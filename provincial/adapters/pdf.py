"""Papers as PDF: lay out with WeasyPrint, look inside with PDFium (design part 2).

The renderer is closed: it opens data URIs and our own font files, nothing else, and a template
that asks for more fails loudly (R19). WeasyPrint drops text that finds no room without a word, so
every character of the source is looked for in the finished pages.
"""

from __future__ import annotations

import io
import logging
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pylopdf_fonts_zh_cn
import pypdfium2
from fontTools.ttLib import TTFont, TTLibError
from weasyprint import CSS, HTML
from weasyprint.text import ffi
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from provincial.adapters.pdf_bold import embolden
from provincial.core.findings import Finding, Severity
from provincial.core.text import t

log = logging.getLogger(__name__)

STYLE = Path(__file__).parent.parent / "templates" / "papers" / "gbt9704.css"
#: Seconds that one page may take before the health page warns.
SLOW_PAGE = 0.5

#: Families of the style sheet that a file in the font folder fills, and names that tell which.
_FACES = {
    "Paper XiaoBiaoSong": ("xiaobiaosong", "xbs", "小标宋"),
    "Paper FangSong": ("fangsong", "simfang", "仿宋"),
    "Paper KaiTi": ("kaiti", "simkai", "wenkai", "楷"),
    "Paper HeiTi": ("simhei", "heiti", "黑体"),
}
_SAMPLE = "<!doctype html><html lang='zh-CN'><title>试排</title><p>关于下达名额的通知</p></html>"
#: Neither WeasyPrint's font map nor PDFium may be entered by two threads.
_press_lock, _look_lock = threading.Lock(), threading.Lock()


class PaperError(RuntimeError):
    """A paper could not be made as its source says; no file was written."""


class _OutsideFetchError(FatalURLFetchingError):
    """A page asked for something that is neither a data URI nor a font of ours."""


class _ClosedFetcher(URLFetcher):
    """Opens data URIs and the listed files; everything else ends the rendering."""

    def __init__(self, files: frozenset[Path] = frozenset()) -> None:
        super().__init__(allowed_protocols={"data", "file"}, allow_redirects=False)
        self._files = files
        #: Inside an SVG the library swallows even a fatal error; so each refusal is kept as well.
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The resource, or an end of the rendering."""
        parts = urlsplit(url)
        ours = parts.scheme == "file" and Path(unquote(parts.path)) in self._files
        if parts.scheme != "data" and not ours:
            self.refused.append(f"A paper may not load a “{parts.scheme}” address.")
            raise _OutsideFetchError(self.refused[-1])
        return super().fetch(url, headers)


@dataclass(frozen=True)
class _Press:
    """Fonts and style, made once: reading them anew costs a fifth of every paper."""

    fonts: FontConfiguration
    style: CSS

    def pdf(self, html: str) -> bytes:
        fetcher = _ClosedFetcher()
        try:
            with _press_lock:
                made: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(
                    stylesheets=[self.style], font_config=self.fonts, finisher=embolden
                )
        except FatalURLFetchingError as fault:
            raise PaperError(str(fault)) from fault
        if fetcher.refused:
            raise PaperError(fetcher.refused[0])
        return made


def render_pdf(html: str, *, fonts: Path | None = None) -> bytes:
    """The PDF of a complete HTML page in the layout of ``papers/gbt9704.css``.

    ``fonts`` is the folder with fonts that the owner has a licence for (``instance/fonts``). Raises
    ``PaperError`` when the page asks for anything outside or when text is missing in the result.
    """
    pdf = _press(fonts).pdf(html)
    lost = lost_text(html, pdf)
    if lost:
        raise PaperError(f"These characters of the source are not in the paper: {lost[:80]}")
    return pdf


def start_up_check(*, fonts: Path | None = None) -> list[Finding]:
    """Whether papers can be made here, for the start and the health page; empty when all is well.

    Without HarfBuzz's subsetter a page takes 13 seconds instead of 0.15, and only a log line of
    the library tells.
    """
    if ffi.harfbuzz_subset is None:
        message = t("The library that makes small fonts is missing: each paper would take seconds.")
        mend = t("Install the system package libharfbuzz-subset0.")
        return [Finding(Severity.BLOCK, message, code="pdf_subsetter", mend=mend)]
    try:
        render_pdf(_SAMPLE, fonts=fonts)  # the first page also reads the fonts
        began = time.perf_counter()
        render_pdf(_SAMPLE, fonts=fonts)
        took = time.perf_counter() - began
    except (PaperError, OSError) as fault:
        message = t("A trial page could not be made: %(reason)s", reason=str(fault))
        return [Finding(Severity.BLOCK, message, code="pdf_broken")]
    if took > SLOW_PAGE:
        message = t("A trial page took %(seconds)s seconds.", seconds=f"{took:.1f}")
        return [Finding(Severity.WARN, message, code="pdf_slow", measured=f"{took:.1f}")]
    return []


def page_png(pdf: bytes, page: int, *, dpi: int = 100) -> bytes:
    """Page ``page`` (the first is 1) as a PNG; ``IndexError`` beyond the last."""
    with _look_lock, _opened(pdf) as document:
        if not 1 <= page <= len(document):
            raise IndexError(page)
        picture = document[page - 1].render(scale=dpi / 72).to_pil()
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def page_count(pdf: bytes) -> int:
    """How many pages ``pdf`` has."""
    with _look_lock, _opened(pdf) as document:
        return len(document)


def text_of(pdf: bytes) -> str:
    """The text of all pages in reading order, lines by ``\\n``, pages by ``\\f``."""
    with _look_lock, _opened(pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return "\f".join(page.replace("\r\n", "\n") for page in pages)


def lost_text(html: str, pdf: bytes) -> str:
    """Characters that the source shows more often than the finished pages do."""
    reader = _Visible()
    reader.feed(html)
    reader.close()
    missing = _signs("".join(reader.parts)) - _signs(text_of(pdf))
    return "".join(sorted(missing.elements()))


class _Visible(HTMLParser):
    """Collects the text of the body."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"style", "script", "title", "svg"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script", "title", "svg"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _signs(text: str) -> Counter[str]:
    # Extraction gives some characters in another, equivalent form and drops invisible ones.
    folded = unicodedata.normalize("NFKC", text)
    return Counter(char for char in folded if unicodedata.category(char)[0] not in "ZC")


def _opened(pdf: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as fault:
        raise PaperError("The file is not a PDF that can be opened.") from fault


@lru_cache(maxsize=4)
def _press(folder: Path | None) -> _Press:
    """The press for one font folder. Built under the lock: two threads must not fill one map."""
    with _press_lock:
        faces = dict(_faces(folder))
        rules = "\n".join(_face_rule(family, path) for family, path in faces.items())
        fonts = FontConfiguration()
        fetcher = _ClosedFetcher(frozenset(faces.values()))
        style = rules + "\n" + STYLE.read_text("utf-8")
        return _Press(fonts, CSS(string=style, font_config=fonts, url_fetcher=fetcher))


def _faces(folder: Path | None) -> Iterator[tuple[str, Path]]:
    yield "Paper Song", pylopdf_fonts_zh_cn.serif_path().resolve()
    yield "Paper Hei", pylopdf_fonts_zh_cn.sans_path().resolve()
    for path in sorted(folder.iterdir()) if folder and folder.is_dir() else []:
        if path.suffix.lower() not in {".ttf", ".otf"}:
            continue
        family = _family(path)
        if family:
            yield family, path.resolve()
        else:
            log.warning("%s is no readable 小标宋, 仿宋, 楷体 or 黑体 and is not used.", path.name)


def _family(path: Path) -> str:
    """Which of our families a font file fills, by the names inside it; empty for none."""
    try:
        with TTFont(path, lazy=True) as font:
            names = " ".join(str(record) for record in font["name"].names)
    except (TTLibError, OSError, KeyError):
        return ""
    names = f"{names} {path.stem}".casefold().replace(" ", "")
    return next(
        (face for face, marks in _FACES.items() if any(mark in names for mark in marks)), ""
    )


def _face_rule(family: str, path: Path) -> str:
    # 小标宋 exists in one weight and is bold by nature: declared so, it answers to bold as it is.
    weight = "bold" if family == "Paper XiaoBiaoSong" else "normal"
    return f'@font-face{{font-family:"{family}";font-weight:{weight};src:url("{path.as_uri()}")}}'
