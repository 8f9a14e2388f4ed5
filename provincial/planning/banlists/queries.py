"""Reading what a list of bans made, and which events are on record already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import BigInteger, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.people.teachers.models import Teacher
from provincial.planning.integrity.models import Ban, BanObjection

KIND = "bans"


def run_in_scope(viewer: Viewer, run_id: int) -> ImportRun | None:
    """A run of this import of the viewer's own body."""
    return db.session.scalar(
        select(ImportRun)
        .where(
            ImportRun.id == run_id,
            ImportRun.kind == KIND,
            ImportRun.organisation_id == viewer.organisation_id,
        )
        .options(joinedload(ImportRun.file))
    )


def known_events(teacher_ids: Iterable[int]) -> set[tuple[int, str, date]]:
    """Teacher, cause and day of every ban that is on record for these teachers."""
    wanted = any_(literal(sorted(set(teacher_ids)), ARRAY(BigInteger)))
    rows = db.session.execute(
        select(Ban.teacher_id, Ban.cause, Ban.event_on).where(Ban.teacher_id == wanted)
    )
    return set(rows.tuples().all())


def bans_of_run(run: ImportRun) -> Sequence[Ban]:
    """The bans that a list made, in order."""
    return db.session.scalars(
        select(Ban)
        .where(Ban.import_run_id == run.id)
        .options(joinedload(Ban.teacher).joinedload(Teacher.organisation))
        .order_by(Ban.id)
    ).all()


def waiting(run: ImportRun) -> Sequence[Ban]:
    """The bans of a list that wait for the second officer."""
    return [ban for ban in bans_of_run(run) if ban.state == "proposed" and ban.asked == "sign"]


def objected(run: ImportRun) -> int:
    """How many objections to bans of a list are on record."""
    statement = (
        select(func.count(BanObjection.id))
        .join(Ban, Ban.id == BanObjection.ban_id)
        .where(Ban.import_run_id == run.id)
    )
    return db.session.scalar(statement) or 0
