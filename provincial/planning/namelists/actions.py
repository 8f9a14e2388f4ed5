"""Taking a judged list in: teachers, nominations, steps and places in a few statements; and back."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import BigInteger, any_, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from provincial.adapters.bulk import copy_rows
from provincial.core import clock
from provincial.core.db import db
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.journal.actions import Note, record_many
from provincial.office.messages import actions as messages
from provincial.people.organisations.models import Organisation
from provincial.people.rosters import actions as rosters
from provincial.people.rosters.queries import hold_registered
from provincial.people.teachers import actions as teachers
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import GONE, Facts, Source, TeacherRow
from provincial.planning.entries.rules import Row
from provincial.planning.ledger.actions import lock_sheet, use_places
from provincial.planning.namelists import queries
from provincial.planning.namelists.rules import Cell
from provincial.planning.nominations.models import Nomination, NominationStep
from provincial.planning.nominations.queries import days_apart
from provincial.planning.nominations.rules import NominationState, require_reason, row_code
from provincial.planning.plans.models import ProjectCategory

_COLUMNS = (
    *("id", "uuid", "code", "category_id", "project_id", "cell_id", "teacher_id", "school_id"),
    *("nominator_id", "quota_path", "channel", "state", "waits_at_id", "entered_by_id"),
    *("entered_by", "warnings", "reason", "grounds", "note", "late", "apart", "import_run_id"),
)
_STEP = (
    *("nomination_id", "action", "from_state", "to_state", "organisation_id", "by_user_id"),
    *("by_name", "mandate_id", "reason", "late"),
)


@dataclass(frozen=True, slots=True)
class Taking:
    """Into what a list goes: the run, its category and unit, why warnings are accepted, when."""

    run: ImportRun
    category: ProjectCategory
    unit: Organisation
    reason: str
    now: datetime
    late: bool = False


def lock_ways(category: ProjectCategory, unit: Organisation, school_ids: Iterable[int]) -> None:
    """Lock every sheet from which a row of these schools could take a place, from the top down."""
    ways = queries.ways(unit, school_ids)
    holders = {one for way in ways.values() for one in way}
    holders |= {unit.id, queries.reporting_body(unit)}
    wanted = queries.sheets_of(category.id, holders)
    db.session.flush()
    for sheet_id in wanted:
        lock_sheet(sheet_id)


def lock_people(numbers: Iterable[str]) -> None:
    """Hold the records of these ID numbers as they are, in order of id: nobody merges them meanwhile."""
    indexes = list(queries.stored_indexes(numbers).values())
    db.session.execute(
        select(Teacher.id)
        .where(
            Teacher.id_index == any_(literal(indexes, ARRAY(Teacher.id_index.type))),
            Teacher.state.not_in(GONE),
        )
        .order_by(Teacher.id)
        .with_for_update(read=True)
    )


def enter_rows(
    rows: Sequence[Row], seats: Mapping[int, Cell], taking: Taking, *, by: Viewer
) -> list[int]:
    """Enter the good rows of a list whose sheets are locked; answers the ids of the nominations.

    Each waits unsigned at the desk of the unit that brought the list, for a colleague to sign.
    """
    people = _teachers(rows, taking, by)
    ids = _ids(len(rows))
    projects = {one.id: one for one in queries.projects_of(taking.category)}
    days = {number: days_apart(project) for number, project in projects.items()}
    holders = {cell.holder_id for cell in seats.values()}
    paths = queries.quota_paths(holders)
    on_way = {one for one in holders if paths[one].startswith(taking.unit.quota_path)}
    common = {
        "category_id": taking.category.id,
        "state": NominationState.DRAFT.value,
        "entered_by_id": by.user_id,
        "entered_by": by.name,
        "late": taking.late,
        "import_run_id": taking.run.id,
    }
    codes = _codes(len(rows))
    values: list[dict[str, Any]] = []
    for number, code, row in zip(ids, codes, rows, strict=True):
        cell = seats[row.row]
        warnings = [one.finding.as_data() for one in row.flaws if one.finding.severity == "warn"]
        values.append(
            common
            | {
                "id": number,
                "uuid": uuid4(),
                "code": code,
                "project_id": row.project_id,
                "cell_id": cell.id,
                "teacher_id": people[row.id_number],
                "school_id": row.school_id,
                "nominator_id": cell.holder_id,
                "quota_path": paths[cell.holder_id],
                "channel": "green" if row.green else "regular",
                "waits_at_id": taking.unit.id if cell.holder_id in on_way else cell.holder_id,
                "warnings": warnings,
                "reason": taking.reason if warnings else "",
                "grounds": (row.grounds or row.note) if row.green else "",
                "note": row.note,
                "apart": days[row.project_id],
            }
        )
    session = db.session()
    copy_rows(session, Nomination, _COLUMNS, values)
    copy_rows(session, NominationStep, _STEP, (_step(one, "enter", "", by) for one in values))
    _use(rows, seats)
    notes = (
        Note(
            one["id"],
            row.name,
            one["quota_path"],
            {"state": one["state"], "project": one["project_id"], "run": taking.run.id},
        )
        for one, row in zip(values, rows, strict=True)
    )
    said = t("Nominated by a list from %(unit)s", unit=taking.unit.name)
    record_many("nominations.enter", Nomination.__tablename__, notes, by=by, said=said)
    sentence = t("%(unit)s has entered %(n)s names by a list on places of yours or below you")
    _tell(sentence, taking.run, (one["quota_path"] for one in values), by)
    return ids


def _tell(sentence: Text, run: ImportRun, paths: Iterable[str], by: Viewer) -> None:
    """Tell each body whose places, or places below it, a list touches: once a list, with the number.

    Those are the holders and who stands between them and the unit; a holder above the unit, whose
    green channel was used, is told alone.
    """
    unit = queries.unit_of(run)
    own = f"/{unit.id}/"
    counted: Counter[int] = Counter()
    for path in paths:
        below = path.partition(own)[2] if own in path else path.rstrip("/").rpartition("/")[2]
        counted.update(int(part) for part in below.split("/") if part)
    subjects = {
        body: Text(sentence.source, {"unit": unit.name, "n": number})
        for body, number in counted.items()
    }
    url = f"/nominations/{queries.category_of(run).id}"
    messages.tell_bodies("nomination", subjects, url=url, thing=run, by=by)


def _use(rows: Sequence[Row], seats: Mapping[int, Cell]) -> None:
    """Take the places in the ledger: as many as the seating has counted down."""
    takings = {cell.id: cell.taken for cell in seats.values() if cell.taken}
    green = Counter(seats[row.row].id for row in rows if row.green)
    use_places(takings, green)


def _step(one: Mapping[str, Any], action: str, before: str, by: Viewer) -> dict[str, Any]:
    return {
        "nomination_id": one["id"],
        "action": action,
        "from_state": before,
        "to_state": one["state"],
        "organisation_id": by.organisation_id,
        "by_user_id": by.user_id,
        "by_name": by.name,
        "mandate_id": by.mandate_id,
        "reason": one["reason"],
        "late": one["late"],
    }


def _teachers(rows: Sequence[Row], taking: Taking, by: Viewer) -> dict[str, int]:
    """The records of the people of a list by ID number; who is unknown is registered."""
    indexes = queries.stored_indexes(row.id_number for row in rows)
    numbers = {index: number for number, index in indexes.items()}
    found = db.session.execute(
        select(Teacher.id_index, Teacher.id).where(
            Teacher.id_index == any_(literal(list(numbers), ARRAY(Teacher.id_index.type))),
            Teacher.state.not_in(GONE),
        )
    )
    known = {numbers[index]: number for index, number in found}
    new = [row for row in rows if row.id_number not in known]
    said = t("Registered by a nomination list")
    ids = teachers.register_many(
        [_teacher_row(row) for row in new],
        source=Source.NOMINATION,
        on=clock.china_date(taking.now),
        by=by,
        run_id=taking.run.id,
        said=said,
    )
    return known | {row.id_number: number for row, number in zip(new, ids, strict=True)}


def _teacher_row(row: Row) -> TeacherRow:
    """What a list says of somebody whom the register does not know."""
    facts = Facts(
        name=row.name,
        stage=row.stage,
        subject=row.subject,
        title=row.title or None,
        post=row.post or None,
        is_head=row.is_head,
        is_class_teacher=row.is_class_teacher,
        since=row.since,
    )
    return TeacherRow(
        row=row.row + 1,
        id_number=row.id_number,
        birth_on=row.birth_on or date.min,
        sex=row.sex,
        school_id=row.school_id,
        school=row.school,
        facts=facts,
        phone=row.phone or None,
    )


def _ids(count: int) -> list[int]:
    sequence = func.pg_get_serial_sequence(Nomination.__tablename__, "id")
    numbers = func.generate_series(1, count)
    return list(db.session.scalars(select(func.nextval(sequence)).select_from(numbers)))


def _codes(count: int) -> list[str]:
    """Codes that no nomination has: drawn by lot, and drawn again where one is taken."""
    found: set[str] = set()
    while len(found) < count:
        drawn = {row_code(secrets.choice) for _ in range(count - len(found))} - found
        taken = db.session.scalars(
            select(Nomination.code).where(
                Nomination.code == any_(literal(sorted(drawn), ARRAY(Nomination.code.type)))
            )
        )
        found |= drawn - set(taken)
    return sorted(found)


def undo(run: ImportRun, reason: str, *, by: Viewer, now: datetime) -> int:
    """Take back what a list brought, as a whole, while nobody has signed any of it; answers how many.

    Names that were withdrawn one by one stay as they are. Teachers whom the list put on the register
    and whom nothing else names leave it again.
    """
    reason = require_reason(reason)
    category = queries.category_of(run)
    for sheet_id in queries.sheets_of(category.id, queries.holders_of(run)):
        lock_sheet(sheet_id)
    imports.undo(run, reason, by=by)
    hold_registered(run)
    standing = queries.locked_of(run)
    signed = [one for one in standing if one.state != NominationState.DRAFT]
    if signed:
        name = db.session.get_one(Teacher, signed[0].teacher_id).name
        message = t(
            "“%(name)s” has been signed or returned already; %(n)s names of this list have. Withdraw "
            "those that are wrong one by one.",
            name=name,
            n=len(signed),
        )
        raise Refusal(message, rule="HN-37")
    ids = [one.id for one in standing]
    db.session.execute(
        update(Nomination)
        .where(Nomination.id == any_(literal(ids, ARRAY(BigInteger))))
        .values(state="withdrawn", waits_at_id=None, version=Nomination.version + 1)
        .execution_options(synchronize_session=False)
    )
    values = [
        {"id": one.id, "state": "withdrawn", "reason": reason, "late": False} for one in standing
    ]
    session = db.session()
    copy_rows(
        session, NominationStep, _STEP, (_step(one, "withdraw", "draft", by) for one in values)
    )
    _free(standing)
    notes = (Note(one.id, one.name, one.quota_path, {"state": "withdrawn"}) for one in standing)
    said = t("Took the nomination back with its list")
    record_many(
        "nominations.withdraw", Nomination.__tablename__, notes, by=by, reason=reason, said=said
    )
    rosters.take_registrations_back(run, reason, on=clock.china_date(now), by=by)
    sentence = t(
        "%(unit)s has taken a list back that had %(n)s names on places of yours or below you"
    )
    _tell(sentence, run, (one.quota_path for one in standing), by)
    return len(ids)


def _free(standing: Sequence[queries.Standing]) -> None:
    """Give the places of withdrawn nominations free."""
    within = {
        one.cell_id: queries.is_within(one.cell_id) for one in standing if one.channel == "green"
    }
    used = Counter(
        one.cell_id for one in standing if one.channel == "regular" or within[one.cell_id]
    )
    green = Counter(one.cell_id for one in standing if one.channel == "green")
    use_places(
        {cell: -count for cell, count in used.items()},
        {cell: -count for cell, count in green.items()},
    )
