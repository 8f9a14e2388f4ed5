"""What a follower is, and how a planned change is read before it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provincial.core.findings import Finding, Severity, blocking
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.people.organisations.rules import ChangeKind, OrganisationChange


@dataclass(frozen=True, slots=True)
class Follower:
    """A room that follows a change of the tree.

    ``preview`` tells what the change touches (a block refuses it); ``follow`` moves it, in the
    transaction of the change and after it, journals what it did, and raises ``Refusal`` to stop all.
    """

    name: str
    preview: Callable[[OrganisationChange], Sequence[Finding]]
    follow: Callable[[OrganisationChange, Viewer], None]


def tree_findings(change: OrganisationChange, touched: int) -> list[Finding]:
    """What the change does to the tree itself, in numbers."""
    found = []
    if change.kind in (ChangeKind.MOVED, ChangeKind.MERGED, ChangeKind.PARTED):
        found.append(_passed(t("%(count)s bodies get another place in the tree.", count=touched)))
    if change.children:
        count = len(change.children)
        sentence = (
            t("%(count)s bodies come back from the successor.", count=count)
            if change.kind is ChangeKind.PARTED
            else t("%(count)s bodies move to the successor.", count=count)
        )
        found.append(_passed(sentence))
    if change.quota_moves:
        found.append(
            Finding(
                Severity.WARN,
                t("From now on its places come from somebody else."),
                rule="HN-01",
                code="quota-parent",
            )
        )
    return found


def refuse_blocked(findings: Sequence[Finding]) -> None:
    """Refuse a step while a follower stands in its way."""
    stops = blocking(findings)
    if stops:
        raise Refusal(stops[0].message, rule=stops[0].rule, findings=stops)


def _passed(message: Text) -> Finding:
    return Finding(Severity.PASS, message, code="tree")
