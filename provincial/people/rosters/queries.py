"""Reading runs of the import: whose schools, what a run did, what has been built on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, any_, exists, func, literal, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import joinedload

from provincial.core.db import Base, db
from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind, OrganisationState
from provincial.people.rosters.rules import KIND
from provincial.people.teachers.models import Teacher, TeacherEvent
from provincial.people.teachers.permissions import schools_in_scope
from provincial.people.teachers.rules import EventKind, TeacherState


def schools_for(viewer: Viewer) -> Sequence[Organisation]:
    """Active schools whose lists the viewer may bring in, with the body above each."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.kind == Kind.SCHOOL, schools_in_scope(viewer))
        .where(Organisation.state == OrganisationState.ACTIVE)
        .options(joinedload(Organisation.parent))
        .order_by(Organisation.path.collate("C"))
    ).all()


def run_in_scope(viewer: Viewer, run_id: int) -> ImportRun | None:
    """A run of the teachers import of the viewer's own body."""
    return db.session.scalar(
        select(ImportRun).where(
            ImportRun.id == run_id,
            ImportRun.kind == KIND,
            ImportRun.organisation_id == viewer.organisation_id,
        )
    )


def steps_of(run: ImportRun) -> Sequence[TeacherEvent]:
    """What an import did, step by step."""
    return db.session.scalars(
        select(TeacherEvent).where(TeacherEvent.run_id == run.id).order_by(TeacherEvent.id)
    ).all()


def done_by(run: ImportRun) -> dict[str, int]:
    """How many teachers an import registered and changed so far."""
    rows = db.session.execute(
        select(TeacherEvent.kind, func.count())
        .where(TeacherEvent.run_id == run.id)
        .group_by(TeacherEvent.kind)
    )
    counted = {kind: int(count) for kind, count in rows}
    return {
        "made": counted.get(EventKind.REGISTERED, 0),
        "changed": counted.get(EventKind.CHANGED, 0),
    }


def built_on(run: ImportRun) -> Teacher | None:
    """The first teacher of an import who has had another step since."""
    later, step = TeacherEvent.__table__.alias(), TeacherEvent.__table__.alias()
    return db.session.scalar(
        select(Teacher)
        .join(later, later.c.teacher_id == Teacher.id)
        .join(step, (step.c.teacher_id == Teacher.id) & (step.c.run_id == run.id))
        .where(later.c.id > step.c.id, later.c.run_id.is_distinct_from(run.id))
        .order_by(Teacher.id)
        .limit(1)
    )


def registered_by(run: ImportRun) -> list[int]:
    """Ids of the teachers who came on the register by this run."""
    return list(
        db.session.scalars(
            select(TeacherEvent.teacher_id)
            .where(TeacherEvent.run_id == run.id, TeacherEvent.kind == EventKind.REGISTERED)
            .order_by(TeacherEvent.teacher_id)
        )
    )


@dataclass(frozen=True, slots=True)
class Registered:
    """A teacher whom a run put on the register, and where."""

    id: int
    name: str
    organisation_id: int
    path: str


def hold_registered(run: ImportRun) -> None:
    """Lock whom a run put on the register, in order of id."""
    db.session.execute(
        select(Teacher.id)
        .where(Teacher.id == any_(literal(registered_by(run), ARRAY(BigInteger))))
        .order_by(Teacher.id)
        .with_for_update()
    )


def only_named_by(run: ImportRun) -> list[Registered]:
    """Active teachers whom this run registered and whom nothing else names.

    Something else is an account, a later step of the record, or a row of any table that points at
    the record and was not brought by this run.
    """
    step, later = TeacherEvent.__table__.alias(), TeacherEvent.__table__.alias()
    rows = db.session.execute(
        select(Teacher.id, Teacher.name, Teacher.organisation_id, Organisation.path)
        .join(step, (step.c.teacher_id == Teacher.id) & (step.c.run_id == run.id))
        .join(Organisation, Organisation.id == Teacher.organisation_id)
        .where(
            step.c.kind == EventKind.REGISTERED,
            Teacher.state == TeacherState.ACTIVE,
            Teacher.user_id.is_(None),
            not_(exists().where(later.c.teacher_id == Teacher.id, later.c.id != step.c.id)),
            not_(or_(*_named_by_others(run))),
        )
        .order_by(Teacher.id)
    )
    return [Registered(*row) for row in rows]


def _named_by_others(run: ImportRun) -> list[ColumnElement[bool]]:
    """One condition for each column of the database that points at a teacher, their steps apart."""
    found: list[ColumnElement[bool]] = []
    for table in Base.metadata.sorted_tables:
        if table is TeacherEvent.__table__:
            continue
        for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
            if key.column is not Teacher.__table__.c.id:
                continue
            rows = table.alias()
            points = rows.c[key.parent.name] == Teacher.id
            if "import_run_id" in rows.c:
                points &= rows.c.import_run_id.is_distinct_from(run.id)
            found.append(exists().where(points))
    return found
