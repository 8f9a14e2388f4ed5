"""What a list must say of itself so that it can leave as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core.text import Text
from provincial.core.viewer import Viewer

#: A list with more rows than this is written by a job.
EXPORT_AT_ONCE = 2000

#: A filter as plain values, as a job and the journal keep it.
Wanted = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """One kind of list.

    ``kind`` names its event and its job ("papers.export"), ``thing`` the table it is a list of,
    ``what`` the list in words. ``count`` and ``sheet`` answer within the scope of the viewer;
    ``sheet`` reads all rows, its ``title`` names the file; it raises ``Forbidden`` for a list that
    is not the viewer's.
    """

    kind: str
    thing: str
    what: Text
    count: Callable[[Viewer, Wanted], int]
    sheet: Callable[[Viewer, Wanted], SheetOut]
