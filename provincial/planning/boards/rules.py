"""How far a body has come, in a word; and the moment that the reader asks for."""

from __future__ import annotations

from datetime import datetime

from provincial.core.clock import CHINA
from provincial.core.refusals import Refusal
from provincial.core.states import State, Tone
from provincial.core.text import Text, t


class Standing(State):
    """How far a body has come with handing down; read from its sums, so it is known for any moment."""

    NOTHING = "nothing"
    WAITING = "waiting"
    SPLITTING = "splitting"
    DONE = "done"
    ARRIVED = "arrived"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "nothing": (t("No places"), Tone.NEUTRAL),
            "waiting": (t("Nothing split yet"), Tone.WAITING),
            "splitting": (t("Being split"), Tone.ATTENTION),
            "done": (t("Fully allocated"), Tone.GOOD),
            "arrived": (t("At the school"), Tone.GOOD),
        }


def standing(held: int, given: int, *, is_school: bool) -> Standing:
    """The word for a body's sums; a school hands nothing further down."""
    if not held:
        return Standing.NOTHING
    if is_school:
        return Standing.ARRIVED
    if not given:
        return Standing.WAITING
    return Standing.DONE if given == held else Standing.SPLITTING


def read_moment(raw: str, now: datetime) -> datetime | None:
    """A moment typed in China's time (``2023-11-20T17:00``); nothing for an empty field."""
    text = raw.strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise Refusal(t("“%(text)s” is not a date with a time.", text=text[:30])) from fault
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=CHINA)
    if not 2000 <= moment.year <= 2100:
        raise Refusal(t("“%(text)s” is not a date with a time.", text=text[:30]))
    return min(moment, now)
