"""Reading import runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from provincial.core.db import db
from provincial.core.findings import Finding, Severity
from provincial.core.paging import Key, Page, paginate
from provincial.core.viewer import Viewer
from provincial.office.imports import permissions
from provincial.office.imports.models import ImportRun


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many findings refuse, warn and pass."""

    blocked: int
    warned: int
    passed: int


def run_in_scope(viewer: Viewer, run_id: int) -> ImportRun | None:
    """The run with this id, when the viewer may see it."""
    return db.session.scalar(
        select(ImportRun)
        .where(ImportRun.id == run_id, permissions.visible(viewer))
        .options(joinedload(ImportRun.file))
    )


def runs(
    viewer: Viewer, *, kind: str = "", state: str = "", after: str = "", before: str = ""
) -> Page[ImportRun]:
    """One page of runs in scope, newest first, without what was understood."""
    statement = (
        select(ImportRun)
        .where(permissions.visible(viewer))
        .options(joinedload(ImportRun.file), defer(ImportRun.understood), defer(ImportRun.findings))
    )
    if kind:
        statement = statement.where(ImportRun.kind == kind)
    if state:
        statement = statement.where(ImportRun.state == state)
    keys = [Key(ImportRun.id, descending=True)]
    return paginate(db.session(), statement, keys, after=after, before=before)


def verdict(findings: Iterable[Finding]) -> Verdict:
    """The findings counted by severity."""
    counted = Counter(finding.severity for finding in findings)
    return Verdict(counted[Severity.BLOCK], counted[Severity.WARN], counted[Severity.PASS])
