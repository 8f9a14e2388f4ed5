"""A heavier stroke for titles where no bold font is at hand.

The wheel brings the regular weight only, and WeasyPrint writes a font that it had to call bold
exactly as thin as the regular one. So while the file is finished, runs in such a font are drawn
with an outline in their own colour; the text stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pydyf

#: Our faces that exist in one weight; the renderer adds this ending when bold is asked for.
_THIN = re.compile(rb"/(?P<name>\w+)\+Paper-(?:Song|Hei)-Bold")
_FONT = re.compile(rb"/(?P<name>\w+) (?P<size>[0-9.]+) Tf")
_COLOUR = re.compile(rb"[0-9.]+ [0-9.]+ [0-9.]+ rg")
#: Width of the outline as a share of the size of the characters.
_OUTLINE = 0.035


def embolden(_document: object, pdf: pydyf.PDF) -> None:
    """Finisher for ``write_pdf``: outline every run of a font that is bold by name only."""
    thin = {match["name"] for name in _font_names(pdf) if (match := _THIN.fullmatch(name))}
    if not thin:
        return
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and b"BT" in item.stream:
            item.stream[:] = _outlined(item.stream, thin)


def _font_names(pdf: pydyf.PDF) -> Iterator[bytes]:
    for item in pdf.objects:
        if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/FontDescriptor":
            yield item["FontName"]


def _outlined(operators: list[Any], thin: set[bytes]) -> Iterator[bytes]:
    """The operators of a page, with text objects in a thin font between ``q`` and ``Q``."""
    colour = b"0 0 0 RG"
    at = 0
    while at < len(operators):
        operator = operators[at]
        if isinstance(operator, bytes) and _COLOUR.fullmatch(operator):
            colour = operator[:-2] + b"RG"
        if operator != b"BT":
            yield operator
            at += 1
            continue
        end = operators.index(b"ET", at) + 1
        yield from _outlined_text(operators[at:end], thin, colour)
        at = end


def _outlined_text(block: list[Any], thin: set[bytes], colour: bytes) -> Iterator[bytes]:
    fonts = [_FONT.fullmatch(operator) for operator in block]
    if not any(font and font["name"] in thin for font in fonts):
        yield from block
        return
    yield from (b"q", colour)
    for operator, font in zip(block, fonts, strict=True):
        yield operator
        if font and font["name"] in thin:
            yield b"%.3f w" % (float(font["size"]) * _OUTLINE)
            yield b"2 Tr"
        elif font:
            yield b"0 Tr"
    yield b"Q"
