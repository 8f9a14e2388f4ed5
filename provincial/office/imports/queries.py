"""Reading import runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer, joinedload

from provincial.core.db import db
from provincial.core.findings import Finding, Severity, blocking, finding_from_data
from provincial.core.paging import Key, Page, paginate
from provincial.core.viewer import Viewer
from provincial.office.imports import permissions
from provincial.office.imports.models import ImportRun
from provincial.office.journal.queries import timeline

#: What a list needs of a run: not the whole of what was understood and found.
_LIGHT = (joinedload(ImportRun.file), defer(ImportRun.understood), defer(ImportRun.findings))


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
    statement = _matching(viewer, kind, state).options(*_LIGHT)
    keys = [Key(ImportRun.id, descending=True)]
    return paginate(db.session(), statement, keys, after=after, before=before)


def count(viewer: Viewer, *, kind: str = "", state: str = "") -> int:
    """How many runs the list has."""
    found = _matching(viewer, kind, state).with_only_columns(func.count())
    return int(db.session.scalar(found) or 0)


def rows(viewer: Viewer, *, kind: str = "", state: str = "") -> Sequence[ImportRun]:
    """The whole list, newest first, without what was understood."""
    statement = _matching(viewer, kind, state).options(*_LIGHT).order_by(ImportRun.id.desc())
    return list(db.session.scalars(statement))


def _matching(viewer: Viewer, kind: str, state: str) -> Select[ImportRun]:
    statement = select(ImportRun).where(permissions.visible(viewer))
    if kind:
        statement = statement.where(ImportRun.kind == kind)
    return statement.where(ImportRun.state == state) if state else statement


def verdict(findings: Iterable[Finding]) -> Verdict:
    """The findings counted by severity."""
    counted = Counter(finding.severity for finding in findings)
    return Verdict(counted[Severity.BLOCK], counted[Severity.WARN], counted[Severity.PASS])


def run_page(run: ImportRun) -> dict[str, Any]:
    """What the page of a run shows in every room: its state, its findings, what happened to it."""
    found = [finding_from_data(data) for data in run.findings]
    return {
        "run": run,
        "state": run.status,
        "findings": found,
        "blocked": bool(blocking(found)),
        "events": timeline(run),
    }
