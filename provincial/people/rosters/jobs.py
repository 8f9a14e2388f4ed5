"""Writing a long list of teachers in chunks."""

from __future__ import annotations

from provincial.core import clock
from provincial.core.db import db, transaction
from provincial.core.refusals import Forbidden, Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.files import queries as files
from provincial.office.imports.models import ImportRun
from provincial.office.jobs.actions import Result, Run
from provincial.people.rosters import actions
from provincial.people.rosters.importer import Checked, check

WRITE = "teachers.write"
_CHUNK = 500


def write(run: Run) -> Result:
    """Register the good rows of a checked run; starting again goes on where it stopped.

    A row that is in already reads as unchanged, and its step names the run.
    """
    by = _person(run)
    run_id = int(run.args["run_id"])
    with transaction() as session:
        told = session.get_one(ImportRun, run_id)
        checked = check(files.content(told.file), told.file.name, by, clock.today())
    if checked.stops:
        raise Refusal(checked.stops[0].message, findings=checked.stops)
    todo = [row for row in checked.rows if row.verdict != "unchanged"]
    done = len(checked.rows) - len(todo)
    run.progress(done, len(checked.rows))
    for start in range(0, len(todo), _CHUNK):
        with transaction():
            _write(run_id, checked, start, by)
        run.progress(done + min(len(todo), start + _CHUNK), len(checked.rows))
    with transaction() as session:
        actions.confirm(session.get_one(ImportRun, run_id), by=by)
    return Result(facts={"rows": len(checked.rows)}, url=str(run.args["url"]))


def _write(run_id: int, checked: Checked, start: int, by: Viewer) -> None:
    told = db.session.get_one(ImportRun, run_id)
    chunk = [row for row in checked.rows if row.verdict != "unchanged"][start : start + _CHUNK]
    new = [row for row in chunk if row.verdict == "new"]
    changed = [row for row in chunk if row.verdict == "changed"]
    actions.register_rows(new, told, on=clock.today(), by=by)
    actions.change_rows(changed, told, on=clock.today(), by=by)


def _person(run: Run) -> Viewer:
    if run.by is None:
        raise Forbidden(t("Nobody asked for this work."))
    return run.by
