"""Exporting more teachers than a page can wait for."""

from __future__ import annotations

from provincial.core.db import transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.files import actions as file_actions
from provincial.office.jobs.actions import Result, Run
from provincial.people.teachers import actions, documents, queries

EXPORT = "teachers.export"


def export(run: Run) -> Result:
    """Write the teachers that a filter finds, within the scope of who asked, masked (R7)."""
    by = _person(run)
    wanted = queries.TeacherFilter(**run.args["filter"])
    with transaction():
        rows = [documents.row(teacher) for teacher in queries.export_teachers(by, wanted)]
    run.progress(0, len(rows))
    data = documents.workbook(rows)
    with transaction():
        file = file_actions.store(data, "教师名册.xlsx", "export", by=None, org_path=by.path)
        actions.note_export(len(rows), wanted.as_data(), by=by)
        return Result(facts={"rows": len(rows)}, file_id=file.id)


def _person(run: Run) -> Viewer:
    if run.by is None:
        raise Forbidden(t("Nobody asked for this work."))
    return run.by
