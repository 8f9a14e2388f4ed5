"""The steps of a run. Rooms read, check and save; here the run keeps what happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func

from provincial.core.db import db, lock
from provincial.core.findings import Finding, finding_from_data
from provincial.core.refusals import StaleVersion
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.exports import actions as exports
from provincial.office.files import actions as files
from provincial.office.files.rules import WORKBOOKS
from provincial.office.imports import rules
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import MACHINE, RunState
from provincial.office.journal.actions import record


def receive(
    kind: str,
    data: bytes,
    filename: str,
    *,
    organisation_id: int,
    context: Mapping[str, Any] | None = None,
    by: Viewer | None,
    org_path: str | None = None,
    title: Text | None = None,
    media_types: Collection[str] = WORKBOOKS,
) -> ImportRun:
    """Keep a workbook as it came and open a run for it.

    ``kind`` names the room's importer, ``title`` says it in words, ``context`` where the data goes, as
    plain values. The room reads the workbook next and calls ``record_check`` in the same
    transaction. Refuses on field ``file``.
    """
    place = org_path if org_path is not None else (by.path if by else "/")
    file = files.store(data, filename, "import", by=by, media_types=media_types, org_path=place)
    run = ImportRun(
        kind=kind,
        title=title.as_data() if title else None,
        organisation_id=organisation_id,
        org_path=place,
        by_user_id=by.user_id if by else None,
        by_name=by.name if by else "",
        file=file,
        context=dict(context or {}),
        understood={},
        findings=[],
        counts={},
        effect={},
    )
    db.session.add(run)
    db.session.flush()
    record(
        "imports.receive",
        run,
        by=by,
        after={"kind": kind, "file": file.name, "sha256": file.sha256},
        label=file.name,
        org_path=place,
        said=t("Uploaded the workbook “%(name)s”", name=file.name),
    )
    return run


def record_check(
    run: ImportRun,
    understood: Mapping[str, Any],
    findings: Sequence[Finding],
    counts: Mapping[str, int],
) -> None:
    """Keep what the room understood and found; worst findings first. Called again after a re-check.

    ``counts`` are numbers by verdict for the page, in order, e.g. ``{"rows": 29, "new": 27}``.
    """
    MACHINE.step(RunState(run.state), "confirm")
    run.understood = dict(understood)
    run.findings = [finding.as_data() for finding in rules.worst_first(findings)]
    run.counts = dict(counts)
    run.version += 1


def findings_of(run: ImportRun) -> list[Finding]:
    """The findings of a run, worst first."""
    return [finding_from_data(data) for data in run.findings]


def confirm(
    run: ImportRun,
    effect: Mapping[str, Any],
    *,
    by: Viewer | None,
    expected_version: int | None = None,
    only_good: bool = False,
) -> None:
    """Note that the room has saved the data; ``effect`` names what was made, to undo it as a whole.

    The room checks the workbook again in the same transaction (``record_check``) and calls this
    last. Refuses while a finding blocks, and when the check the person saw is not the last one.
    With ``only_good`` the room has kept the good rows and the bad ones go back to their sender.
    """
    locked = _locked(run)
    step = MACHINE.step(RunState(locked.state), "confirm")
    if expected_version is not None and expected_version != locked.version:
        raise StaleVersion(t("The workbook was checked again since. Look at the new result first."))
    if not only_good:
        rules.refuse_blocked(findings_of(locked))
    locked.state = step.next_state
    locked.effect = dict(effect)
    locked.confirmed_at = func.clock_timestamp()
    locked.version += 1
    _note("imports.confirm", locked, by, t("Confirmed the import"), after=dict(locked.counts))


def undo(run: ImportRun, reason: str, *, by: Viewer | None) -> None:
    """Note that the room has taken the whole import back; it checks before that nothing builds on it."""
    locked = _locked(run)
    step = MACHINE.step(RunState(locked.state), "undo")
    locked.undo_reason = rules.require_reason(reason)
    locked.state = step.next_state
    locked.undone_at = func.clock_timestamp()
    locked.version += 1
    _note("imports.undo", locked, by, t("Undid the import"), reason=locked.undo_reason)


def discard(run: ImportRun, *, by: Viewer | None) -> None:
    """Put a checked workbook aside; nothing had been saved from it."""
    locked = _locked(run)
    locked.state = MACHINE.step(RunState(locked.state), "discard").next_state
    locked.version += 1
    _note("imports.discard", locked, by, t("Discarded the workbook"))


def note_taken(run: ImportRun, part: str, *, by: Viewer) -> None:
    """Note that somebody took the workbook away: ``original`` or with its ``results`` (R30)."""
    rows = int(run.counts.get("rows") or len(run.findings))
    exports.note(
        f"imports.export_{part}", run, run.file.name, rows, {}, by=by, org_path=run.org_path
    )


def _locked(run: ImportRun) -> ImportRun:
    lock(run)
    return run


def _note(
    action: str,
    run: ImportRun,
    by: Viewer | None,
    said: Text,
    *,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    record(
        action,
        run,
        by=by,
        after=after,
        reason=reason,
        label=run.file.name,
        org_path=run.org_path,
        said=said,
    )
