"""How an objection is lodged and decided by two officers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from provincial.core.refusals import Refusal, WrongState
from provincial.core.states import Machine, State, Tone, Transition
from provincial.core.text import Text, t
from provincial.planning.bans.rules import require_second_officer
from provincial.planning.integrity.rules import (
    LIVE,
    OFFICERS,
    Stage,
    require_reason,
)

#: What can be lodged against a ban.
KINDS: dict[str, Text] = {
    "objection": t("Objection: the event was not so"),
    "exemption": t("Request for exemption: special circumstances"),
}
#: The two verdicts.
VERDICTS: dict[str, Text] = {"accepted": t("Accept"), "declined": t("Do not accept")}
#: At most this many files with one objection.
MOST_FILES = 5


class ObjectionStage(State):
    """Where an objection stands for people."""

    OPEN = "open"
    ACCEPTING = "accepting"
    DECLINING = "declining"
    ACCEPTED = "accepted"
    DECLINED = "declined"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "open": (t("To be decided"), Tone.WAITING),
            "accepting": (t("Acceptance to be confirmed"), Tone.WAITING),
            "declining": (t("Refusal to be confirmed"), Tone.WAITING),
            "accepted": (t("Objection accepted"), Tone.GOOD),
            "declined": (t("Objection not accepted"), Tone.NEUTRAL),
        }


_O = ObjectionStage
_CONFIRM, _RETURN = t("Confirm the decision"), t("Return to the colleague")
_DECIDE = t("Decide")
MACHINE = Machine(
    (
        Transition(_O.OPEN, "accepted", OFFICERS, _O.ACCEPTING, _DECIDE),
        Transition(_O.OPEN, "declined", OFFICERS, _O.DECLINING, _DECIDE),
        Transition(_O.ACCEPTING, "confirm", OFFICERS, _O.ACCEPTED, _CONFIRM, True),
        Transition(_O.DECLINING, "confirm", OFFICERS, _O.DECLINED, _CONFIRM, True),
        Transition(_O.ACCEPTING, "return", OFFICERS, _O.OPEN, _RETURN, False, True),
        Transition(_O.DECLINING, "return", OFFICERS, _O.OPEN, _RETURN, False, True),
    )
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided so far: a verdict with its reason, and who stands behind it."""

    state: str = "open"
    verdict: str = ""
    reason: str = ""
    first: int | None = None
    second: int | None = None

    @property
    def stage(self) -> ObjectionStage:
        """Where this stands for people."""
        drafted = {"accepted": _O.ACCEPTING, "declined": _O.DECLINING}
        if self.state == "open" and self.verdict:
            return drafted[self.verdict]
        return ObjectionStage(self.state)


def decide(
    decision: Decision, action: str, who: int, lodged_by: int | None, reason: str = ""
) -> Decision:
    """The decision after a step: ``accepted`` or ``declined``, then ``confirm`` or ``return``.

    Refuses a second signature by the first officer, and any by whoever lodged it (R14).
    """
    step = MACHINE.step(decision.stage, action)
    if action == "return":
        require_reason(reason)
        return Decision()
    if who == lodged_by:
        raise Refusal(t("You have lodged this yourself. Other officers decide it."), rule="HN-47")
    if action in VERDICTS:
        return Decision(verdict=action, reason=require_reason(reason), first=who)
    require_second_officer(who, decision.first)
    return replace(decision, state=step.next_state.value, second=who)


def require_text(text: str) -> str:
    """What the teacher says; not empty."""
    if not text.strip():
        raise Refusal(t("Say what speaks against the ban."), field="text", rule="HN-47")
    return text.strip()[:2000]


def require_live(stage: Stage) -> None:
    """An objection is lodged while the ban is proposed or in force."""
    if stage not in LIVE:
        raise WrongState(t("The ban is not proposed or in force any more."))


def require_kind(kind: str) -> str:
    """One of the two kinds."""
    if kind not in KINDS:
        raise Refusal(t("Choose what you lodge."), field="kind")
    return kind


def require_few_files(count: int) -> None:
    """Evidence fits into a handful of files."""
    if count > MOST_FILES:
        raise Refusal(t("At most %(count)s files are taken.", count=MOST_FILES), field="files")


def require_none_open(open_of_kind: int) -> None:
    """One objection of a kind at a time."""
    if open_of_kind:
        raise Refusal(t("One is open already and will be decided first."), field="kind")
