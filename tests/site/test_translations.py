"""Every sentence of the site has its Chinese, with the same places for values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from tests.site.sources import CODE, ROOT

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "_l": None,
    "t": None,
}
JINJA_OPTIONS = {"trimmed": "false", "silent": "false"}
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
CATALOGUES = sorted((CODE / "translations").glob("*/zh_Hans/LC_MESSAGES/messages.po"))


@lru_cache(maxsize=1)
def wanted() -> dict[str, str]:
    """Each sentence with the first place that says it."""
    found: dict[str, str] = {}
    for path in sorted(CODE.rglob("*")):
        # The papers are Chinese only; their words stand in their templates.
        if path.is_relative_to(CODE / "templates/papers"):
            continue
        for line, words in _extracted(path):
            found.setdefault(words, f"{path.relative_to(ROOT)}:{line}")
    return found


def _extracted(path: Path) -> Iterator[tuple[int, str]]:
    method = {".py": "python", ".html": "jinja2.ext:babel_extract"}.get(path.suffix)
    if method is None:
        return
    options = JINJA_OPTIONS if path.suffix == ".html" else {}
    source = BytesIO(path.read_bytes())
    for line, message, _comments, _context in extract(method, source, KEYWORDS, (), options):
        for words in message if isinstance(message, tuple) else (message,):
            if isinstance(words, str) and words:
                yield line, words


@lru_cache(maxsize=1)
def catalogues() -> tuple[tuple[str, Catalog], ...]:
    """The catalogue of each room and floor."""
    return tuple(
        (path.parts[-4], read_po(BytesIO(path.read_bytes()), locale="zh_Hans"))
        for path in CATALOGUES
    )


def _translated() -> dict[str, str]:
    return {
        str(source): str(words)
        for _name, catalogue in catalogues()
        for message in catalogue
        if message.id and not message.fuzzy
        for source, words in _pairs(message.id, message.string)
        if words
    }


def _pairs(source: object, words: object) -> list[tuple[object, object]]:
    sources = source if isinstance(source, tuple | list) else (source,)
    translations = words if isinstance(words, tuple | list) else (words,)
    # Chinese has one form for any number: both English forms have the same translation.
    return [(each, translations[0]) for each in sources]


def test_every_sentence_has_its_chinese() -> None:
    known = _translated()
    missing = {words: place for words, place in wanted().items() if words not in known}
    listing = "\n".join(f"{place}: {words!r}" for words, place in sorted(missing.items()))
    assert not missing, f"{len(missing)} sentences without Chinese:\n{listing}"


def test_nothing_is_fuzzy() -> None:
    fuzzy = [
        f"{name}: {message.id}"
        for name, catalogue in catalogues()
        for message in catalogue
        if message.id and message.fuzzy
    ]
    assert fuzzy == []


def test_translations_keep_the_places_for_values() -> None:
    broken = []
    for source, words in _translated().items():
        places = {a or b for a, b in PLACE.findall(source)}
        if places != {a or b for a, b in PLACE.findall(words)}:
            broken.append(f"{source!r} -> {words!r}")
    assert broken == []


def test_one_sentence_has_one_translation() -> None:
    """Rooms may repeat a sentence; they must not say it in different words."""
    seen: dict[str, tuple[str, str]] = {}
    clashes = []
    for name, catalogue in catalogues():
        for message in catalogue:
            if not message.id or not message.string:
                continue
            for source, words in _pairs(message.id, message.string):
                before = seen.setdefault(str(source), (name, str(words)))
                if before[1] != words:
                    clashes.append(f"{source!r}: {before[0]} {before[1]!r}, {name} {words!r}")
    assert clashes == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-4])
def test_chinese_is_chinese(path: Path) -> None:
    """A translation that is the English again was forgotten; names and codes are not sentences."""
    catalogue = read_po(BytesIO(path.read_bytes()), locale="zh_Hans")
    english = [
        message.id
        for message in catalogue
        if message.id
        and isinstance(message.string, str)
        and message.string == message.id
        and re.search(r"[a-z]{3,} [a-z]{2,}", message.string)
    ]
    assert english == []


#: How the user types or the notice writes it, kept as it is.
AS_TYPED = ("代码: 值", "二(一)")
HALF_WIDTH = re.compile(
    r"[一-鿿”）}\x00][,;:?!](?!\d)|[,;:?!][一-鿿“（\x00]|[一-鿿]\(|\)[一-鿿]|[一-鿿]\.(?![a-z\x00])"
)


@pytest.mark.parametrize(("name", "catalogue"), catalogues(), ids=lambda part: str(part)[:20])
def test_chinese_sentences_use_chinese_punctuation(name: str, catalogue: Catalog) -> None:
    found = []
    for message in catalogue:
        spoken = message.string if isinstance(message.string, tuple) else (message.string,)
        for words in spoken if message.id else ():
            bare = PLACE.sub("\0", words)
            for typed in AS_TYPED:
                bare = bare.replace(typed, "")
            if re.search("[一-鿿]", bare) and HALF_WIDTH.search(bare):
                found.append(words)
    assert not found, name
