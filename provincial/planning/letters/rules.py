"""What a body must be told anew, and under which number. Plain values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: The kind of paper that a quota letter is.
KIND = "quota_letter"
TEMPLATE = "papers/quota_letter.html"


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter ready to be issued: to whom, under which series, what it says, what it replaces."""

    sheet_id: int
    addressee_id: int
    addressee_name: str
    org_path: str
    title: str
    pattern: str
    content: Mapping[str, Any]
    replaces_id: int | None = None


def changed_figures(
    told: Mapping[int, int] | None, held: Mapping[int, int]
) -> dict[int, tuple[int, int]] | None:
    """Figures by project that differ from the last letter, as (before, after).

    ``None``: no letter has been sent yet. Noughts count like missing figures.
    """
    if told is None:
        return None
    keys = sorted({*told, *held})
    pairs = {key: (told.get(key, 0), held.get(key, 0)) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def number_pattern(own_pattern: str, marks: Sequence[str]) -> str:
    """The pattern of a body's letter numbers, with ``{year}`` and ``{n}``.

    The province's stands in the rulebook; a body below it numbers its letters under its own name
    with those of the bodies above it (安河市东城区教名额〔2023〕1号), so that no two are alike.
    """
    if own_pattern:
        return own_pattern.replace("{number}", "{n}")
    return f"{''.join(marks)}教名额〔{{year}}〕{{n}}号"


def series_of(pattern: str, year: int) -> str:
    """The running series of a pattern: it starts anew each year."""
    return f"letter:{pattern.replace('{year}', str(year))}"[:80]
