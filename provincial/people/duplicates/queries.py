"""Finding pairs that may be one person; reading a pair, a merge, and what a merge would move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, extract, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload

from provincial.core.db import db
from provincial.core.findings import Finding
from provincial.core.viewer import Viewer
from provincial.people.duplicates.models import TeacherDistinct, TeacherMergeRecord
from provincial.people.duplicates.permissions import Pair
from provincial.people.duplicates.rules import REASONS, MergeState, fills, judge_pair
from provincial.people.teachers import queries as register
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import visible
from provincial.people.teachers.rules import FIELDS, TeacherFollower, TeacherMerge, TeacherState

#: Pairs that the page shows at once; settling them brings up the next.
SHOWN = 100
_ORDER = {reason: place for place, reason in enumerate(REASONS)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair with the strongest reason for which it is shown."""

    pair: Pair
    reason: str


def candidates(viewer: Viewer) -> list[Candidate]:
    """Pairs in scope that may be one person, the strongest reasons first; set-based."""
    one, two = aliased(Teacher), aliased(Teacher)
    scope = select(Teacher.id).where(visible(viewer), Teacher.state == TeacherState.ACTIVE)

    def pairs(reason: str, *conditions: ColumnElement[bool]) -> Select[int, int, int]:
        known = exists().where(TeacherDistinct.one_id == one.id, TeacherDistinct.two_id == two.id)
        return (
            select(one.id.label("one"), two.id.label("two"), literal(_ORDER[reason]).label("why"))
            .join(two, one.id < two.id)
            .where(*conditions, ~known)
            .where(one.id.in_(scope), two.id.in_(scope))
        )

    same_name = one.name_key == two.name_key
    found = union_all(
        pairs("phone", same_name, one.phone_index == two.phone_index),
        pairs("person", same_name, one.birth_on == two.birth_on, one.sex == two.sex),
        pairs(
            "sound",
            one.organisation_id == two.organisation_id,
            one.search_key == two.search_key,
            one.name_key != two.name_key,
            extract("year", one.birth_on) == extract("year", two.birth_on),
        ),
    ).subquery()
    rows = db.session.execute(
        select(found.c.one, found.c.two, func.min(found.c.why))
        .group_by(found.c.one, found.c.two)
        .order_by(func.min(found.c.why), found.c.one, found.c.two)
        .limit(SHOWN)
    ).all()
    people = _people({number for row in rows for number in row[:2]})
    names = list(REASONS)
    return [Candidate(Pair(people[a], people[b]), names[why]) for a, b, why in rows]


def _people(ids: set[int]) -> dict[int, Teacher]:
    found = db.session.scalars(
        select(Teacher).where(Teacher.id.in_(ids)).options(joinedload(Teacher.organisation))
    )
    return {teacher.id: teacher for teacher in found}


def pair_in_scope(viewer: Viewer, one_id: int, two_id: int) -> Pair | None:
    """Two different records, when the viewer may see both."""
    if one_id == two_id:
        return None
    one, two = (register.teacher_in_scope(viewer, number) for number in sorted((one_id, two_id)))
    return Pair(one, two) if one and two else None


def merge_in_scope(viewer: Viewer, merge_id: int) -> TeacherMergeRecord | None:
    """A merge, when the viewer may see both records."""
    merge = db.session.scalar(
        select(TeacherMergeRecord)
        .where(TeacherMergeRecord.id == merge_id)
        .options(
            joinedload(TeacherMergeRecord.kept).joinedload(Teacher.organisation),
            joinedload(TeacherMergeRecord.gone).joinedload(Teacher.organisation),
        )
    )
    if merge is None or pair_in_scope(viewer, merge.kept_id, merge.gone_id) is None:
        return None
    return merge


def values_of(teacher: Teacher) -> dict[str, Any]:
    """What a record says, sealed fields opened: for comparing, never for showing."""
    said = {name: getattr(teacher, name) for name in FIELDS}
    said |= {"id_number": register.id_number_of(teacher), "phone": register.phone_of(teacher)}
    return said | {"birth_on": teacher.birth_on, "sex": teacher.sex}


def dry_run(
    kept: Teacher, gone: Teacher, change: TeacherMerge, followers: Sequence[TeacherFollower]
) -> tuple[dict[str, Any], list[Finding]]:
    """What the kept record would take over, and what every room says about the merge."""
    mine, theirs = values_of(kept), values_of(gone)
    findings = judge_pair(mine, theirs, kept.state, gone.state)
    findings += [finding for one in followers for finding in one.preview(change)]
    return fills(mine, theirs), findings


def panel(_viewer: Viewer, teacher: Teacher) -> Mapping[str, Any] | None:
    """The part of the teacher's page that tells of merges; nothing when there were none."""
    rows = db.session.scalars(
        select(TeacherMergeRecord)
        .where(
            or_(TeacherMergeRecord.kept_id == teacher.id, TeacherMergeRecord.gone_id == teacher.id),
            TeacherMergeRecord.state == MergeState.MERGED,
        )
        .order_by(TeacherMergeRecord.id.desc())
    ).all()
    return {"rows": rows} if rows else None
