"""States of a nomination and the steps between them; whose turn it is; who may sign (HN-37…HN-43)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from provincial.core.findings import Finding, Severity
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
    WITHDRAWN = "withdrawn"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "submitted": (t("Handed in"), Tone.WAITING),
            "stamped": (t("Stamped list received"), Tone.WAITING),
            "confirmed": (t("Confirmed by the province"), Tone.GOOD),
            "returned": (t("Returned"), Tone.ATTENTION),
            "withdrawn": (t("Withdrawn"), Tone.NEUTRAL),
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
        Transition(one, "approve", NOMINATORS, _S.COUNTY_APPROVED, t("Approve"))
        for one in (_S.DRAFT, _S.RETURNED, _S.SCHOOL_CONFIRMED)
    ]
    steps += [
        Transition(one, "submit", NOMINATORS, _S.CITY_SUBMITTED, t("Submit"), grave=True)
        for one in _BELOW
    ]
    steps += [
        Transition(one, "submit_green", NOMINATORS, _S.GREEN_PENDING, t("Submit"), grave=True)
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
    # A name that came up unsigned, or with the list of a higher body, goes back like a signed one.
    returners = {
        **dict.fromkeys(_BELOW, BUREAU_OFFICERS),
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
    # A city takes its list back before the province has begun: the names wait at its desk again.
    steps += [
        Transition(
            *(one, "recall", BUREAU_OFFICERS, _S.COUNTY_APPROVED),
            t("Take the submission back"),
            needs_reason=True,
        )
        for one in (_S.CITY_SUBMITTED, _S.GREEN_PENDING)
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


#: Signs of a row's code: none that a hand or an eye mistakes for another.
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8


def row_code(draw: Callable[[str], str]) -> str:
    """The code of a nomination's row on paper and in workbooks; ``draw`` picks one sign."""
    return "".join(draw(CODE_SIGNS) for _ in range(CODE_LENGTH))


def require_open(is_open: bool, last_day: date | None) -> None:
    """Refuse outside the selection window (HN-40)."""
    if is_open:
        return
    if last_day is None:
        message = t("The selection of trainees is not open yet.")
    else:
        message = t(
            "The selection of trainees ended on %(day)s. Ask the province to extend it for you.",
            day=last_day,
        )
    raise Refusal(message, rule="HN-40")


def require_reason(reason: str, field: str = "reason") -> str:
    """A reason in words, tidied; refused when it says nothing."""
    found = reason.strip()
    if len(found) < 2:
        raise Refusal(t("Say why, in a sentence."), field=field)
    return found


def require_substitution(allowed: bool, last_day: date | None, today: date) -> None:
    """Another teacher may step in until the notices are due, in the same cell, without a ban (A-18)."""
    if not allowed:
        raise Refusal(t("This plan does not let one teacher step in for another."), rule="HN-72")
    if last_day is not None and today > last_day:
        raise Refusal(
            t(
                "Enrolment notices were due on %(day)s; nobody can step in after that day. Withdraw "
                "the nomination with the circumstances instead.",
                day=last_day,
            ),
            rule="A-18",
        )


def substitution_until(opens_on: date | None, lead_days: int | None) -> date | None:
    """The last day on which another teacher may step in: the day notices are due (A-18, HN-25)."""
    if opens_on is None:
        return None
    return opens_on - timedelta(days=lead_days or 0)


def quota_finding(project: str, body: str, held: int, used: int, given: int) -> Finding:
    """No place left where the nomination would stand (HN-37, HN-38)."""
    return Finding(
        Severity.BLOCK,
        t(
            "%(project)s: %(body)s holds %(held)s places; %(used)s are filled and %(given)s handed "
            "down, so none is free.",
            project=project,
            body=body,
            held=held,
            used=used,
            given=given,
        ),
        rule="HN-38",
        code="quota",
        measured=str(used + given + 1),
        limit=str(held),
        mend=t("Withdraw a nomination, or ask the body above for another place."),
    )


def green_finding(project: str, body: str, used: int, limit: int) -> Finding:
    """No place left in the green channel (HN-41)."""
    return Finding(
        Severity.BLOCK,
        t(
            "%(project)s: the green channel of %(body)s has %(limit)s places, %(used)s are taken.",
            project=project,
            body=body,
            limit=limit,
            used=used,
        ),
        rule="HN-41",
        code="green_quota",
        measured=str(used + 1),
        limit=str(limit),
    )


def already_finding(name: str) -> Finding:
    """The teacher stands on a place of this project already (HN-70)."""
    return Finding(
        Severity.BLOCK,
        t("%(name)s is nominated for this project already.", name=name)
        if name
        else t("This teacher has just been nominated for this project."),
        rule="HN-70",
        code="already",
    )


def at_once_finding(name: str) -> Finding:
    """The teacher goes to another project on the same days (HN-70, A-19)."""
    return Finding(
        Severity.BLOCK,
        t("%(name)s is nominated for another project on the same days.", name=name)
        if name
        else t("This teacher is nominated for another project on the same days."),
        rule="HN-70",
        code="other_project",
    )


def by_list_finding(name: str, *, deciding: bool) -> Finding:
    """What stands on a list is handed in, and decided on, with the list."""
    if deciding:
        message = t(
            "%(name)s stands on a handed-in list; decide on the page of the list.", name=name
        )
    else:
        message = t("%(name)s is handed in with a list; submit it from your desk.", name=name)
    return Finding(Severity.BLOCK, message, rule="HN-40", code="by_list")


def elsewhere_finding(name: str) -> Finding:
    """The nomination does not wait at this desk."""
    return Finding(
        Severity.BLOCK,
        t("%(name)s does not wait at your desk any more.", name=name),
        code="elsewhere",
    )


def outside_finding(school: str, body: str) -> Finding:
    """A place is for teachers of the schools below the body that holds it (HN-37)."""
    return Finding(
        Severity.BLOCK,
        t("%(school)s does not belong to %(body)s.", school=school, body=body),
        rule="HN-37",
        code="county",
    )


def left_finding(name: str) -> Finding:
    """Somebody who has left, or whose record was merged, cannot be nominated."""
    return Finding(
        Severity.BLOCK,
        t("%(name)s is no longer on the register of teachers.", name=name),
        rule="HN-37",
        code="status",
    )
