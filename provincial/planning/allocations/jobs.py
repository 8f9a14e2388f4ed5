"""The list of categories with a quota table as a workbook."""

from __future__ import annotations

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing, Wanted
from provincial.planning.allocations import documents, queries
from provincial.planning.allocations.models import QuotaTable
from provincial.planning.allocations.permissions import may_propose


def _count(_viewer: Viewer, _wanted: Wanted) -> int:
    return len(queries.categories())


def _sheet(viewer: Viewer, _wanted: Wanted) -> SheetOut:
    if not may_propose(viewer):
        raise Forbidden(t("The tables are the provincial office's own business."))
    return documents.list_sheet(queries.categories())


TABLES = Listing("allocations.export", QuotaTable.__tablename__, t("Quota tables"), _count, _sheet)
