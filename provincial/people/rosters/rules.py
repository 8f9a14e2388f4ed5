"""When a list of teachers can be taken at all, and when taking it is long work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provincial.core.findings import Finding, Severity
from provincial.people.teachers.rules import TeacherRow

#: What a run of this import is called in the table of imports.
KIND = "teachers"
#: Above this many rows confirming runs as a job.
ROWS_AT_ONCE = 500
#: Findings about the whole list: with one of these nothing of it can be taken.
_OF_THE_LIST = frozenset(
    {"no-heading", "column-missing", "column-twice", "too-many-rows", "no-rows"}
)


def stops_all(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that make the whole list unusable, not only one row."""
    blocks = [finding for finding in findings if finding.severity is Severity.BLOCK]
    return [finding for finding in blocks if finding.code in _OF_THE_LIST]


def nothing_to_take(rows: Sequence[TeacherRow]) -> bool:
    """Whether a list holds no row that would change the register."""
    return all(row.verdict == "unchanged" for row in rows)
