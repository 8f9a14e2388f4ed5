"""States of a nomination and the steps between them; whose turn it is; who may sign (HN-37…HN-43)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provincial.core.refusals import Refusal
from provincial.core.states import Machine, State, Tone, Transition
from provincial.core.text import Text, t


class NominationState(State):
    """How far one teacher's nomination has come (rules.md part 6)."""

    DRAFT = "draft"
    RETURNED = "returned"
    SCHOOL_CONFIRMED = "school_confirmed"
    COUNTY_APPROVED = "county_approved"
    CITY_SUBMITTED = "city_submitted"
    GREEN_PENDING = "green_pending"
    GREEN_APPROVED = "green_approved"
    PROVINCE_CONFIRMED = "province_confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    RELEASED = "released"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "draft": (t("Entered, not signed"), Tone.NEUTRAL),
            "returned": (t("Returned to be mended"), Tone.ATTENTION),
            "school_confirmed": (t("Confirmed by the school"), Tone.WAITING),
            "county_approved": (t("Approved by the county"), Tone.WAITING),
            "city_submitted": (t("Submitted by the city"), Tone.WAITING),
            "green_pending": (t("Green channel, waiting for the province"), Tone.WAITING),
            "green_approved": (t("Green channel approved"), Tone.WAITING),
            "province_confirmed": (t("Confirmed by the province"), Tone.GOOD),
            "refused": (t("Nomination refused"), Tone.BLOCKED),
            "withdrawn": (t("Withdrawn"), Tone.NEUTRAL),
            "replaced": (t("Replaced by another teacher"), Tone.NEUTRAL),
            "released": (t("Place given free"), Tone.NEUTRAL),
        }


class Channel(StrEnum):
    """By which way a teacher comes: on a place of the quota, or through the green channel (HN-41)."""

    REGULAR = "regular"
    GREEN = "green"

    @property
    def label(self) -> Text:
        """The word for people."""
        return t("Green channel") if self is Channel.GREEN else t("Regular")


class ListState(State):
    """Where a body's confirmed list stands."""

    SUBMITTED = "submitted"
    STAMPED = "stamped"
    CONFIRMED = "confirmed"
    RETURNED = "returned"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "submitted": (t("Submitted"), Tone.WAITING),
            "stamped": (t("Stamped list received"), Tone.WAITING),
            "confirmed": (t("Confirmed by the province"), Tone.GOOD),
            "returned": (t("Returned"), Tone.ATTENTION),
        }


#: States in which a nomination holds its place.
ALIVE = frozenset(
    {
        NominationState.DRAFT,
        NominationState.RETURNED,
        NominationState.SCHOOL_CONFIRMED,
        NominationState.COUNTY_APPROVED,
        NominationState.CITY_SUBMITTED,
        NominationState.GREEN_PENDING,
        NominationState.GREEN_APPROVED,
        NominationState.PROVINCE_CONFIRMED,
    }
)
OVER = frozenset(NominationState) - ALIVE
#: States in which the nominating body may still change what it wrote.
OPEN_TO_CHANGE = frozenset({NominationState.DRAFT, NominationState.RETURNED})


class Level(StrEnum):
    """At which of the four desks a nomination is signed."""

    SCHOOL = "school"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"


SCHOOL_OFFICERS = frozenset({"school_administrator", "principal"})
BUREAU_OFFICERS = frozenset({"bureau_administrator", "bureau_officer"})
PROVINCE_OFFICERS = frozenset({"province_administrator", "province_officer"})
NOMINATORS = SCHOOL_OFFICERS | BUREAU_OFFICERS

_S = NominationState
_BELOW = (_S.DRAFT, _S.RETURNED, _S.SCHOOL_CONFIRMED, _S.COUNTY_APPROVED)
_AT_PROVINCE = (_S.CITY_SUBMITTED, _S.GREEN_PENDING, _S.GREEN_APPROVED)


def _steps() -> list[Transition]:
    steps = [
        Transition(one, "confirm", SCHOOL_OFFICERS, _S.SCHOOL_CONFIRMED, t("Confirm"))
        for one in (_S.DRAFT, _S.RETURNED)
    ]
    # Where a body has one user only, the name goes up unsigned and the next desk signs it.
    steps += [
        Transition(one, "pass_up", NOMINATORS, one, t("Pass up unsigned"))
        for one in (_S.DRAFT, _S.RETURNED, _S.SCHOOL_CONFIRMED)
    ]
    steps += [
        Transition(one, "approve", BUREAU_OFFICERS, _S.COUNTY_APPROVED, t("Approve"))
        for one in (_S.DRAFT, _S.RETURNED, _S.SCHOOL_CONFIRMED)
    ]
    steps += [
        Transition(one, "submit", BUREAU_OFFICERS, _S.CITY_SUBMITTED, t("Submit"), grave=True)
        for one in _BELOW
    ]
    steps += [
        Transition(one, "submit_green", BUREAU_OFFICERS, _S.GREEN_PENDING, t("Submit"), grave=True)
        for one in _BELOW
    ]
    steps += [
        Transition(
            *(_S.GREEN_PENDING, "approve_green", PROVINCE_OFFICERS, _S.GREEN_APPROVED),
            t("Approve for the green channel"),
        )
    ]
    steps += [
        Transition(
            *(one, "accept", PROVINCE_OFFICERS, _S.PROVINCE_CONFIRMED),
            t("Confirm for the province"),
            grave=True,
        )
        for one in (_S.CITY_SUBMITTED, _S.GREEN_APPROVED)
    ]
    returners = {
        **dict.fromkeys((_S.SCHOOL_CONFIRMED, _S.COUNTY_APPROVED), BUREAU_OFFICERS),
        **dict.fromkeys(_AT_PROVINCE, PROVINCE_OFFICERS),
    }
    for action, goal, label in (
        ("return", _S.RETURNED, t("Return")),
        ("refuse", _S.REFUSED, t("Refuse")),
    ):
        steps += [
            Transition(one, action, who, goal, label, needs_reason=True, grave=goal in OVER)
            for one, who in returners.items()
        ]
    everyone = NOMINATORS | PROVINCE_OFFICERS
    for one in _S:
        if one in ALIVE:
            steps += [
                Transition(
                    *(one, "withdraw", everyone, _S.WITHDRAWN, t("Withdraw")),
                    grave=True,
                    needs_reason=True,
                ),
                Transition(
                    *(one, "replace", NOMINATORS, _S.REPLACED, t("Replace")), needs_reason=True
                ),
                Transition(*(one, "release", everyone, _S.RELEASED, t("Give the place free"))),
            ]
    steps += [
        Transition(
            *(_S.PROVINCE_CONFIRMED, "reopen", PROVINCE_OFFICERS, _S.CITY_SUBMITTED),
            t("Take the confirmation back"),
            needs_reason=True,
        ),
        Transition(
            *(_S.GREEN_APPROVED, "reopen", PROVINCE_OFFICERS, _S.GREEN_PENDING),
            t("Take the approval back"),
            needs_reason=True,
        ),
    ]
    steps += [
        Transition(
            *(one, "take_up", everyone, _S.DRAFT, t("Take the nomination up again")),
            needs_reason=True,
        )
        for one in (_S.REFUSED, _S.WITHDRAWN)
    ]
    return steps


#: THE table of steps: pages draw their buttons from it, actions obey it, tests walk it.
MACHINE = Machine(_steps())


@dataclass(frozen=True, slots=True)
class Desk:
    """One body on a nomination's way up: its id, its level, and how many may sign there."""

    organisation_id: int
    level: Level
    signers: int = 2


def next_desk(way: Sequence[Desk], state: NominationState) -> Desk | None:
    """Whose turn it is: ``way`` runs from the nominating body up to the province.

    Nothing once the province has said yes or the nomination is over.
    """
    if state in OVER or state is _S.PROVINCE_CONFIRMED:
        return None
    passed = {
        _S.SCHOOL_CONFIRMED: Level.SCHOOL,
        _S.COUNTY_APPROVED: Level.COUNTY,
        _S.CITY_SUBMITTED: Level.CITY,
        _S.GREEN_PENDING: Level.CITY,
        _S.GREEN_APPROVED: Level.CITY,
    }.get(state)
    if passed is None:
        return way[0]
    order = list(Level)
    later = [desk for desk in way if order.index(desk.level) > order.index(passed)]
    return later[0] if later else None


def action_at(level: Level, channel: Channel, state: NominationState) -> str:
    """The name of the step by which a desk passes a nomination on."""
    if level is Level.SCHOOL:
        return "confirm"
    if level is Level.COUNTY:
        return "approve"
    if level is Level.CITY:
        return "submit_green" if channel is Channel.GREEN else "submit"
    return "approve_green" if state is _S.GREEN_PENDING else "accept"


def refuse_own_signature(entered_by_id: int | None, signer_id: int) -> None:
    """Nobody signs what they have entered themselves."""
    if entered_by_id == signer_id:
        raise Refusal(
            t(
                "You have entered this name yourself, so a colleague must sign it. Where you are the "
                "only user of your body, pass it up unsigned or upload the stamped list."
            ),
            rule="HN-37",
        )


@dataclass(frozen=True, slots=True)
class Clock:
    """The selection window as it binds one body: when it closes for all, and for this body."""

    closes_at: datetime | None
    extended_to: datetime | None = None

    def closed(self, now: datetime) -> bool:
        """Whether nothing may come any more."""
        last = max((one for one in (self.closes_at, self.extended_to) if one), default=None)
        return last is not None and now >= last

    def late(self, now: datetime) -> bool:
        """Whether what comes now comes after the common close, by an extension (A-44)."""
        return self.closes_at is not None and now >= self.closes_at
