"""A worker of the real site that knows one kind of work: count slowly, each number once."""

from __future__ import annotations

import sys
import time

from sqlalchemy import text

from provincial import create_app
from provincial.core.db import transaction
from provincial.office.jobs.actions import Result, Run
from provincial.office.jobs.commands import worker


def count(run: Run) -> Result:
    """Write the numbers, one short transaction each; a number that is there is passed over."""
    total = int(run.args["total"])
    for number in range(1, total + 1):
        with transaction() as session:
            new = session.execute(
                text("insert into counted values (:n) on conflict do nothing returning n"),
                {"n": number},
            ).scalar()
        if new:
            time.sleep(0.04)
        run.progress(number, total)
    return Result(facts={"numbers": total})


if __name__ == "__main__":
    app = create_app({"DATABASE_URL": sys.argv[1], "PTP_INSTANCE": sys.argv[2]})
    app.config["JOB_HANDLERS"] = {"test.count": count}
    app.config["TICKS"] = ()
    with app.app_context():
        worker.main([], standalone_mode=False)
