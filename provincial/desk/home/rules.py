"""The order of things to do, their urgency, shares, and the first steps of a new province or body."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TypeVar

from provincial.core.clock import days_left
from provincial.core.states import Tone
from provincial.core.text import Text, t
from provincial.core.todo import TodoItem

Event = TypeVar("Event")

#: From this many days before a deadline on a task asks for attention.
SOON_DAYS = 3


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do as a page shows it; ``days_left`` is negative when overdue."""

    title: Text
    url: str
    due: date | None
    days_left: int | None
    source: str
    count: int | None
    tone: Tone


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its note, and the page of the names behind it (empty: none yet)."""

    label: Text
    value: int | str | None
    note: Text | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps: whether it is done, and where it is done."""

    title: Text
    note: Text
    done: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class ProvinceFacts:
    """How far a province has come with its first plan."""

    units: int
    has_contact: bool
    officers: int
    plans: int
    issued_plans: int
    tables: int

    @property
    def finished(self) -> bool:
        """Whether the first table is out: then home needs no more first steps."""
        return bool(self.units and self.issued_plans and self.tables)


@dataclass(frozen=True, slots=True)
class ProvinceNumbers:
    """The province's sums in one plan: places issued and at schools, bodies and tables at work."""

    issued: int
    at_schools: int
    holders: int
    unfinished: int
    tables_waiting: int


@dataclass(frozen=True, slots=True)
class HolderNumbers:
    """What one body holds in one plan and has handed down; the last day that binds it."""

    held: int
    given: int
    due: date | None

    @property
    def unassigned(self) -> int:
        """Places still to be handed down, or to be given to teachers by a school."""
        return self.held - self.given


def tasks(items: Iterable[TodoItem], on: date) -> list[Task]:
    """What waits, the nearest deadline first, things without one at the end in their own order."""
    ordered = sorted(items, key=lambda item: (item.due is None, item.due or date.max))
    return [
        Task(item.title, item.url, item.due, left, item.source, item.count, urgency(left))
        for item in ordered
        for left in [days_left(item.due, on) if item.due else None]
    ]


def urgency(left: int | None) -> Tone:
    """How pressing a deadline is."""
    if left is None:
        return Tone.NEUTRAL
    if left < 0:
        return Tone.BLOCKED
    return Tone.ATTENTION if left <= SOON_DAYS else Tone.WAITING


def in_runs(events: Iterable[tuple[Hashable, str, Event]]) -> list[tuple[Event, int]]:
    """The first event of each run with the same key, and how many more of its kind the run has.

    An import of forty schools is one line of what changed, not forty. One act noted with two things
    of different kind, as a notice and its plan, is one line and nothing more.
    """
    runs = []
    for _key, run in groupby(events, key=lambda triple: triple[0]):
        (_same, kind, first), *others = run
        runs.append((first, sum(other == kind for _same, other, _event in others)))
    return runs


def share(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole``; nothing where the denominator is nought (A-16)."""
    return Decimal(part) / Decimal(whole) if whole else None


def province_steps(facts: ProvinceFacts) -> list[Step]:
    """What a province does from its first link to its first quota table."""
    return [
        Step(
            t("Register the bodies"),
            t("Cities, zones, province-managed counties, counties, schools and institutions."),
            facts.units > 0,
        ),
        Step(
            t("Name the responsible contact"),
            t("Name, telephone and mail of the person who answers for the office."),
            facts.has_contact,
        ),
        Step(
            t("Invite a second officer"),
            t("Plans and quota tables are prepared by one officer and issued by another."),
            facts.officers > 1,
        ),
        Step(
            t("Choose the rulebook"),
            t(
                "The notice as data: take one as it is, or copy it and change values with their articles."
            ),
            facts.plans > 0,
        ),
        Step(
            t("Make and issue the plan"),
            t("Categories, projects and windows come from the rulebook."),
            facts.issued_plans > 0,
        ),
        Step(
            t("Import the quota table"),
            t("From the spreadsheet as it is, or proposed by the workbench from a total."),
            facts.tables > 0,
        ),
    ]


def contact_step() -> Step:
    """What a body does before it may submit anything."""
    return Step(
        t("Name the responsible contact"),
        t("Your body must name one person with telephone and mail before it may submit."),
        False,
    )
