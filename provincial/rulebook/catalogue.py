"""The 421 rules of the five source documents, the interpretations, and the documents' own text.

Findings carry a rule id; this module answers what it says, where it stands and what the sentence
around it is, so that a page can open the quoted words in their context.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent
#: Codes of the documents whose text the project holds.
DOCUMENT_CODES = (
    "henan-2023",
    "zhejiang-2020h1",
    "zhejiang-2022h1",
    "puer-2023",
    "national-2019",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One demand of a document: the quoted words (Chinese) and what they mean (English)."""

    id: str
    document: str
    quote: str
    text: str


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How the site reads an open point (A-…) or a conflict between documents (C-…)."""

    id: str
    question: str
    text: str
    chinese: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A quoted sentence with the words before and after it in its paragraph."""

    before: str
    quote: str
    after: str


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """All rules by id, in the order of the catalogue."""
    data = json.loads((HERE / "catalogue.json").read_text(encoding="utf-8"))
    return {
        row["id"]: Rule(row["id"], row["document"], row["quote"], row["rule"])
        for row in data["rules"]
    }


@lru_cache(maxsize=1)
def interpretations() -> Mapping[str, Interpretation]:
    """All interpretations and conflicts by id."""
    data = json.loads((HERE / "interpretations.json").read_text(encoding="utf-8"))
    return {
        row["id"]: Interpretation(row["id"], row["question"], row["text"], row["chinese"])
        for row in data["interpretations"]
    }


def rule(rule_id: str) -> Rule | None:
    """The rule with this id, or ``None``."""
    return rules().get(rule_id)


def interpretation(interpretation_id: str) -> Interpretation | None:
    """The interpretation or conflict with this id, or ``None``."""
    return interpretations().get(interpretation_id)


def is_known(rule_id: str) -> bool:
    """Whether a finding may name this id: a rule, an interpretation or a conflict."""
    return rule_id in rules() or rule_id in interpretations()


@lru_cache(maxsize=len(DOCUMENT_CODES))
def document_text(code: str) -> str:
    """The text of a source document; empty when the project does not hold it."""
    if code not in DOCUMENT_CODES:
        return ""
    return (HERE / "documents" / f"{code}.txt").read_text(encoding="utf-8")


@lru_cache(maxsize=len(DOCUMENT_CODES))
def _folded(code: str) -> tuple[str, tuple[int, ...]]:
    return fold(document_text(code))


def fold(text: str) -> tuple[str, tuple[int, ...]]:
    """``text`` without blanks and with one width of punctuation, and where each character was."""
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for letter in unicodedata.normalize("NFKC", char):
            if not letter.isspace():
                letters.append(letter)
                places.append(place)
    return "".join(letters), tuple(places)


def find_quote(code: str, quote: str) -> tuple[int, int] | None:
    """Start and end of ``quote`` in a document, blanks and character width ignored."""
    folded, places = _folded(code)
    wanted = fold(quote)[0]
    start = folded.find(wanted) if wanted else -1
    if start < 0:
        return None
    return places[start], places[start + len(wanted) - 1] + 1


def passage(code: str, quote: str, *, around: int = 200) -> Passage | None:
    """The quote in its paragraph, at most ``around`` characters on each side."""
    found = find_quote(code, quote)
    if found is None:
        return None
    text, (start, end) = document_text(code), found
    left = max(text.rfind("\n", 0, start) + 1, start - around)
    line_end = text.find("\n", end)
    right = min(line_end if line_end >= 0 else len(text), end + around)
    return Passage(text[left:start].strip(), text[start:end], text[end:right].strip())
