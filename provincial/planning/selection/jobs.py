"""The names of a category as a workbook, within the scope of who asks."""

from __future__ import annotations

from provincial.adapters.spreadsheet_output import SheetOut
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing
from provincial.office.exports.rules import Wanted as Filter
from provincial.planning.nominations import queries as nominations
from provincial.planning.nominations.models import Nomination
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.selection import documents, queries
from provincial.planning.selection.queries import Wanted


def _count(viewer: Viewer, asked: Filter) -> int:
    return queries.count(viewer, _category(viewer, asked).id, _wanted(asked))


def _sheet(viewer: Viewer, asked: Filter) -> SheetOut:
    category = _category(viewer, asked)
    found = queries.all_matching(viewer, category.id, _wanted(asked))
    return documents.sheet(category.name, [documents.row(one) for one in found])


def _category(viewer: Viewer, asked: Filter) -> ProjectCategory:
    found = nominations.category_with_places(viewer, int(asked["category"]))
    if found is None:
        raise Forbidden(t("These names are not for your organisation."))
    return found


def _wanted(asked: Filter) -> Wanted:
    return Wanted(**{name: value for name, value in asked.items() if name != "category"})


NAMES = Listing("nominations.export", Nomination.__tablename__, t("Nominations"), _count, _sheet)
