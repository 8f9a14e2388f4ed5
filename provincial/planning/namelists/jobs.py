"""Taking a long list in, with progress."""

from __future__ import annotations

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Forbidden
from provincial.core.text import t
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import RunState
from provincial.office.jobs.actions import Result, Run
from provincial.planning.namelists import importer

TAKE_IN = "nominations.take_in"


def take_in(run: Run) -> Result:
    """Enter the good rows of a checked list in one transaction; started again after a kill it finds
    either nothing done or all of it."""
    by = run.by
    if by is None:
        raise Forbidden(t("Nobody asked for this work."))
    number, url = int(run.args["run_id"]), str(run.args["url"])
    with transaction() as session:
        told = session.get_one(ImportRun, number)
        total = int(told.counts.get("rows", 0))
        done = told.state == RunState.CONFIRMED
    if done:
        return Result(facts={"rows": total}, url=url)
    run.progress(0, total)
    with transaction() as session:
        told = session.get_one(ImportRun, number)
        reason = str(run.args.get("reason", ""))
        taken = importer.take_in(told, reason, by=by, now=clock.now())
        entered = len(taken.good)
    run.progress(total, total)
    return Result(facts={"rows": entered}, url=url)
