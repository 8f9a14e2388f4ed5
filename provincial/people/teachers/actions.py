"""Registering teachers, one or twenty thousand; changing a record; showing a whole number.

Every change goes through ``change`` or ``register_many``: both write the history and the journal.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import any_, delete, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger

from provincial.adapters.bulk import copy_rows
from provincial.adapters.services import keys
from provincial.core.db import Clash, db, lock
from provincial.core.identity import person_key
from provincial.core.pinyin import person_search_key
from provincial.core.refusals import Refusal, StaleVersion
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import Note, record, record_many
from provincial.people.organisations.actions import hold_tree
from provincial.people.organisations.models import Organisation
from provincial.people.teachers import queries
from provincial.people.teachers.models import Teacher, TeacherEducation, TeacherEvent
from provincial.people.teachers.rules import (
    FIELDS,
    SEALED,
    Education,
    EventKind,
    Facts,
    Source,
    Step,
    TeacherRow,
    TeacherState,
    changed_sentence,
    judge_education,
    refuse_locked,
    require_active,
)

#: What differs in the histories of teachers who are registered together.
_OWN = ("teacher_id", "organisation_id", "after")
_DAYS = ("since", "teaching_since")


def register_many(
    rows: Sequence[TeacherRow],
    *,
    source: Source | str,
    on: date,
    by: Viewer | None,
    run_id: int | None = None,
    said: Text | None = None,
) -> Sequence[int]:
    """Register teachers who are not on the register yet; answers their ids in the order of ``rows``.

    Three COPYs, whatever the count: records, history, journal. The rows must have been judged
    (``rules.judge_person``, ``queries.by_id_numbers``): who stands there already refuses them all.
    """
    if not rows:
        return []
    hold_tree()
    session = db.session()
    source = Source(source)
    sequence = func.pg_get_serial_sequence("teacher", "id")
    count = func.generate_series(1, len(rows))
    ids = list(session.scalars(select(func.nextval(sequence)).select_from(count)))
    pairs = [(i, row, row.facts.said()) for i, row in zip(ids, rows, strict=True)]
    values = [_values(i, row, said_of, source) for i, row, said_of in pairs]
    try:
        with session.begin_nested():
            copy_rows(session, Teacher, list(values[0]), values)
    except Clash as error:
        raise Refusal(
            t("Somebody has just registered one of these teachers. Check the list again.")
        ) from error
    step = Step(on, by, source=source, kind=EventKind.REGISTERED, run_id=run_id)
    events = (
        {"teacher_id": i, "organisation_id": row.school_id, "after": _plain(said_of)}
        for i, row, said_of in pairs
    )
    same = {k: v for k, v in _event(0, 0, step, {}, {}).items() if k not in _OWN}
    copy_rows(session, TeacherEvent, _OWN, events, common=same)
    paths = _paths({row.school_id for row in rows})
    facts = {"run": run_id} if run_id else {}
    notes = (
        Note(i, str(row.facts.name), paths[row.school_id], facts | {"school": row.school})
        for i, row, _said in pairs
    )
    told = said or t("Registered the teacher (%(origin)s)", origin=source.label)
    record_many("teachers.registered", Teacher.__tablename__, notes, by=by, said=told)
    return ids


def register(row: TeacherRow, *, on: date, by: Viewer) -> Teacher:
    """Register one teacher by form; refuses one who is on the register, and says where."""
    known = queries.by_id_numbers([row.id_number]).get(row.id_number)
    if known is not None:
        raise Refusal(
            t("The register knows this ID number already. Ask for the transfer of the teacher."),
            field="id_number",
            rule="PE-130",
        )
    ids = register_many([row], source=Source.FORM, on=on, by=by)
    return db.session.get_one(Teacher, ids[0])


def edit(
    teacher: Teacher,
    facts: Mapping[str, Any],
    step: Step,
    *,
    version: int | None,
    imported_too: bool = False,
) -> TeacherEvent | None:
    """Change fields of one record, with a reason; nothing when nothing differs.

    ``facts`` by column, numbers plain and normalised. Refuses imported fields (ZJ22-61) unless
    ``imported_too``, a record not in use, and a version that is not the one now.
    """
    lock(teacher)
    require_active(teacher.state)
    if version is not None and version != teacher.version:
        theirs = {name: getattr(teacher, name) for name in FIELDS if name not in SEALED}
        message = t("Somebody else has changed this record since you opened it.")
        raise StaleVersion(message, theirs=theirs)
    differs = {name: value for name, value in facts.items() if value != current(teacher, name)}
    if not imported_too:
        refuse_locked(differs, teacher.sources)
    if not differs:
        return None
    if not step.reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    return change(teacher, differs, step)


def current(teacher: Teacher, name: str) -> Any:
    """What a record says of one field, sealed ones opened."""
    if name == "id_number":
        return queries.id_number_of(teacher)
    return queries.phone_of(teacher) if name == "phone" else getattr(teacher, name)


def change(
    teacher: Teacher, plain: Mapping[str, Any], step: Step, *, said: Text | None = None
) -> TeacherEvent:
    """Set fields of a locked record, note where they came from, and tell history and journal."""
    sealed = {name: _sealed(teacher, name, plain[name]) for name in plain.keys() & SEALED}
    new = {**plain, **sealed}
    before = {name: getattr(teacher, name) for name in new}
    marked = {name: teacher.sources.get(name) for name in new}
    apply(teacher, new)
    teacher.sources = {**teacher.sources, **dict.fromkeys(new, step.source.value)}
    event = add_event(teacher, step, {**before, "sources": marked}, new)
    facts = {"fields": sorted(new)} | ({"run": step.run_id} if step.run_id else {})
    note(step.kind.value, teacher, step, said or changed_sentence(new), facts)
    return event


def take_back(teacher: Teacher, event: TeacherEvent, step: Step, *, said: Text) -> None:
    """Give a locked record back what one step changed; the history keeps both steps."""
    before = dict(event.before)
    marked = before.pop("sources", {})
    apply(
        teacher,
        {
            name: date.fromisoformat(value) if value and name in _DAYS else value
            for name, value in before.items()
        },
    )
    sources = {**teacher.sources, **marked}
    teacher.sources = {name: source for name, source in sources.items() if source}
    add_event(teacher, step, event.after, event.before)
    note("put_back", teacher, step, said, {"run": step.run_id} if step.run_id else {})


def apply(teacher: Teacher, new: Mapping[str, Any]) -> None:
    """Set columns of a record and what follows from them; sealed values come sealed."""
    for name, value in new.items():
        setattr(teacher, name, value)
    if "name" in new:
        teacher.name_key = person_key(teacher.name)
        teacher.search_key = person_search_key(teacher.name)
    if "phone" in new:
        phone = queries.phone_of(teacher)
        teacher.phone_index = queries.phone_index(phone) if phone else None
    if "id_number" in new:
        number = queries.id_number_of(teacher)
        teacher.id_index = queries.id_index(number)
        teacher.birth_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        teacher.sex = "1" if int(number[16]) % 2 else "2"
    teacher.version += 1


def set_education(teacher: Teacher, blocks: Sequence[Education], step: Step) -> None:
    """Replace the blocks of education (PE-131); a kind that is not given is taken away."""
    lock(teacher)
    require_active(teacher.state)
    if not step.reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    for block in blocks:
        judge_education(block, teacher.birth_on, step.on)
    before = {kind: _block(found) for kind, found in queries.educations(teacher).items()}
    db.session.execute(delete(TeacherEducation).where(TeacherEducation.teacher_id == teacher.id))
    columns = Education.__dataclass_fields__
    for block in blocks:
        values = {name: getattr(block, name) for name in columns}
        db.session.add(TeacherEducation(teacher_id=teacher.id, **values))
    teacher.version += 1
    after = {block.kind: _block(block) for block in blocks}
    add_event(teacher, step, {"education": before}, {"education": after})
    note("education", teacher, step, t("Changed the education of the record"), {})


def leave(teacher: Teacher, step: Step) -> None:
    """Note that a teacher has left teaching, or the province; the record stays."""
    lock(teacher)
    require_active(teacher.state)
    if step.on < teacher.birth_on:
        raise Refusal(t("The day lies before the birth."), field="on_date")
    apply(teacher, {"state": TeacherState.LEFT.value, "left_on": step.on})
    add_event(teacher, step, {"state": "active"}, {"state": "left"})
    note("left", teacher, step, t("Noted that the teacher has left"), {"on": step.on})


def come_back(teacher: Teacher, step: Step) -> None:
    """Note that a teacher who had left is on the register again."""
    lock(teacher)
    if teacher.state != TeacherState.LEFT:
        raise Refusal(t("This teacher has not left."))
    apply(teacher, {"state": TeacherState.ACTIVE.value, "left_on": None})
    add_event(teacher, step, {"state": "left"}, {"state": "active"})
    note("returned", teacher, step, t("Noted that the teacher came back"), {})


def reveal(teacher: Teacher, reason: str, *, by: Viewer) -> tuple[str, str]:
    """The whole ID number and phone; who looked and why is kept (R7)."""
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
    step = Step(date.min, by, reason.strip())
    note("reveal", teacher, step, t("Looked at the whole ID number and phone"), {})
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


def locked(ids: Iterable[int]) -> dict[int, Teacher]:
    """These teachers, fresh and locked in order of id."""
    db.session.flush()
    found = db.session.scalars(
        select(Teacher)
        .where(Teacher.id == any_(literal(sorted(set(ids)), ARRAY(BigInteger))))
        .order_by(Teacher.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {teacher.id: teacher for teacher in found}


def add_event(
    teacher: Teacher, step: Step, before: Mapping[str, Any], after: Mapping[str, Any]
) -> TeacherEvent:
    """One more step in the history of a record, at the school where the teacher is now."""
    event = TeacherEvent(**_event(teacher.id, teacher.organisation_id, step, before, after))
    db.session.add(event)
    db.session.flush()
    return event


def note(verb: str, teacher: Teacher, step: Step, said: Text, after: Mapping[str, Any]) -> None:
    """What happened to a record, for the journal; values plain or masked, never whole (R30)."""
    record(
        f"teachers.{verb}",
        teacher,
        by=step.by,
        after=after,
        reason=step.reason,
        label=teacher.name,
        org_path=teacher.organisation.path,
        said=said,
    )


def _values(
    new_id: int, row: TeacherRow, said: Mapping[str, Any], source: Source
) -> dict[str, Any]:
    """One row of the table; the numbers are sealed for this row alone (R6)."""
    uuid = uuids.uuid4()
    ring = keys()
    phone = row.phone or ""
    name = str(said["name"])
    given = [*said, "id_number", *(["phone"] if phone else [])]
    return {
        **_BLANK,
        **said,
        "id": new_id,
        "uuid": uuid,
        "organisation_id": row.school_id,
        "name_key": person_key(name),
        "search_key": person_search_key(name),
        "id_number": ring.encrypt(row.id_number, queries.sealed_context("id_number", uuid)),
        "id_index": queries.id_index(row.id_number),
        "birth_on": row.birth_on,
        "sex": row.sex,
        "phone": ring.encrypt(phone, queries.sealed_context("phone", uuid)) if phone else "",
        "phone_index": queries.phone_index(phone) if phone else None,
        "sources": dict.fromkeys(given, source.value),
    }


#: Every fact unknown: all rows of one COPY need the same columns.
_BLANK: dict[str, Any] = dict.fromkeys(Facts.__dataclass_fields__, "") | {
    "is_head": False,
    "is_class_teacher": False,
    "since": None,
    "teaching_since": None,
    "status": "in_service",
}


def _event(
    teacher_id: int,
    school_id: int,
    step: Step,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "teacher_id": teacher_id,
        "kind": step.kind.value,
        "on_date": step.on,
        "organisation_id": school_id,
        "before": _plain(before),
        "after": _plain(after),
        "reason": step.reason,
        "by_user_id": step.by.user_id if step.by else None,
        "run_id": step.run_id,
        "undoes_id": step.undoes_id,
    }


def _sealed(teacher: Teacher, name: str, value: str) -> str:
    return keys().encrypt(value, queries.sealed_context(name, teacher.uuid)) if value else ""


def _block(block: Education | TeacherEducation) -> dict[str, Any]:
    columns = (name for name in Education.__dataclass_fields__ if name != "kind")
    return _plain({name: getattr(block, name) for name in columns})


def _paths(ids: set[int]) -> dict[int, str]:
    wanted = any_(literal(list(ids), ARRAY(BigInteger)))
    rows = db.session.execute(
        select(Organisation.id, Organisation.path).where(Organisation.id == wanted)
    )
    return dict(rows.tuples().all())


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them; sealed ones are text already."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
