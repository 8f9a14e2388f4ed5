"""The export of more names than a page can wait for."""

from __future__ import annotations

from provincial.core.db import transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.office.files import actions as files
from provincial.office.jobs.actions import Result, Run
from provincial.planning.nominations import queries as nominations
from provincial.planning.nominations.queries import Wanted
from provincial.planning.selection import actions, documents

EXPORT = "nominations.export"


def export(run: Run) -> Result:
    """Write the names that a filter finds, within the scope of who asked, masked (R7)."""
    by = run.by
    with transaction():
        number = int(run.args["category"])
        category = nominations.category_with_places(by, number) if by else None
        if by is None or category is None:
            raise Forbidden(t("These names are not for your organisation."))
        wanted = Wanted(**run.args["filter"])
        found = nominations.all_matching(by, category.id, wanted)
        rows = [documents.row(nomination) for nomination in found]
        name = category.name
    run.progress(0, len(rows))
    data = documents.workbook(name, rows)
    with transaction() as session:
        file = files.store(data, documents.file_name(name), "export", by=None, org_path=by.path)
        actions.note_export(len(rows), session.merge(category), wanted, by=by)
        return Result(facts={"rows": len(rows)}, file_id=file.id)
