"""Who could give idle places to whom, wishes, and when the site reminds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from provincial.core.refusals import Refusal
from provincial.core.text import Text, t

#: So many days before the close the site reminds by itself (house default).
REMINDER_DAYS = (7, 3, 1)
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Idle:
    """Places of one project that lie idle in one body's hand."""

    organisation_id: int
    name: str
    project_id: int
    project: str
    places: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Places of one project that a body asks for."""

    wish_id: int
    organisation_id: int
    name: str
    project_id: int
    project: str
    places: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal: so many places of a project from a body (or the own hand) to one that asked."""

    giver_id: int | None
    giver: str
    taker_id: int
    taker: str
    project_id: int
    project: str
    places: int


def offers(own: Mapping[int, int], idle: Iterable[Idle], asked: Sequence[Asked]) -> list[Offer]:
    """Who could be offered what: first from the own unassigned places, then from idle ones below.

    ``own`` are the unassigned places of the body itself by project. Wishes are met in the order in
    which they were made; nobody is offered their own places.
    """
    left = dict(own)
    below = [[one, one.places] for one in idle]
    found = []
    for wish in asked:
        wanted = wish.places
        take = min(wanted, left.get(wish.project_id, 0))
        if take > 0:
            left[wish.project_id] -= take
            wanted -= take
            found.append(_offer(None, "", wish, take))
        for pair in below:
            one, rest = pair[0], pair[1]
            if wanted <= 0:
                break
            if not isinstance(one, Idle) or not isinstance(rest, int):
                continue
            if one.project_id != wish.project_id or one.organisation_id == wish.organisation_id:
                continue
            take = min(wanted, rest)
            if take > 0:
                pair[1] = rest - take
                wanted -= take
                found.append(_offer(one.organisation_id, one.name, wish, take))
    return found


def _offer(giver_id: int | None, giver: str, wish: Asked, places: int) -> Offer:
    return Offer(
        giver_id,
        giver,
        wish.organisation_id,
        wish.name,
        wish.project_id,
        wish.project,
        places,
    )


def check_wish(places: int, reason: str, *, already: bool) -> str:
    """A wish for places: some, with a reason, one at a time for a project. Gives the tidy reason."""
    if places <= 0:
        raise Refusal(t("Enter a number of places above nought."), field="places")
    if already:
        raise Refusal(
            t("You have asked for places of this project already; take that wish back first."),
            field="project_id",
        )
    found = reason.strip()
    if len(found) < 2:
        raise Refusal(t("Say why, in a sentence."), field="reason")
    return found[:_LONGEST_REASON]


def is_reminder_day(last_day: date, today: date) -> bool:
    """Whether the site reminds by itself today."""
    return (last_day - today).days in REMINDER_DAYS


def reminder(category: str, places: int, last_day: date | None) -> Text:
    """What a body reads that has idle places."""
    if last_day is None:
        return t("%(category)s: %(n)s places are not filled yet.", category=category, n=places)
    return t(
        "%(category)s: %(n)s places are not filled yet; the last day is %(day)s. Put names on "
        "them, or give them back.",
        category=category,
        n=places,
        day=last_day,
    )
