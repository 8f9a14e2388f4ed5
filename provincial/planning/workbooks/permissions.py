"""Who splits by spreadsheet: officers of the body whose places they are."""

from __future__ import annotations

from dataclasses import dataclass

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.ledger.permissions import may_see
from provincial.planning.quotas.permissions import may_split


@dataclass(frozen=True, slots=True)
class SplitRun:
    """A workbook on its way in, with the sheet that it splits."""

    run: ImportRun
    sheet: QuotaSheet


def may_see_run(viewer: Viewer, found: SplitRun) -> bool:
    """Whether the viewer may look at this check."""
    return may_see(viewer, found.sheet)


def may_confirm(viewer: Viewer, found: SplitRun) -> bool:
    """Whether the viewer may book what the workbook says."""
    return may_split(viewer, found.sheet)
