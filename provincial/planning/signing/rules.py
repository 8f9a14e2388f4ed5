"""What may be done with one name on a desk, as plain values for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provincial.core.findings import Finding, Severity
from provincial.core.text import t


@dataclass(frozen=True, slots=True)
class Tick:
    """What a page may do with one name: sign, hand up unsigned, return, refuse; and what stops it."""

    signs: bool
    passes_up: bool
    returns: bool
    refuses: bool
    stops: Sequence[Finding] = ()

    @property
    def any(self) -> bool:
        """Whether ticking the name leads anywhere."""
        return self.signs or self.returns or self.refuses


def own_entry_finding() -> Finding:
    """Nobody signs what they have entered themselves."""
    return Finding(
        Severity.WARN,
        t("Entered by you: a colleague must sign."),
        rule="HN-37",
        code="own_entry",
    )
