"""Writing a checked list of teachers, and taking it back as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import any_, delete, literal, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import BigInteger

from provincial.adapters.bulk import copy_rows
from provincial.core.db import db
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.journal.actions import Note, record_many
from provincial.people.organisations.actions import hold_tree
from provincial.people.rosters import queries
from provincial.people.teachers import actions as teachers
from provincial.people.teachers.models import Teacher, TeacherEvent
from provincial.people.teachers.queries import changed_facts
from provincial.people.teachers.rules import EventKind, Source, Step, TeacherRow, TeacherState


def register_rows(
    rows: Sequence[TeacherRow], run: ImportRun, *, on: date, by: Viewer
) -> Sequence[int]:
    """Register the new teachers of a checked list; answers their ids."""
    said = t("Registered from a spreadsheet")
    return teachers.register_many(
        rows, source=Source.IMPORT, on=on, by=by, run_id=run.id, said=said
    )


def change_rows(rows: Sequence[TeacherRow], run: ImportRun, *, on: date, by: Viewer) -> None:
    """Change what a list says otherwise of teachers who are on the register."""
    known = teachers.locked(row.teacher_id or 0 for row in rows)
    step = Step(on, by, source=Source.IMPORT, run_id=run.id)
    for row in rows:
        teacher = known[row.teacher_id or 0]
        differs = changed_facts(teacher, row)
        if differs:
            teachers.change(teacher, differs, step, said=t("Changed from a spreadsheet"))


def confirm(run: ImportRun, *, by: Viewer) -> None:
    """Note on the run how many it registered and changed; who, its steps tell."""
    db.session.flush()
    imports.confirm(run, queries.done_by(run), by=by, only_good=True)


def undo(run: ImportRun, reason: str, *, on: date, by: Viewer) -> None:
    """Take a whole import back while nothing builds on it; names who stands in the way."""
    hold_tree()
    imports.undo(run, reason, by=by)
    steps = queries.steps_of(run)
    known = teachers.locked(step.teacher_id for step in steps)
    later = queries.built_on(run)
    if later is not None:
        raise Refusal(
            t(
                "“%(name)s” has been changed since this import; take that back first.",
                name=later.name,
            )
        )
    for event in steps:
        if event.kind == EventKind.CHANGED:
            back = Step(
                *(on, by, reason),
                source=Source.IMPORT,
                kind=EventKind.TAKEN_BACK,
                run_id=run.id,
                undoes_id=event.id,
            )
            said = t("Took the change of an import back")
            teachers.take_back(known[event.teacher_id], event, back, said=said)
    made = [event.teacher_id for event in steps if event.kind == EventKind.REGISTERED]
    notes = [_note(known[number], run) for number in made]
    _remove(made)
    said = t("Taken back with its import")
    record_many("teachers.undo", Teacher.__tablename__, notes, by=by, reason=reason, said=said)


def take_registrations_back(run: ImportRun, reason: str, *, on: date, by: Viewer) -> int:
    """Take off the register whom a list of another room registered and nothing else names; how many.

    The rows stay, as what the list brought points at them; their ID numbers can be registered anew.
    """
    queries.hold_registered(run)
    gone = queries.only_named_by(run)
    if not gone:
        return 0
    wanted = any_(literal([one.id for one in gone], ARRAY(BigInteger)))
    db.session.execute(
        update(Teacher)
        .where(Teacher.id == wanted)
        .values(state=TeacherState.UNDONE.value, version=Teacher.version + 1)
        .execution_options(synchronize_session=False)
    )
    step = {
        "kind": EventKind.TAKEN_BACK.value,
        "on_date": on,
        "before": {"state": TeacherState.ACTIVE.value},
        "after": {"state": TeacherState.UNDONE.value},
        "reason": reason,
        "by_user_id": by.user_id,
        "run_id": run.id,
    }
    places = ({"teacher_id": one.id, "organisation_id": one.organisation_id} for one in gone)
    own = ("teacher_id", "organisation_id")
    copy_rows(db.session(), TeacherEvent, own, places, common=step)
    notes = [Note(one.id, one.name, one.path, {"run": run.id}) for one in gone]
    said = t("Took the registration back with its list")
    record_many("teachers.undo", Teacher.__tablename__, notes, by=by, reason=reason, said=said)
    return len(gone)


def _note(teacher: Teacher, run: ImportRun) -> Note:
    return Note(teacher.id, teacher.name, teacher.organisation.path, {"run": run.id})


def _remove(made: Sequence[int]) -> None:
    wanted = any_(literal(list(made), ARRAY(BigInteger)))
    db.session.flush()
    try:
        with db.session.begin_nested():
            db.session.execute(delete(TeacherEvent).where(TeacherEvent.teacher_id == wanted))
            db.session.execute(delete(Teacher).where(Teacher.id == wanted))
    except IntegrityError as error:
        raise Refusal(
            t("Other records name teachers of this import already. Remove those first.")
        ) from error
