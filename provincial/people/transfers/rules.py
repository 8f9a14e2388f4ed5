"""The states of a transfer, which side may take which step, and what stands in its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from provincial.core.findings import Finding
from provincial.core.refusals import Refusal, WrongState
from provincial.core.states import State, Tone
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer

#: How far from today the day of a transfer may lie.
FARTHEST = timedelta(days=366)


class TransferState(State):
    """Where a transfer stands."""

    ASKED = "asked"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "asked": (t("Waits for the other side"), Tone.WAITING),
            "done": (t("Transferred"), Tone.GOOD),
            "declined": (t("Declined"), Tone.BLOCKED),
            "withdrawn": (t("Withdrawn by who asked"), Tone.NEUTRAL),
            "taken_back": (t("Taken back"), Tone.ATTENTION),
        }


class Side(StrEnum):
    """From which side a transfer was asked for."""

    GIVING = "giving"
    RECEIVING = "receiving"

    @property
    def other(self) -> Side:
        """The side that has to agree."""
        return Side.RECEIVING if self is Side.GIVING else Side.GIVING

    @property
    def label(self) -> Text:
        """The word for people."""
        return t("Giving school") if self is Side.GIVING else t("Receiving school")


#: (state, action) to (who, next state): ``other`` is the side that was asked, ``own`` the asker's.
STEPS: dict[tuple[TransferState, str], tuple[str, TransferState]] = {
    (TransferState.ASKED, "agree"): ("other", TransferState.DONE),
    (TransferState.ASKED, "decline"): ("other", TransferState.DECLINED),
    (TransferState.ASKED, "withdraw"): ("own", TransferState.WITHDRAWN),
    (TransferState.DONE, "take_back"): ("either", TransferState.TAKEN_BACK),
}


@dataclass(frozen=True, slots=True)
class Move:
    """A teacher goes from one school to another, or (``undone``) back again."""

    teacher_id: int
    from_id: int
    to_id: int
    on: date
    undone: bool = False


@dataclass(frozen=True, slots=True)
class MoveFollower:
    """A room that wants to know when a teacher changes school.

    ``preview`` tells what the move touches (a block refuses it); ``follow`` acts in the same
    transaction. Places stay with their cell: nothing moves unless the room moves it.
    """

    name: str
    preview: Callable[[Move], Sequence[Finding]]
    follow: Callable[[Move, Viewer], None]


def next_state(state: TransferState, action: str) -> TransferState:
    """The state after a step; refuses a step that does not exist now."""
    found = STEPS.get((state, action))
    if found is None:
        raise WrongState(
            t("This cannot be done while the state is “%(state)s”.", state=state.label)
        )
    return found[1]


def open_steps(state: TransferState, *, own: bool, other: bool) -> list[str]:
    """The steps that a person on these sides may take now."""
    sides = {"own": own, "other": other, "either": own or other}
    return [action for (at, action), (who, _) in STEPS.items() if at == state and sides[who]]


def judge_request(from_id: int, to_id: int, on: date, today: date) -> None:
    """Refuse a transfer that goes nowhere, or on a day that cannot be meant."""
    if from_id == to_id:
        raise Refusal(t("The teacher is at this school already."), field="school")
    if abs(on - today) > FARTHEST:
        message = t("The day of a transfer lies within a year of today.")
        raise Refusal(message, field="on_date")
