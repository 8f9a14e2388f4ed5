"""What keeps two records that are one person from becoming one."""

from __future__ import annotations

from collections.abc import Sequence

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.core.text import t


def twice_finding(project: str) -> Finding:
    """Two records that are one person stand on two places of one project (HN-70)."""
    return Finding(
        Severity.BLOCK,
        t("Both records are nominated for %(project)s; withdraw one first.", project=project),
        rule="HN-70",
        code="twice",
    )


def refuse_twice(projects: Sequence[str]) -> None:
    """Refuse to make one record of two that stand on places of the same project."""
    findings = [twice_finding(project) for project in projects]
    if findings:
        raise Refusal(findings[0].message, rule="HN-70", findings=findings)
