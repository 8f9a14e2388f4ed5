"""Writing a checked list of teachers, taking it back as a whole, showing a whole number."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import any_, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import BigInteger

from provincial.adapters.services import keys
from provincial.core.db import db
from provincial.core.identity import match_key
from provincial.core.pinyin import person_search_key
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.journal.actions import record
from provincial.people.organisations.actions import hold_tree
from provincial.people.organisations.models import Organisation
from provincial.people.teachers import queries
from provincial.people.teachers.models import Teacher, TeacherEvent
from provincial.people.teachers.rules import (
    EventKind,
    Facts,
    TeacherRow,
    differing,
)

KIND = "teachers"
#: What a field that came with a list is marked with.
_SOURCE = "import"


def register_rows(
    rows: Sequence[TeacherRow], run: ImportRun, *, on: date, by: Viewer
) -> Sequence[int]:
    """Register the new teachers of a checked list in a few statements; answers their ids."""
    if not rows:
        return []
    hold_tree()
    session = db.session()
    sequence = func.pg_get_serial_sequence("teacher", "id")
    count = func.generate_series(1, len(rows))
    ids = list(session.scalars(select(func.nextval(sequence)).select_from(count)))
    values = [_values(new_id, row) for new_id, row in zip(ids, rows, strict=True)]
    try:
        with session.begin_nested():
            session.execute(insert(Teacher), values)
    except IntegrityError as error:
        raise Refusal(
            t("Somebody has just registered one of these teachers. Check the file again.")
        ) from error
    steps = [
        _step(new_id, EventKind.REGISTERED, row.school_id, run, on, by, {}, row.facts.said())
        for new_id, row in zip(ids, rows, strict=True)
    ]
    session.execute(insert(TeacherEvent), steps)
    paths = _paths({row.school_id for row in rows})
    said = t("Registered from a spreadsheet")
    for new_id, row in zip(ids, rows, strict=True):
        after = {"run": run.id, "school": row.school}
        _note("registered", new_id, str(row.facts.name), paths[row.school_id], by, said, after)
    return ids


def change_rows(rows: Sequence[TeacherRow], run: ImportRun, *, on: date, by: Viewer) -> None:
    """Change what a list says otherwise of teachers who are on the register."""
    teachers = _locked([row.teacher_id or 0 for row in rows])
    for row in rows:
        teacher = teachers[row.teacher_id or 0]
        change = change_of(teacher, row)
        if not change:
            continue
        before = {key: getattr(teacher, key) for key in change}
        _apply(teacher, change)
        teacher.sources = {**teacher.sources, **dict.fromkeys(change, _SOURCE)}
        plain = _plain(before), _plain(change)
        step = _step(teacher.id, EventKind.CHANGED, teacher.organisation_id, run, on, by, *plain)
        db.session.execute(insert(TeacherEvent), [step])
        told = t("Changed from a spreadsheet")
        fields = {"run": run.id, "fields": sorted(change)}
        path = teacher.organisation.path
        _note("changed", teacher.id, teacher.name, path, by, told, fields)


def change_of(teacher: Teacher, row: TeacherRow) -> dict[str, Any]:
    """What a row would change of a teacher, by column; a phone comes sealed."""
    change = differing(row.facts, {key: getattr(teacher, key) for key in row.facts.said()})
    if row.phone is not None and queries.phone_of(teacher) != row.phone:
        change["phone"] = keys().encrypt(row.phone, queries.sealed_context("phone", teacher.uuid))
    return change


def confirm(run: ImportRun, *, by: Viewer) -> None:
    """Note on the run how many it registered and changed; who, its steps tell."""
    db.session.flush()
    imports.confirm(run, queries.done_by(run), by=by, only_good=True)


def undo(run: ImportRun, reason: str, *, on: date, by: Viewer) -> None:
    """Take a whole import back while nothing builds on it; names who stands in the way."""
    hold_tree()
    imports.undo(run, reason, by=by)
    steps = queries.steps_of(run)
    teachers = _locked([step.teacher_id for step in steps])
    later = queries.built_on(run)
    if later is not None:
        raise Refusal(
            t(
                "“%(name)s” has been changed since this import; take that back first.",
                name=later.name,
            )
        )
    changed = [step for step in steps if step.kind == EventKind.CHANGED]
    for step in changed:
        _put_back(teachers[step.teacher_id], step, run, reason, on=on, by=by)
    made = [step.teacher_id for step in steps if step.kind == EventKind.REGISTERED]
    names = {number: (teachers[number].name, teachers[number].organisation.path) for number in made}
    _remove(made)
    told = t("Taken back with its import")
    for number, (name, path) in names.items():
        _note("undo", number, name, path, by, told, {"run": run.id}, reason)


def reveal(teacher: Teacher, reason: str, *, by: Viewer) -> tuple[str, str]:
    """The whole ID number and phone; who looked and why is kept (R7)."""
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    told = t("Looked at the whole ID number and phone")
    path = teacher.organisation.path
    _note("reveal", teacher.id, teacher.name, path, by, told, {}, reason.strip())
    return queries.id_number_of(teacher), queries.phone_of(teacher)


def note_export(count: int, wanted: Mapping[str, Any], *, by: Viewer) -> None:
    """Note that a list of names left the site, masked as it is (R7)."""
    record(
        "teachers.export",
        (Organisation.__tablename__, by.organisation_id),
        by=by,
        after={"rows": count, "filter": dict(wanted)},
        label=by.organisation_name,
        org_path=by.path,
        said=t("Exported a list of teachers"),
    )


def _values(new_id: int, row: TeacherRow) -> dict[str, Any]:
    """One row of the table; the numbers are sealed for this row alone (R6)."""
    uuid = uuids.uuid4()
    ring = keys()
    phone = row.phone or ""
    said = row.facts.said()
    name = str(said["name"])
    given = [*said, "id_number", *(["phone"] if phone else [])]
    return {
        **_blank(),
        **said,
        "id": new_id,
        "uuid": uuid,
        "organisation_id": row.school_id,
        "name_key": match_key(name),
        "search_key": person_search_key(name),
        "id_number": ring.encrypt(row.id_number, queries.sealed_context("id_number", uuid)),
        "id_index": queries.id_index(row.id_number),
        "birth_on": row.birth_on,
        "sex": row.sex,
        "phone": ring.encrypt(phone, queries.sealed_context("phone", uuid)) if phone else "",
        "phone_index": queries.phone_index(phone) if phone else None,
        "sources": dict.fromkeys(given, _SOURCE),
    }


def _blank() -> dict[str, Any]:
    """Every fact unknown: all rows of one statement need the same columns."""
    empty: dict[str, Any] = dict.fromkeys(Facts.__dataclass_fields__, "")
    flags = {"is_head": False, "is_class_teacher": False}
    return empty | flags | {"since": None, "teaching_since": None, "status": "in_service"}


def _step(
    teacher_id: int,
    kind: EventKind,
    school_id: int,
    run: ImportRun,
    on: date,
    by: Viewer,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "teacher_id": teacher_id,
        "kind": kind.value,
        "on_date": on,
        "organisation_id": school_id,
        "before": _plain(before),
        "after": _plain(after),
        "by_user_id": by.user_id,
        "run_id": run.id,
    }


def _apply(teacher: Teacher, change: Mapping[str, Any]) -> None:
    for key, value in change.items():
        setattr(teacher, key, value)
    if "name" in change:
        teacher.name_key = match_key(teacher.name)
        teacher.search_key = person_search_key(teacher.name)
    if "phone" in change:
        phone = queries.phone_of(teacher)
        teacher.phone_index = queries.phone_index(phone) if phone else None
    teacher.version += 1


def _put_back(
    teacher: Teacher, step: TeacherEvent, run: ImportRun, reason: str, *, on: date, by: Viewer
) -> None:
    """Give a teacher back what a step of the import changed; the history keeps both steps."""
    before = {
        key: date.fromisoformat(value) if value and key in ("since", "teaching_since") else value
        for key, value in step.before.items()
    }
    _apply(teacher, before)
    back = _step(
        *(teacher.id, EventKind.TAKEN_BACK, teacher.organisation_id, run, on, by),
        step.after,
        step.before,
    )
    back |= {"reason": reason, "undoes_id": step.id}
    db.session.execute(insert(TeacherEvent), [back])
    told = t("Took the change of an import back")
    path = teacher.organisation.path
    _note("put_back", teacher.id, teacher.name, path, by, told, {"run": run.id}, reason)


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


def _locked(ids: Sequence[int]) -> dict[int, Teacher]:
    """These teachers, fresh and locked in order of id."""
    found = db.session.scalars(
        select(Teacher)
        .where(Teacher.id == any_(literal(list(ids), ARRAY(BigInteger))))
        .order_by(Teacher.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {teacher.id: teacher for teacher in found}


def _paths(ids: set[int]) -> dict[int, str]:
    wanted = any_(literal(list(ids), ARRAY(BigInteger)))
    rows = db.session.execute(
        select(Organisation.id, Organisation.path).where(Organisation.id == wanted)
    )
    return dict(rows.tuples().all())


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them; sealed ones are text already."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def _note(
    verb: str,
    number: int,
    name: str,
    path: str,
    by: Viewer,
    said: Text,
    after: Mapping[str, Any],
    reason: str = "",
) -> None:
    thing = (Teacher.__tablename__, number)
    record(
        f"teachers.{verb}",
        thing,
        by=by,
        after=after,
        reason=reason,
        label=name,
        org_path=path,
        said=said,
    )
