"""Writing a long list of schools, a thousand at a time."""

from __future__ import annotations

from provincial.core import clock
from provincial.core.db import db, transaction
from provincial.core.findings import blocking
from provincial.core.refusals import Forbidden, Refusal
from provincial.core.text import t
from provincial.office.files import queries as files
from provincial.office.imports.actions import record_check
from provincial.office.imports.models import ImportRun
from provincial.office.jobs.actions import Result, Run
from provincial.people.schools import actions
from provincial.people.schools.importer import check, new_rows

_CHUNK = 1000


def write(run: Run) -> Result:
    """Register the schools of a checked run; starting again goes on where it stopped.

    A row that is in already reads as unchanged; what the run made is known by the codes that were
    new when the person confirmed.
    """
    by = run.by
    if by is None:
        raise Forbidden(t("Nobody asked for this import."))
    run_id = int(run.args["run_id"])
    with transaction() as session:
        told = session.get_one(ImportRun, run_id)
        data, name = files.content(told.file), told.file.name
        were_new = set(told.understood.get("new", ()))
        checked = check(data, name, by)
        stops = blocking(checked.findings)
        if stops:
            record_check(told, told.understood, checked.findings, checked.counts)
    if stops:
        raise Refusal(stops[0].message, findings=stops)
    rows = new_rows(checked.rows)
    total = len(were_new)
    run.progress(total - len(rows), total)
    for start in range(0, len(rows), _CHUNK):
        with transaction():
            actions.register_rows(rows[start : start + _CHUNK], on=clock.today(), by=by)
        run.progress(total - len(rows) + min(len(rows), start + _CHUNK), total)
    with transaction():
        told = db.session.get_one(ImportRun, run_id)
        changed = [row for row in checked.rows if row.verdict == "changed"]
        made = [row for row in checked.rows if row.code in were_new]
        actions.confirm(told, made, actions.change_rows(changed, by=by), by=by)
    return Result(facts={"rows": total}, url=str(run.args["url"]))
