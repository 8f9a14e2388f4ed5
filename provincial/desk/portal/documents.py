"""A notice as plain values: its text in paragraphs with headings and signature lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADING = re.compile(r"^(?:[一二三四五六七八九十]+、|第[一二三四五六七八九十]+[章条])")
_SUBHEADING = re.compile(r"^[(（][一二三四五六七八九十]+[)）]")
#: Shorter than this, a line may be a heading.
_HEADING_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph; ``kind`` is ``heading``, ``subheading`` or ``text``."""

    kind: str
    text: str


def blocks(text: str, title: str, doc_number: str) -> list[Block]:
    """The paragraphs of a notice, without its title and number where they stand at the top."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    left = _squeezed(title)
    while lines and left and left.startswith(_squeezed(lines[0])):
        left = left[len(_squeezed(lines.pop(0))) :]
    if lines and doc_number and _squeezed(lines[0]) == _squeezed(doc_number):
        lines.pop(0)
    return [Block(_kind(line), line) for line in lines]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _kind(line: str) -> str:
    if len(line) <= _HEADING_LENGTH and not line.endswith("。"):
        if _HEADING.match(line):
            return "heading"
        if _SUBHEADING.match(line):
            return "subheading"
    return "text"
