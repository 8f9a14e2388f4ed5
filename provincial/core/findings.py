"""What a rule answers: pass, warn or block, with the measured value, the limit and the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provincial.core.text import Text, text_from_data


class Severity(StrEnum):
    """How a finding binds: ``warn`` needs a recorded reason, ``block`` refuses."""

    PASS = "pass"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer of one rule.

    ``rule`` is the id in the rulebook (``HN-38``, ``A-09``) or empty for a plain input check;
    ``cell`` is a place in a workbook (``附件4!C7``); ``code`` is a stable machine word;
    ``mend`` says how to put it right.
    """

    severity: Severity
    message: Text
    rule: str = ""
    code: str = ""
    cell: str = ""
    measured: str = ""
    limit: str = ""
    mend: Text | None = None

    def as_data(self) -> dict[str, object]:
        """A form that JSON can hold; ``finding_from_data`` reads it back."""
        return {
            "severity": self.severity.value,
            "message": self.message.as_data(),
            "rule": self.rule,
            "code": self.code,
            "cell": self.cell,
            "measured": self.measured,
            "limit": self.limit,
            "mend": self.mend.as_data() if self.mend else None,
        }


def finding_from_data(data: Mapping[str, object]) -> Finding:
    """Read what ``Finding.as_data`` wrote."""
    mend = data.get("mend")
    return Finding(
        severity=Severity(str(data["severity"])),
        message=text_from_data(data["message"]),  # type: ignore[arg-type]
        rule=str(data.get("rule") or ""),
        code=str(data.get("code") or ""),
        cell=str(data.get("cell") or ""),
        measured=str(data.get("measured") or ""),
        limit=str(data.get("limit") or ""),
        mend=text_from_data(mend) if mend else None,  # type: ignore[arg-type]
    )


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that refuse the act."""
    return [finding for finding in findings if finding.severity is Severity.BLOCK]
