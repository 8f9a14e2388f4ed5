"""The steps of a ban: who may take which, and how two officers are made sure of (R14)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from provincial.core.refusals import Refusal
from provincial.core.states import Machine, Transition
from provincial.core.text import Text, t
from provincial.planning.integrity.rules import (
    CAUSES,
    LIVE,
    OFFICERS,
    BanPolicy,
    Stage,
    require_reason,
    stage_of,
)

#: A ban that ends within so many days is told once to those concerned.
ENDS_SOON = 30


_S = Stage


def _step(
    state: Stage,
    action: str,
    target: Stage,
    label: Text,
    *,
    grave: bool = False,
    reason: bool = False,
) -> Transition:
    return Transition(state, action, OFFICERS, target, label, grave, reason)


_SIGN, _DISMISS, _LIFT = t("Sign the ban"), t("Ask for dismissal"), t("Ask for lifting")
_RETURN, _REOPEN = t("Return to the colleague"), t("Propose the ban again")

#: Steps of officers. Each that decides for or against a teacher takes two of them (R14).
MACHINE = Machine(
    (
        _step(_S.PROPOSED, "sign", _S.SIGNED, _SIGN),
        _step(_S.SIGNED, "confirm", _S.IN_FORCE, t("Put the ban in force"), grave=True),
        _step(_S.SIGNED, "return", _S.PROPOSED, _RETURN, reason=True),
        _step(_S.PROPOSED, "dismiss", _S.DISMISSING, _DISMISS, reason=True),
        _step(_S.DISMISSING, "confirm", _S.DISMISSED, t("Dismiss the ban"), grave=True),
        _step(_S.DISMISSING, "return", _S.PROPOSED, _RETURN, reason=True),
        _step(_S.IN_FORCE, "lift", _S.LIFTING, _LIFT, reason=True),
        _step(_S.LIFTING, "confirm", _S.LIFTED, t("Lift the ban"), grave=True),
        _step(_S.LIFTING, "return", _S.IN_FORCE, _RETURN, reason=True),
        _step(_S.DISMISSED, "reopen", _S.PROPOSED, _REOPEN, reason=True),
        _step(_S.LIFTED, "reopen", _S.PROPOSED, _REOPEN, reason=True),
        _step(_S.EXEMPTED, "reopen", _S.PROPOSED, _REOPEN, reason=True),
    )
)
#: What an accepted objection or exemption does; the decision itself took two officers.
_UPHOLD, _EXEMPT = t("Accept the objection"), t("Grant the exemption")
DECISIONS = Machine(
    (
        *(
            _step(stage, "objection", _S.DISMISSED, _UPHOLD)
            for stage in (_S.PROPOSED, _S.SIGNED, _S.DISMISSING)
        ),
        *(_step(stage, "objection", _S.LIFTED, _UPHOLD) for stage in (_S.IN_FORCE, _S.LIFTING)),
        *(_step(stage, "exemption", _S.EXEMPTED, _EXEMPT) for stage in LIVE),
    )
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a step changes of a ban: its state, who signed and confirmed, what is asked for."""

    state: str = "proposed"
    asked: str = ""
    asked_by: int | None = None
    asked_reason: str = ""
    signed_by: int | None = None
    confirmed_by: int | None = None
    closed_reason: str = ""

    def stage(self, ends_on: date, today: date) -> Stage:
        """Where this stands for people on a day."""
        return stage_of(self.state, self.asked, ends_on, today)


def take(standing: Standing, stage: Stage, action: str, who: int, reason: str = "") -> Standing:
    """The standing after a step of an officer.

    Refuses a step that does not exist now, one without its reason, and a second signature by the
    first officer (R14).
    """
    step = MACHINE.step(stage, action)
    why = require_reason(reason) if step.needs_reason else reason.strip()
    if action in ("sign", "dismiss", "lift"):
        signed = who if action == "sign" else standing.signed_by
        return replace(standing, asked=action, asked_by=who, asked_reason=why, signed_by=signed)
    if action == "return":
        signed = None if standing.asked == "sign" else standing.signed_by
        return replace(standing, asked="", asked_by=None, asked_reason="", signed_by=signed)
    if action == "reopen":
        return Standing()
    require_second_officer(who, standing.asked_by)
    if standing.asked == "sign":
        return replace(
            standing,
            state="in_force",
            asked="",
            asked_by=None,
            asked_reason="",
            confirmed_by=who,
        )
    closed = {"dismiss": "dismissed", "lift": "lifted"}[standing.asked]
    return _closed(standing, closed, standing.asked_reason)


def decide(standing: Standing, stage: Stage, kind: str, reason: str) -> Standing:
    """The standing after an objection or exemption has been accepted by two officers."""
    target = DECISIONS.step(stage, kind).next_state
    return _closed(standing, target.value, require_reason(reason))


def _closed(standing: Standing, state: str, reason: str) -> Standing:
    return replace(
        standing, state=state, asked="", asked_by=None, asked_reason="", closed_reason=reason
    )


def require_second_officer(who: int, first: int | None) -> None:
    """Two persons: whoever asked for it cannot confirm it (R14)."""
    if who == first:
        raise Refusal(
            t("You have asked for this yourself. A second officer of the province confirms it."),
            rule="HN-46",
        )


def require_window_over(closes_at: datetime | None, now: datetime) -> None:
    """A ban is signed only after the objection window, so that the teacher has been heard."""
    if closes_at is not None and now < closes_at:
        raise Refusal(
            t("The teacher may still object. The ban is signed after the objection window."),
            rule="HN-46",
        )


def require_heard(open_in_time: int) -> None:
    """What was lodged in time is decided before the ban is signed or put in force."""
    if open_in_time:
        raise Refusal(
            t("An objection or a request for exemption is open. Decide it first."), rule="HN-47"
        )


def last_day_to_object(closes_at: datetime) -> datetime:
    """An instant of the last day of the objection window, whose end is half-open."""
    return closes_at - timedelta(microseconds=1)


def require_cause(cause: str, policy: BanPolicy) -> str:
    """One of the plan's causes of a ban."""
    if cause not in policy.causes:
        raise Refusal(
            t("This is no cause of a ban in this plan."), field="cause", rule=policy.rule("causes")
        )
    return cause


def require_exemptable(cause: str, policy: BanPolicy) -> None:
    """Special circumstances excuse some causes only; who was asked to leave may object (A-06)."""
    if cause not in policy.exemptable:
        raise Refusal(
            t(
                "Special circumstances do not excuse “%(cause)s” (%(rule)s). If the decision itself "
                "was wrong, lodge an objection.",
                cause=CAUSES[cause],
                rule=policy.sources["ban.exemptable"].interpretation or policy.rule("exemptable"),
            ),
            field="kind",
            rule=policy.sources["ban.exemptable"].interpretation or policy.rule("exemptable"),
        )


def require_past(event_on: date, today: date) -> None:
    """An event lies in the past and within living memory of the site."""
    if event_on > today:
        raise Refusal(t("The event lies in the future."), field="event_on")
    if event_on.year < 2000:
        raise Refusal(t("The year cannot be right."), field="event_on")
