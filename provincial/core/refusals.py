"""Why an act was not done. A refusal lands on its form field with its article, page 422."""

from __future__ import annotations

from collections.abc import Sequence

from provincial.core.findings import Finding, Severity
from provincial.core.text import Text


class Refusal(Exception):
    """An act that a rule, a state or another person's change forbids.

    ``field`` names the form field it belongs to (empty: the whole form), ``rule`` the rule id.
    ``findings`` carries several reasons at once.
    """

    status = 422

    def __init__(
        self,
        message: Text,
        *,
        field: str = "",
        rule: str = "",
        findings: Sequence[Finding] = (),
    ) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field
        self.rule = rule
        self.findings = list(findings)

    def as_findings(self) -> list[Finding]:
        """The refusal as findings, for exports and the command line."""
        if self.findings:
            return self.findings
        return [Finding(Severity.BLOCK, self.message, rule=self.rule)]


class WrongState(Refusal):
    """The thing is not in a state in which this act exists."""


class StaleVersion(Refusal):
    """Somebody else saved in between; ``theirs`` holds their version by field for display."""

    status = 409

    def __init__(self, message: Text, *, theirs: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.theirs = theirs or {}


class Forbidden(Refusal):
    """The thing is in sight of this person, but the act is not theirs to do."""

    status = 403
