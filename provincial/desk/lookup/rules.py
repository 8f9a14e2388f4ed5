"""What a search looks for, and which plan a browser speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provincial.core.identity import clean_line, has_hidden_characters
from provincial.core.text import Text

#: Where the browser's own cookie keeps the plan.
PLAN_KEY = "plan"
MOST_LETTERS = 100
#: Hits of one group on the page; the group's own list has the rest.
MOST_HITS = 8


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """A plan as the switcher offers it."""

    id: int
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: its table and id, what it is called, and one line about it."""

    kind: str
    id: int
    label: str
    note: Text | str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found of one kind; ``more`` says that its own list holds more."""

    kind: str
    title: Text
    hits: Sequence[Hit]
    more: bool = False


def wanted_words(typed: str) -> str:
    """What was typed, tidied and cut to a sensible length."""
    kept = "".join(letter for letter in typed if not has_hidden_characters(letter))
    return clean_line(kept)[:MOST_LETTERS]


def chosen(plans: Sequence[PlanChoice], remembered: object) -> PlanChoice | None:
    """The plan that the browser remembers, while it is still offered; else the newest."""
    wanted = next((plan for plan in plans if plan.id == remembered), None)
    return wanted or next(iter(plans), None)


def group(kind: str, title: Text, hits: Sequence[Hit]) -> Hits:
    """At most as many hits as a page shows, and whether there are more."""
    return Hits(kind, title, hits[:MOST_HITS], len(hits) > MOST_HITS)
