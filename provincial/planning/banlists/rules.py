"""How a row of a paper list of bans is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from provincial.core.findings import Finding, Severity
from provincial.core.identity import match_key
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.planning.integrity.rules import CAUSE_WORDS

#: A list of this length is still read and written while the page waits.
MOST_ROWS = 2000
_CAUSES = {match_key(word): code for code, words in CAUSE_WORDS.items() for word in words}
#: Findings that make the whole list unusable, whatever its rows say.
_STOPS = frozenset({"no-heading", "column-missing", "column-twice", "no-rows", "too-many-rows"})


@dataclass(frozen=True, slots=True)
class BanRow:
    """One ban as the list tells it, the teacher found on the register."""

    row: int
    teacher_id: int
    name: str
    school: str
    cause: str
    event_on: date
    ends_on: date
    training_name: str
    notice_number: str
    note: str
    verdict: str

    def as_data(self) -> dict[str, Any]:
        """Plain values for the run's record and its page; no ID number among them (R6)."""
        days = {"event_on": self.event_on.isoformat(), "ends_on": self.ends_on.isoformat()}
        return asdict(self) | days


def cause_of(text: str) -> str:
    """The cause that a cell names; refuses other words, and names those allowed."""
    code = _CAUSES.get(match_key(text))
    if code is None:
        allowed = "、".join(words[0] for words in CAUSE_WORDS.values())
        message = t("This is no cause of a ban.")
        mend = t("Write one of %(words)s.", words=allowed)
        raise Refusal(message, findings=[Finding(Severity.BLOCK, message, code="cause", mend=mend)])
    return code


def stops_all(findings: Sequence[Finding]) -> list[Finding]:
    """What makes the whole list unusable."""
    blocks = (one for one in findings if one.severity is Severity.BLOCK)
    return [one for one in blocks if one.code in _STOPS]


def require_untouched(in_force: int, objected: int) -> None:
    """A list is undone while nobody builds on it."""
    if in_force:
        raise Refusal(
            t(
                "%(count)s bans of this list are in force or decided; they are lifted one by one "
                "by two officers.",
                count=in_force,
            )
        )
    if objected:
        raise Refusal(t("Objections to bans of this list are on record; decide them first."))
