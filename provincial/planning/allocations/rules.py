"""States of a table, the difference between two tables, and what a table needs."""

from __future__ import annotations

from collections.abc import Mapping

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.core.states import State, Tone
from provincial.core.text import Text, t


class TableState(State):
    """Where a table stands on its way to being issued."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "draft": (t("Draft"), Tone.NEUTRAL),
            "submitted": (t("Waits for the second officer"), Tone.WAITING),
            "issued": (t("Issued"), Tone.GOOD),
            "withdrawn": (t("Withdrawn"), Tone.NEUTRAL),
            "undone": (t("Undone"), Tone.BLOCKED),
        }


def check_second_officer(made_by: int | None, acting: int) -> None:
    """Issuing a table needs another person than the one who made it (R14)."""
    if made_by == acting:
        raise Refusal(
            t("You prepared this table yourself; a second officer must issue it."), rule="HN-32"
        )


def differences(
    before: Mapping[tuple[int, int], int], after: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells that differ between two tables, as (before, after); a cell not named counts as nought."""
    keys = before.keys() | after.keys()
    pairs = {key: (before.get(key, 0), after.get(key, 0)) for key in keys}
    return {key: pair for key, pair in sorted(pairs.items()) if pair[0] != pair[1]}


def supply_finding(own: int, new: int) -> Finding | None:
    """Where the places that the units gain come from, when the province has some of its own left."""
    if not own:
        return None
    return Finding(
        Severity.PASS,
        t(
            "%(own)s places come from those that the province holds unassigned; %(new)s are added.",
            own=own,
            new=new,
        ),
        rule="HN-38",
        code="own_unassigned",
    )


def check_wanted(wanted: Mapping[tuple[int, int], int]) -> None:
    """Places are whole and not negative; the readers of forms and files have seen to the rest."""
    if any(places < 0 for places in wanted.values()):
        raise Refusal(t("A number of places cannot be negative."), rule="HN-32")


def check_submit(changes: int, had_one: bool, reason: str) -> str:
    """What a table needs before a second officer sees it: a change, and a reason for a correction."""
    if not changes:
        raise Refusal(t("The table is the same as the one in force; there is nothing to issue."))
    text = reason.strip()
    if had_one and len(text) < 2:
        raise Refusal(
            t("A table is in force already: say why it is corrected."),
            field="reason",
            rule="HN-32",
        )
    return text
