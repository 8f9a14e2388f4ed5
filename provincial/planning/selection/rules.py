"""How far a nomination has come on its way, from its change log; when filling is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from provincial.core.text import Text, t
from provincial.planning.nominations.rules import Level

#: Acts by which a desk has passed a name on; a return or a taking up begins the way anew.
_SIGNATURES = frozenset(
    {"confirm", "approve", "submit", "submit_green", "approve_green", "accept", "pass_up"}
)
_BEGINNINGS = frozenset({"return", "take_up", "reopen"})

LEVELS: dict[Level, Text] = {
    Level.SCHOOL: t("School"),
    Level.COUNTY: t("County"),
    Level.CITY: t("City level"),
    Level.PROVINCE: t("Province level"),
}

#: What each line of a change log is called.
ACTS: dict[str, Text] = {
    "enter": t("Entered"),
    "step_in": t("Entered as stand-in"),
    "change": t("Changed"),
    "confirm": t("Confirmed by the school"),
    "approve": t("Approved by the county"),
    "submit": t("Submitted by the city"),
    "submit_green": t("Submitted for the green channel"),
    "approve_green": t("Approved for the green channel"),
    "accept": t("Confirmed by the province"),
    "pass_up": t("Passed up unsigned"),
    "return": t("Returned"),
    "refuse": t("Refused"),
    "withdraw": t("Withdrawn"),
    "replace": t("Replaced by another teacher"),
    "recall": t("Taken back with the list"),
    "release": t("Place given free"),
    "take_up": t("Taken up again"),
    "reopen": t("Confirmation taken back"),
    "move": t("Moved along with the bodies of the tree"),
    "merge": t("Moved to the record that stays"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """One line of a change log: which desk, what, who, when."""

    organisation_id: int
    action: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """One desk on a nomination's way: signed, passed up unsigned, in turn, or still to come."""

    organisation_id: int
    body: str
    level: Level
    by_name: str = ""
    at: datetime | None = None
    unsigned: bool = False
    is_turn: bool = False

    @property
    def label(self) -> Text:
        """The level in a word."""
        return LEVELS[self.level]


def way_so_far(
    desks: Sequence[tuple[int, str, Level]], acts: Sequence[Act], waits_at_id: int | None
) -> list[Stop]:
    """The desks in order, each with its last signature; ``acts`` are the oldest first."""
    signed: dict[int, Act] = {}
    for act in acts:
        if act.action in _BEGINNINGS:
            # A return begins below the desk that returned; a confirmation taken back only there.
            signed = {} if act.action != "reopen" else _without(signed, act.organisation_id)
        elif act.action in _SIGNATURES:
            signed[act.organisation_id] = act
    stops = []
    for organisation_id, body, level in desks:
        turn = organisation_id == waits_at_id
        found = None if turn else signed.get(organisation_id)
        stops.append(
            Stop(
                organisation_id,
                body,
                level,
                found.by_name if found else "",
                found.at if found else None,
                found is not None and found.action == "pass_up",
                turn,
            )
        )
    return stops


def _without(signed: dict[int, Act], organisation_id: int) -> dict[int, Act]:
    return {body: act for body, act in signed.items() if body != organisation_id}


def asks_to_fill(free: int, is_school: bool, sheet_state: str, is_open: bool) -> bool:
    """Whether a body is asked to fill places: free ones, an open window, and nobody to split to.

    A bureau that may still split is asked for the same places there (HN-38), and not twice.
    """
    return free > 0 and is_open and (is_school or sheet_state == "locked")
