"""Reading the register: the list in scope, one teacher, whom a list means, what an import made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, any_, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.types import LargeBinary

from provincial.adapters.services import keys
from provincial.core.db import db
from provincial.core.identity import match_key, person_key
from provincial.core.paging import Key, Page, paginate
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind, OrganisationState
from provincial.people.teachers.models import Teacher, TeacherEducation, TeacherEvent
from provincial.people.teachers.permissions import may_list, schools_in_scope, visible
from provincial.people.teachers.rules import (
    GONE,
    EventKind,
    TeacherRow,
    TeacherState,
    differing,
)

PAGE = 50
#: What binds an index to its column; equal numbers of different columns have different indexes.
_ID_PLACE, _PHONE_PLACE = "teacher.id_number", "teacher.phone"


@dataclass(frozen=True, slots=True)
class TeacherFilter:
    """What a list of teachers asks for; empty fields do not narrow it."""

    text: str = ""
    school: str = ""
    stage: str = ""
    subject: str = ""
    state: str = "active"
    school_id: int = 0

    def as_data(self) -> dict[str, Any]:
        """Plain values, for a job."""
        return asdict(self)


def sealed_context(column: str, uuid: object) -> str:
    """Where a sealed value belongs: ``teacher.<column>:<uuid of the row>``."""
    return f"teacher.{column}:{uuid}"


def id_index(number: str) -> bytes:
    """What finds an ID number without telling it."""
    return keys().blind_index(number, _ID_PLACE)


def phone_index(phone: str) -> bytes:
    """What finds a phone number without telling it."""
    return keys().blind_index(phone, _PHONE_PLACE)


def id_number_of(teacher: Teacher) -> str:
    """The whole ID number; callers mask it, or journal that it was shown (R7)."""
    return keys().decrypt(teacher.id_number, sealed_context("id_number", teacher.uuid))


def phone_of(teacher: Teacher) -> str:
    """The whole phone number, or nothing; callers mask it, or journal that it was shown (R7)."""
    if not teacher.phone:
        return ""
    return keys().decrypt(teacher.phone, sealed_context("phone", teacher.uuid))


def teacher_in_scope(viewer: Viewer, teacher_id: int) -> Teacher | None:
    """The teacher with this id, when the viewer may see them."""
    return db.session.scalar(
        select(Teacher)
        .where(Teacher.id == teacher_id, visible(viewer))
        .options(joinedload(Teacher.organisation))
    )


def list_teachers(
    viewer: Viewer, wanted: TeacherFilter, *, after: str = "", before: str = ""
) -> Page[Teacher]:
    """One page of teachers in scope, in the order of their names' sound."""
    sort = [Key(Teacher.search_key), Key(Teacher.id)]
    return paginate(
        db.session(), _list(viewer, wanted), sort, after=after, before=before, size=PAGE
    )


def count_teachers(viewer: Viewer, wanted: TeacherFilter) -> int:
    """How many teachers the filter finds."""
    statement = _list(viewer, wanted).with_only_columns(func.count(Teacher.id))
    return db.session.scalar(statement) or 0


def export_teachers(viewer: Viewer, wanted: TeacherFilter) -> Iterator[Teacher]:
    """Every teacher that the filter finds, school by school."""
    statement = (
        _list(viewer, wanted)
        .order_by(Organisation.path.collate("C"), Teacher.search_key, Teacher.id)
        .execution_options(yield_per=1000)
    )
    yield from db.session.scalars(statement)


def _list(viewer: Viewer, wanted: TeacherFilter) -> Select[Any]:
    statement = (
        select(Teacher)
        .join(Teacher.organisation)
        .options(contains_eager(Teacher.organisation))
        .where(visible(viewer))
    )
    for column, value in (
        (Teacher.stage, wanted.stage),
        (Teacher.subject, wanted.subject),
        (Teacher.state, wanted.state),
        (Teacher.organisation_id, wanted.school_id),
    ):
        if value:
            statement = statement.where(column == value)
    if wanted.text:
        statement = statement.where(_named(wanted.text, Teacher))
    if wanted.school:
        statement = statement.where(_named(wanted.school, Organisation))
    return statement


def _named(text: str, model: Any) -> ColumnElement[bool]:
    """By name, or by the sound or the initials of it."""
    key = person_key(text)[:60]
    return or_(
        model.name_key.contains(key, autoescape=True),
        model.search_key.contains(key, autoescape=True),
    )


def by_id_numbers(numbers: Iterable[str]) -> dict[str, Teacher]:
    """Teachers of the whole province by ID number, merged records and those taken back left out.

    Looked for under every key of the ring, so that a rotation of keys hides nobody.
    """
    known = {index: number for number in numbers for index in _indexes(number, _ID_PLACE)}
    found = db.session.scalars(
        select(Teacher)
        .where(Teacher.id_index == any_(literal(list(known), ARRAY(LargeBinary))))
        .where(Teacher.state.not_in(GONE))
        .options(joinedload(Teacher.organisation))
    )
    return {known[teacher.id_index]: teacher for teacher in found}


def phones_in_use(phones: Iterable[str]) -> dict[str, set[int]]:
    """Ids of active teachers by phone number."""
    known = {index: phone for phone in phones for index in _indexes(phone, _PHONE_PLACE)}
    rows = db.session.execute(
        select(Teacher.phone_index, Teacher.id)
        .where(Teacher.phone_index == any_(literal(list(known), ARRAY(LargeBinary))))
        .where(Teacher.state == TeacherState.ACTIVE)
    )
    found: dict[str, set[int]] = {}
    for index, number in rows:
        found.setdefault(known[index or b""], set()).add(number)
    return found


def _indexes(value: str, place: str) -> list[bytes]:
    return keys().blind_indexes(value, place)


def own_school(viewer: Viewer) -> Organisation | None:
    """The viewer's own body when it is a school."""
    if viewer.organisation_kind != Kind.SCHOOL:
        return None
    return db.session.get(Organisation, viewer.organisation_id)


def find_school(text: str, field: str, *, scope: ColumnElement[bool] | None = None) -> Organisation:
    """The one active school with this code or full name; refuses none and several, on ``field``.

    Without ``scope`` in the whole province: names of schools are no secret, their people are.
    """
    key = match_key(text)
    found = db.session.scalars(
        select(Organisation)
        .where(or_(Organisation.code == key.upper(), Organisation.name_key == key))
        .where(Organisation.kind == Kind.SCHOOL, true() if scope is None else scope)
        .where(Organisation.state == OrganisationState.ACTIVE)
        .options(joinedload(Organisation.parent))
        .order_by(Organisation.id)
        .limit(6)
    ).all()
    if len(found) == 1:
        return found[0]
    if not found:
        message = t("No active school has the code or name “%(text)s”.", text=text[:60])
        raise Refusal(message, field=field)
    codes = "、".join(f"{one.parent.name if one.parent else ''} {one.code}" for one in found)
    message = t("Several schools are called so; give the code: %(codes)s.", codes=codes)
    raise Refusal(message, field=field)


def keeps_teachers(viewer: Viewer, body: Organisation) -> bool:
    """Whether the viewer may open the list of a school that has teachers on the register."""
    if body.kind != Kind.SCHOOL or not may_list(viewer):
        return False
    statement = select(Teacher.id).where(Teacher.organisation_id == body.id, visible(viewer))
    return db.session.scalar(statement.limit(1)) is not None


def school_choice(viewer: Viewer, school_id: int) -> Organisation | None:
    """A school in scope, to name it above its list."""
    return db.session.scalar(
        select(Organisation).where(Organisation.id == school_id, schools_in_scope(viewer))
    )


def changed_facts(teacher: Teacher, row: TeacherRow) -> dict[str, Any]:
    """What a row would change of a teacher, by column, the phone plain."""
    change = differing(row.facts, {key: getattr(teacher, key) for key in row.facts.said()})
    if row.phone is not None and phone_of(teacher) != row.phone:
        change["phone"] = row.phone
    return change


def educations(teacher: Teacher) -> dict[str, TeacherEducation]:
    """The blocks of education, by kind (PE-131)."""
    found = db.session.scalars(
        select(TeacherEducation).where(TeacherEducation.teacher_id == teacher.id)
    )
    return {block.kind: block for block in found}


def of_user(user_id: int) -> Teacher | None:
    """The record of the person behind an account, when it is linked."""
    return db.session.scalar(
        select(Teacher)
        .where(Teacher.user_id == user_id, Teacher.state.not_in(GONE))
        .options(joinedload(Teacher.organisation))
    )


def school_on(teacher_id: int, day: date) -> int:
    """Id of the school at which a teacher was on ``day``; before the first known day, the first."""
    return schools_on([teacher_id], day)[teacher_id]


def schools_on(teacher_ids: Iterable[int], day: date) -> dict[int, int]:
    """Ids of the schools at which teachers were on ``day``, by teacher; set-based.

    Read from the history of transfers; a transfer that was taken back never was. On the day of a
    transfer a teacher is at the new school.
    """
    wanted = sorted(set(teacher_ids))
    back = TeacherEvent.__table__.alias("back")
    moves = db.session.execute(
        select(
            TeacherEvent.teacher_id,
            TeacherEvent.on_date,
            TeacherEvent.before["organisation_id"].as_integer(),
            TeacherEvent.after["organisation_id"].as_integer(),
        )
        .outerjoin(back, back.c.undoes_id == TeacherEvent.id)
        .where(
            TeacherEvent.teacher_id == any_(literal(wanted, ARRAY(BigInteger))),
            TeacherEvent.kind == EventKind.TRANSFERRED,
            back.c.id.is_(None),
        )
        .order_by(TeacherEvent.on_date, TeacherEvent.id)
    )
    found = dict(_now_at(wanted))
    later: set[int] = set()
    reached: dict[int, int] = {}
    for teacher_id, on_date, left, joined in moves:
        if on_date <= day:
            reached[teacher_id] = joined
        elif teacher_id not in later:
            later.add(teacher_id)
            reached.setdefault(teacher_id, left)
    return found | reached


def _now_at(teacher_ids: list[int]) -> Mapping[int, int]:
    rows = db.session.execute(
        select(Teacher.id, Teacher.organisation_id).where(
            Teacher.id == any_(literal(teacher_ids, ARRAY(BigInteger)))
        )
    )
    return dict(rows.tuples().all())


def stand_for(teacher_ids: Iterable[int]) -> dict[int, int]:
    """The record that counts now for each id: itself, or the one it was merged into."""
    wanted = sorted(set(teacher_ids))
    rows = db.session.execute(
        select(Teacher.id, func.coalesce(Teacher.merged_into_id, Teacher.id)).where(
            Teacher.id == any_(literal(wanted, ARRAY(BigInteger)))
        )
    )
    return dict(rows.tuples().all())
