"""Writing a checked list of bans, putting it in force by a second officer, taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from provincial.core import clock
from provincial.core.db import db, lock
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import RunState
from provincial.office.journal.actions import record
from provincial.people.teachers.models import Teacher
from provincial.planning.banlists import queries, rules
from provincial.planning.banlists.rules import BanRow
from provincial.planning.bans.actions import put_in_force
from provincial.planning.bans.rules import require_second_officer
from provincial.planning.integrity.models import Ban


def take(
    run: ImportRun,
    rows: Sequence[BanRow],
    *,
    by: Viewer,
    expected_version: int | None = None,
) -> None:
    """Propose and sign the bans of a checked list; a second officer puts them in force (R14).

    The events were made known on paper, so no objection window opens; whoever is concerned is told
    when the bans come in force, and may object then.
    """
    teachers = {row.teacher_id: db.session.get_one(Teacher, row.teacher_id) for row in rows}
    bans = [
        Ban(
            teacher=teachers[row.teacher_id],
            organisation_id=run.organisation_id,
            cause=row.cause,
            event_on=row.event_on,
            ends_on=row.ends_on,
            training_name=row.training_name,
            notice_number=row.notice_number,
            note=row.note,
            proposed_by_id=by.user_id,
            signed_by_id=by.user_id,
            asked="sign",
            asked_by_id=by.user_id,
            import_run_id=run.id,
        )
        for row in rows
    ]
    db.session.add_all(bans)
    db.session.flush()
    for ban in bans:
        school = ban.teacher.organisation
        record(
            "banlists.take",
            ban,
            by=by,
            after={"cause": ban.cause, "event_on": ban.event_on, "run": run.id},
            label=school.name,
            org_path=school.path,
            said=t("Proposed and signed the ban from a paper list"),
        )
    effect = {"made": [ban.id for ban in bans]}
    imports.confirm(run, effect, by=by, expected_version=expected_version, only_good=True)


def put_list_in_force(run: ImportRun, *, by: Viewer, now: datetime) -> int:
    """The second officer puts the signed bans of a list in force; how many (R14)."""
    lock(run)
    bans = queries.waiting(run)
    if run.state != RunState.CONFIRMED or not bans:
        raise Refusal(t("No ban of this list waits for a second officer."))
    for ban in bans:
        require_second_officer(by.user_id, ban.asked_by_id)
    count = put_in_force(bans, by=by, now=now)
    record(
        "banlists.put_in_force",
        run,
        by=by,
        after={"bans": count, "on": clock.china_date(now)},
        label=run.file.name,
        org_path=run.org_path,
        said=t("Put %(count)s bans in force", count=count),
    )
    return count


def undo(run: ImportRun, reason: str, *, by: Viewer) -> None:
    """Take a whole list back while none of its bans is in force, decided or objected to."""
    lock(run)
    bans = queries.bans_of_run(run)
    settled = sum(ban.state != "proposed" for ban in bans)
    rules.require_untouched(settled, queries.objected(run))
    imports.undo(run, reason, by=by)
    for ban in bans:
        school = ban.teacher.organisation
        record(
            "banlists.undo",
            ban,
            by=by,
            reason=reason,
            label=school.name,
            org_path=school.path,
            said=t("Taken back with its import"),
        )
    db.session.execute(
        delete(Ban)
        .where(Ban.id.in_([ban.id for ban in bans]))
        .execution_options(synchronize_session="fetch")
    )
