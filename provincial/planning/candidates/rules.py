"""Which place a candidate is put on first, and what a search means: words of a name or an ID number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from provincial.core.findings import Finding, Severity
from provincial.core.text import Text, t
from provincial.planning.nominations.rules import Channel


@dataclass(frozen=True, slots=True)
class Choice:
    """A place that could be taken: which body holds it, by which channel, how many are left."""

    organisation_id: int
    body: str
    channel: Channel
    cell_id: int
    held: int
    free: int

    @property
    def key(self) -> str:
        """What the form sends."""
        return f"{self.organisation_id}-{self.channel}"

    @property
    def label(self) -> Text:
        """The choice in words."""
        if self.channel is Channel.GREEN:
            return t(
                "%(body)s · green channel · %(free)s of %(held)s free",
                body=self.body,
                free=self.free,
                held=self.held,
            )
        return t(
            "%(body)s · %(free)s of %(held)s free", body=self.body, free=self.free, held=self.held
        )


def first_choice(choices: Sequence[Choice]) -> Choice | None:
    """The nearest regular place that is free; else the nearest regular one, else the first.

    ``choices`` run from the teacher's school upwards.
    """
    regular = [choice for choice in choices if choice.channel is Channel.REGULAR]
    free = [choice for choice in regular if choice.free > 0]
    return next(iter([*free, *regular, *choices]), None)


def looks_like_id_number(words: str) -> bool:
    """Whether somebody typed an ID number; it must not stand in an address (R6)."""
    narrow = unicodedata.normalize("NFKC", words)
    return bool(re.search(r"[0-9]{6}", "".join(narrow.split())))


def no_place_finding(project: str, school: str) -> Finding:
    """No body between the school and the viewer holds places of the project."""
    return Finding(
        Severity.BLOCK,
        t(
            "No body between %(school)s and yours holds places of %(project)s.",
            school=school,
            project=project,
        ),
        rule="HN-38",
        code="quota",
        mend=t("Ask the body above for a place."),
    )
