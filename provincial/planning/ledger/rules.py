"""States and kinds of the ledger, and whether a change can be booked or taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.core.states import State, Tone
from provincial.core.text import Text, t


class SheetState(State):
    """How far a body has come with what it holds (rules.md part 6)."""

    ISSUED = "issued"
    SPLITTING = "splitting"
    ALLOCATED = "allocated"
    LOCKED = "locked"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "issued": (t("Issued"), Tone.WAITING),
            "splitting": (t("Being split"), Tone.ATTENTION),
            "allocated": (t("Fully allocated"), Tone.GOOD),
            "locked": (t("Locked"), Tone.GOOD),
        }


class BatchKind(StrEnum):
    """What an act on the ledger was."""

    ISSUE = "issue"
    CORRECTION = "correction"
    SPLIT = "split"
    GIVE_BACK = "give_back"
    SWAP = "swap"
    TOP_UP = "top_up"
    MOVE = "move"
    UNDO = "undo"

    @property
    def label(self) -> Text:
        """The word for people."""
        return _KIND_LABELS[self]


_KIND_LABELS: dict[BatchKind, Text] = {
    BatchKind.ISSUE: t("Issued"),
    BatchKind.CORRECTION: t("Corrected by supplementary letter"),
    BatchKind.SPLIT: t("Split"),
    BatchKind.GIVE_BACK: t("Given back"),
    BatchKind.SWAP: t("Swapped"),
    BatchKind.TOP_UP: t("Topped up"),
    BatchKind.MOVE: t("Moved with the organisation"),
    BatchKind.UNDO: t("Undone"),
}


@dataclass(frozen=True, slots=True)
class CellFacts:
    """One cell as it stands: ``name`` is the project's, ``body`` the holder's."""

    project_id: int
    name: str
    held: int
    given: int
    body: str = ""
    used: int = 0

    @property
    def unassigned(self) -> int:
        """Places neither handed down nor taken by a nomination."""
        return self.held - self.given - self.used

    @property
    def bound(self) -> int:
        """Places that something builds on: handed down, or taken by a nomination."""
        return self.given + self.used


@dataclass(frozen=True, slots=True)
class Change:
    """What a child's cell is to become: ``delta`` places more (or fewer)."""

    organisation_id: int
    project_id: int
    delta: int


def check_split(
    parents: Mapping[int, CellFacts],
    children: Mapping[tuple[int, int], CellFacts],
    changes: Iterable[Change],
) -> list[Finding]:
    """Why these changes cannot be booked; an empty list when they can (HN-38).

    ``parents`` by project, ``children`` by (organisation, project). One finding per project that
    would hand out more than is held, and one per child that has already passed on more.
    """
    findings: list[Finding] = []
    wanted: dict[int, int] = {}
    for change in changes:
        wanted[change.project_id] = wanted.get(change.project_id, 0) + change.delta
        child = children.get((change.organisation_id, change.project_id))
        held = child.held if child else 0
        if held + change.delta < (child.bound if child else 0):
            findings.append(_passed_on(child, held + change.delta))
    for project_id, delta in wanted.items():
        parent = parents.get(project_id)
        if delta <= 0:
            continue
        if parent is None or parent.bound + delta > parent.held:
            findings.append(_over(parent, project_id, delta))
    return findings


def _passed_on(child: CellFacts | None, left: int) -> Finding:
    name, body = (child.name, child.body) if child else ("", "")
    bound = child.bound if child else 0
    words = {"body": body, "given": bound, "project": name, "left": left}
    if child and child.used:
        message = t(
            "%(body)s has already filled or passed on %(given)s places of %(project)s, so it cannot "
            "hold %(left)s.",
            **words,
        )
    else:
        message = t(
            "%(body)s has already passed on %(given)s places of %(project)s, so it cannot hold %(left)s.",
            **words,
        )
    return Finding(
        Severity.BLOCK,
        message,
        rule="HN-38",
        code="passed_on",
        measured=str(left),
        limit=str(bound),
        mend=t("Ask %(body)s to take back or give back places first.", body=body),
    )


def _over(parent: CellFacts | None, project_id: int, delta: int) -> Finding:
    if parent is None:
        return Finding(
            Severity.BLOCK,
            t("You hold no places in one of the columns."),
            rule="HN-38",
            code="not_held",
            measured=str(delta),
            limit="0",
        )
    total = parent.bound + delta
    return Finding(
        Severity.BLOCK,
        t(
            "%(project)s: %(sum)s places would be handed out, but only %(held)s are held.",
            project=parent.name,
            sum=total,
            held=parent.held,
        ),
        rule="HN-38",
        code="over_allocated",
        measured=str(total),
        limit=str(parent.held),
        mend=t(
            "Lower another body's figure in this column by %(n)s.",
            n=total - parent.held,
        ),
    )


def sheet_state(held: int, given: int, locked: bool, used: int = 0) -> SheetState:
    """The state that follows from the sums; a locked sheet stays locked while the sums agree.

    A place that the holder fills itself counts as handed on; nothing is left of it to hand down.
    """
    if given and given + used == held:
        return SheetState.LOCKED if locked else SheetState.ALLOCATED
    return SheetState.SPLITTING if given else SheetState.ISSUED


def into_province(units_gain: int, unassigned: int) -> int:
    """Places of a project that come into the province (below nought: leave it) by its own table.

    What the units gain comes first out of what the province holds unassigned, given back before;
    what they lose leaves the province.
    """
    return max(0, units_gain - unassigned) if units_gain > 0 else units_gain


def back_into_province(units_gain: int, came_in: int, unassigned: int) -> int:
    """The same when rows of such a table are taken back; ``came_in`` is what it still brought in.

    Only what the table brought in leaves again; what it took out of the unassigned becomes so again.
    """
    if units_gain <= 0:
        return -min(-units_gain, max(came_in, 0))
    again = min(units_gain, max(-came_in, 0))
    return again + into_province(units_gain - again, unassigned)


def check_reason(reason: str) -> str:
    """A reason in words; refused when it says nothing."""
    text = reason.strip()
    if len(text) < 2:
        raise Refusal(t("Say why, in a sentence."), field="reason")
    return text
