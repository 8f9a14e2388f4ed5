"""Reading the register: the list in scope, one teacher, whom a list means, what an import made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.types import LargeBinary

from provincial.adapters.services import keys
from provincial.core.db import db
from provincial.core.identity import match_key
from provincial.core.paging import Key, Page, paginate
from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind, OrganisationState
from provincial.people.teachers.models import Teacher, TeacherEvent
from provincial.people.teachers.permissions import may_list, schools_in_scope, visible
from provincial.people.teachers.rules import EventKind, TeacherState

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
    key = match_key(text)[:60]
    return or_(
        model.name_key.contains(key, autoescape=True),
        model.search_key.contains(key, autoescape=True),
    )


def by_id_numbers(numbers: Iterable[str]) -> dict[str, Teacher]:
    """Teachers of the whole province by ID number, merged records left out.

    Looked for under every key of the ring, so that a rotation of keys hides nobody.
    """
    known = {index: number for number in numbers for index in _indexes(number, _ID_PLACE)}
    found = db.session.scalars(
        select(Teacher)
        .where(Teacher.id_index == any_(literal(list(known), ARRAY(LargeBinary))))
        .where(Teacher.state != TeacherState.MERGED)
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


def schools_for(viewer: Viewer) -> Sequence[Organisation]:
    """Active schools whose lists the viewer may bring in, with the body above each."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.kind == Kind.SCHOOL, schools_in_scope(viewer))
        .where(Organisation.state == OrganisationState.ACTIVE)
        .options(joinedload(Organisation.parent))
        .order_by(Organisation.path.collate("C"))
    ).all()


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


def run_in_scope(viewer: Viewer, run_id: int) -> ImportRun | None:
    """A run of the teachers import of the viewer's own body."""
    return db.session.scalar(
        select(ImportRun).where(
            ImportRun.id == run_id,
            ImportRun.kind == "teachers",
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
