"""The states of a correction and what becomes of its fields when the school agrees."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from provincial.core.refusals import Refusal, WrongState
from provincial.core.states import State, Tone
from provincial.core.text import Text, t
from provincial.people.teachers.rules import locked_fields


class CorrectionState(State):
    """Where a correction stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    FORWARDED = "forwarded"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "proposed": (t("Waits for the school"), Tone.WAITING),
            "confirmed": (t("Confirmed"), Tone.GOOD),
            "forwarded": (t("To be corrected at the source"), Tone.ATTENTION),
            "declined": (t("Declined"), Tone.BLOCKED),
            "withdrawn": (t("Withdrawn by the teacher"), Tone.NEUTRAL),
        }


def require_proposed(state: str) -> None:
    """Refuse to answer or withdraw a correction that has its answer."""
    if state != CorrectionState.PROPOSED:
        label = CorrectionState(state).label
        raise WrongState(t("This cannot be done while the state is “%(state)s”.", state=label))


def require_changes(fields: Collection[str]) -> None:
    """Refuse a correction that changes nothing."""
    if not fields:
        raise Refusal(t("Nothing differs from the record; change what is wrong."))


def parted(fields: Collection[str], sources: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """(fields that the school can set here, fields that are corrected at the source) (ZJ22-61)."""
    locked = set(fields) & locked_fields(sources)
    return set(fields) - locked, locked
