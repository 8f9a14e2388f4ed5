"""States of an import run, and what stands in the way of confirming it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provincial.core.findings import Finding, Severity, blocking
from provincial.core.refusals import Refusal
from provincial.core.states import Machine, State, Tone, Transition
from provincial.core.text import Text, t


@dataclass(frozen=True, slots=True)
class ImportKind:
    """A kind of workbook, declared in the sitemap: what it is, and the page of its room for a run."""

    label: Text
    endpoint: str


class RunState(State):
    """Where a workbook stands on its way in."""

    CHECKED = "checked"
    CONFIRMED = "confirmed"
    UNDONE = "undone"
    DISCARDED = "discarded"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "checked": (t("Checked, not saved yet"), Tone.WAITING),
            "confirmed": (t("Confirmed"), Tone.GOOD),
            "undone": (t("Undone"), Tone.NEUTRAL),
            "discarded": (t("Discarded"), Tone.NEUTRAL),
        }


#: Who may take a step is decided by the room whose data the workbook brings.
_ANYBODY: frozenset[str] = frozenset()

MACHINE = Machine(
    (
        Transition(
            RunState.CHECKED, "confirm", _ANYBODY, RunState.CONFIRMED, t("Confirm"), grave=True
        ),
        Transition(RunState.CHECKED, "discard", _ANYBODY, RunState.DISCARDED, t("Discard")),
        Transition(
            RunState.CONFIRMED,
            "undo",
            _ANYBODY,
            RunState.UNDONE,
            t("Undo the import"),
            grave=True,
            needs_reason=True,
        ),
    )
)

#: Kinds of workbook that hold ID numbers or phones of people.
PERSONAL_KINDS = frozenset({"teachers", "bans", "nominations", "nomination_copy"})

#: Kinds that bring figures of a plan, which the programme office reads once they are confirmed. Not
#: the province's own table: that is its business until it is issued.
PLAN_KINDS = frozenset({"quota_split", "figures"})

_ORDER = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.PASS: 2}


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings with those that refuse on top; among equals as they were found."""
    return sorted(findings, key=lambda finding: _ORDER[finding.severity])


def refuse_blocked(findings: Iterable[Finding]) -> None:
    """Refuse while a finding blocks."""
    stops = blocking(findings)
    if stops:
        raise Refusal(
            t("%(count)s findings must be mended in the workbook first.", count=len(stops)),
            findings=stops,
        )


def require_reason(reason: str) -> str:
    """The reason, tidied; refuses an empty one."""
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    return reason.strip()
