"""Taking 20,000 nominations in: COPY and set-based SQL, or name by name through the ORM.

Both sides get the same rows, already read from their workbook, and must answer with the same verdicts:
check digit, twins in the list, the register's word, ban, place in another project, place in the quota.
The usual side is as most projects write it: for each row a few queries, an object for each nomination,
a flush. It is measured on a slice of ``SLICE`` rows with as many teachers and schools around it, and its
time is multiplied by ``rows / SLICE``; what it costs grows with the rows, not with the square.
"""

from __future__ import annotations

import secrets
import time
import uuid
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from bench.measure import Different, Result, computed, spent
from bench.place import Place
from bench.province import Province, build_tree, officer
from provincial.adapters.bulk import copy_rows
from provincial.core import clock
from provincial.core.db import db
from provincial.core.identity import id_check_character, parse_id_number
from provincial.core.refusals import Refusal
from provincial.office.files.models import StoredFile
from provincial.office.imports.models import ImportRun
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import id_index
from provincial.planning.eligibility.queries import terms_of
from provincial.planning.entries.rules import Row, read_row
from provincial.planning.integrity.models import Ban
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.namelists import actions, importer
from provincial.planning.nominations.models import Nomination, NominationStep
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.rulebook.loader import builtin

SLICE = 1_000
_SUBJECTS = ("chinese", "mathematics", "english", "ethics_law", "science", "music")
_DAY = date(2023, 11, 10)


@dataclass
class World:
    """One category with places, its teachers on the register, and the cells of a list."""

    category_id: int
    unit_id: int
    cells: list[dict[str, object]]

    @property
    def category(self) -> ProjectCategory:
        """The category, in the session of now."""
        return db.session.get_one(ProjectCategory, self.category_id)

    @property
    def unit(self) -> Organisation:
        """The city whose list it is."""
        return db.session.get_one(Organisation, self.unit_id)


def run(place: Place, rows: int = 20_000, rounds: int = 3) -> list[Result]:
    """Verdicts and rows written on both sides; ours in whole, the usual way on a slice."""
    session = db.session()
    province = build_tree(session, (1, 20, 25))
    world = _world(session, province, rows)
    ours, usual, cpu_ours, cpu_usual = [], [], [], []
    small = replace(world, cells=world.cells[:SLICE])
    for turn in range(rounds + 1):
        once = _timed(session, world, _ours, place.server)
        part_ours = _timed(session, small, _ours, place.server)
        part = _timed(session, small, _usual, place.server)
        if part_ours[2] != part[2]:
            raise Different(f"import_20k, round {turn}: {part_ours[2]} {part[2]}")
        if turn:  # the first round warms both up
            ours.append(once[0])
            cpu_ours.append(once[1])
            usual.append(part[0] * rows / SLICE)
            cpu_usual.append(part[1] * rows / SLICE)
    return [
        Result(
            "import_20k",
            f"{rows:,} names (usual: {SLICE:,}, scaled)",
            median(usual) / median(ours),
            median(cpu_usual) / median(cpu_ours),
            75,
            median(ours),
        )
    ]


def _timed(
    session: Session, world: World, call: Any, server: int
) -> tuple[float, float, Counter[str]]:
    """Seconds, seconds computed here and in the database, verdicts; what was written goes back."""
    wall, before = time.perf_counter(), computed(server)
    told = call(session, world)
    answer = time.perf_counter() - wall, spent(before, computed(server)), told
    session.rollback()
    session.expunge_all()
    return answer


def _ours(session: Session, world: World) -> Counter[str]:
    """As the site does it: read, staged, judged, seated, entered."""
    rows = [read_row(n + 1, n, cells, _DAY) for n, cells in enumerate(world.cells)]
    importer.settle(rows, world.category, world.unit)
    actions.lock_ways(world.category, world.unit, {row.school_id for row in rows if row.school_id})
    importer.judge_rows(rows, terms_of(world.category, _DAY))
    checked = importer.Checked(rows, None, 0, {})  # type: ignore[arg-type]
    checked.seats = importer.seat(rows, world.category, world.unit)
    by = officer(session, world.unit_id)
    run_row = session.scalars(select(ImportRun)).one()
    taking = actions.Taking(run_row, world.category, world.unit, "理由", clock.now())
    actions.enter_rows(checked.good, checked.seats, taking, by=by)
    return Counter(_main_code(row) for row in rows)


def _main_code(row: Row) -> str:
    stops = [f.finding.code for f in row.flaws if f.finding.severity == "block"]
    return stops[0] if stops else "ok"


def _usual(session: Session, world: World) -> Counter[str]:
    """Row by row with the ORM."""
    told: Counter[str] = Counter()
    seen: set[str] = set()
    by = officer(session, world.unit_id)
    for cells in world.cells:
        told[_usual_row(session, world, cells, seen, by)] += 1
    session.flush()
    return told


def _usual_row(session: Session, world: World, cells: Any, seen: set[str], by: Any) -> str:
    try:
        person = parse_id_number(str(cells["id_number"]), _DAY)
    except Refusal:
        return "checksum"
    school = session.scalars(
        select(Organisation).where(Organisation.name == cells["school"])
    ).first()
    if school is None:
        return "school"
    if person.number in seen:
        return "duplicate"
    seen.add(person.number)
    project = session.scalars(
        select(Project).where(
            Project.category_id == world.category_id,
            Project.stage == "primary",
            Project.name == f"小学{cells['subject']}",
        )
    ).one()
    teacher = session.scalars(
        select(Teacher).where(Teacher.id_index == id_index(person.number))
    ).first()
    if teacher is None or teacher.name != cells["name"]:
        return "name_mismatch"
    if session.scalars(
        select(Nomination).where(
            Nomination.teacher_id == teacher.id, Nomination.project_id == project.id
        )
    ).first():
        return "already"
    ban = session.scalars(
        select(Ban).where(
            Ban.teacher_id == teacher.id, Ban.state == "in_force", Ban.ends_on >= _DAY
        )
    ).first()
    if ban is not None:
        return "ban"
    cell = _usual_cell(session, project, school)
    if cell is None:
        return "quota"
    cell.used += 1
    nomination = Nomination(
        uuid=uuid.uuid4(),
        code=secrets.token_hex(4),
        category_id=world.category_id,
        project_id=project.id,
        cell_id=cell.id,
        teacher_id=teacher.id,
        school_id=school.id,
        nominator_id=cell.sheet.organisation_id,
        quota_path=cell.sheet.organisation.quota_path,
        state="draft",
        waits_at_id=world.unit_id,
        entered_by_id=by.user_id,
        warnings=[],
    )
    session.add(nomination)
    session.flush()
    session.add(
        NominationStep(
            nomination_id=nomination.id,
            action="enter",
            to_state="draft",
            organisation_id=world.unit_id,
            by_user_id=by.user_id,
        )
    )
    session.flush()
    return "ok"


def _usual_cell(session: Session, project: Project, school: Organisation) -> Quota | None:
    body: Organisation | None = school
    while body is not None:
        cell = session.scalars(
            select(Quota)
            .join(QuotaSheet)
            .where(Quota.project_id == project.id, QuotaSheet.organisation_id == body.id)
        ).first()
        if cell is not None and cell.held - cell.given - cell.used > 0:
            return cell
        body = body.quota_parent
    return None


def _world(session: Session, province: Province, rows: int) -> World:
    """500 schools with teachers, places for nearly all of them, some banned, some wrong."""
    category = _category(session)
    projects = session.scalars(
        select(Project).where(Project.category_id == category.id).order_by(Project.position)
    ).all()
    schools = [session.get_one(Organisation, one) for one in province.levels[-1]]
    for number, school in enumerate(schools):
        school.name = school.name_key = f"第{number}小学"
    session.flush()
    teachers = _teachers(session, schools, rows)
    _places(session, category, projects, province, rows)
    banned = [one["id"] for one in teachers[:: max(1, rows // 100)]]
    copy_rows(session, Ban, list(_ban(0)), (_ban(one) for one in banned))
    unit = session.get_one(Organisation, province.levels[0][0])
    _run(session, unit, category.id)
    session.commit()
    session.execute(text("ANALYZE teacher, ban, quota, quota_sheet, organisation"))
    session.commit()
    cells = [_cells(n, one, schools) for n, one in enumerate(teachers)]
    return World(category.id, unit.id, cells)


def _cells(n: int, teacher: dict[str, Any], schools: list[Organisation]) -> dict[str, object]:
    """One row; one in 200 has a wrong check digit, one in 200 is the row before once more."""
    number = _number(n - 1 if n % 200 == 77 else n)
    if n % 200 == 33:
        number = number[:-1] + ("0" if number[-1] != "0" else "1")
    return {
        "name": teacher["name"],
        "sex": "男" if int(number[16]) % 2 else "女",
        "id_number": number,
        "county": "",
        "school": schools[n % len(schools)].name,
        "stage": "小学",
        "subject": ("语文", "数学", "英语", "道德与法治", "科学", "音乐")[n % 6],
        "title": "一级教师",
        "since": "2010-09-01",
        "phone": f"139{n:08d}",
        "channel": "普通",
    }


def _number(n: int) -> str:
    first = f"410322{1970 + n % 25}{n // 25 % 12 + 1:02d}{n // 300 % 28 + 1:02d}{n % 1000:03d}"
    return first + id_check_character(first)


def _teachers(session: Session, schools: list[Organisation], rows: int) -> list[dict[str, Any]]:
    first = (session.scalar(select(func.max(Teacher.id))) or 0) + 1
    made = []
    for n in range(rows):
        number = _number(n)
        made.append(
            {
                "id": first + n,
                "uuid": uuid.uuid4(),
                "organisation_id": schools[n % len(schools)].id,
                "name": f"王{chr(0x4E00 + n % 20000)}",
                "name_key": f"王{chr(0x4E00 + n % 20000)}",
                "search_key": f"wang{n}",
                "id_number": "v1:bench",
                "id_index": id_index(number),
                "birth_on": date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
                "sex": "1" if int(number[16]) % 2 else "2",
                "phone": "",
                "stage": "primary",
                "subject": _SUBJECTS[n % 6],
                "title": "first_grade",
                "post": "",
                "is_head": False,
                "is_class_teacher": False,
                "since": date(2010, 9, 1),
                "status": "in_service",
                "sources": {},
                "state": "active",
            }
        )
    copy_rows(session, Teacher, list(made[0]), made)
    # As many colleagues who stay at school, so that nobody's share away is remarkable.
    colleagues = [
        one | {"id": first + rows + k, "uuid": uuid.uuid4(), "id_index": id_index(f"x{k}")}
        for k, one in enumerate(made * 3)
    ]
    copy_rows(session, Teacher, list(made[0]), colleagues)
    return made


def _category(session: Session) -> ProjectCategory:
    plan = Plan(
        code="bench-import",
        title="bench",
        year=2023,
        rulebook_code="henan-2023",
        rulebook=builtin("henan-2023").to_data(),
    )
    session.add(plan)
    session.flush()
    category = ProjectCategory(plan_id=plan.id, code="bench", name="bench", has_quota_table=True)
    session.add(category)
    session.flush()
    names = ("语文", "数学", "英语", "道德与法治", "科学", "音乐")
    session.execute(
        insert(Project),
        [
            {
                "category_id": category.id,
                "position": n,
                "stage": "primary",
                "subject": code,
                "name": f"小学{name}",
            }
            for n, (code, name) in enumerate(zip(_SUBJECTS, names, strict=True))
        ],
    )
    return category


def _places(
    session: Session, category: ProjectCategory, projects: Any, province: Province, rows: int
) -> None:
    """Each school holds places for its own; the city a few; about one row in fifty finds none."""
    each = rows // (len(province.levels[-1]) * len(projects))
    levels = ((province.root,), *province.levels)
    for level in levels:
        session.execute(
            text(
                "INSERT INTO quota_sheet (category_id, organisation_id, parent_id, state) "
                "SELECT :category, o.id, s.id, 'issued' FROM organisation o "
                "LEFT JOIN quota_sheet s ON s.organisation_id = o.quota_parent_id "
                "AND s.category_id = :category WHERE o.id = ANY(:level)"
            ),
            {"category": category.id, "level": list(level)},
        )
        held = each if level is levels[-1] else rows // 12 if level is levels[1] else 0
        session.execute(
            text(
                "INSERT INTO quota (sheet_id, project_id, held) "
                "SELECT s.id, p.id, :held FROM quota_sheet s CROSS JOIN project p "
                "WHERE s.category_id = :category AND p.category_id = :category "
                "AND s.organisation_id = ANY(:level)"
            ),
            {"category": category.id, "level": list(level), "held": held},
        )


def _ban(teacher_id: int) -> dict[str, Any]:
    return {
        "teacher_id": teacher_id,
        "cause": "no_show",
        "event_on": date(2022, 12, 18),
        "ends_on": date(2025, 12, 18),
        "state": "in_force",
        "signed_by_id": 1,
        "confirmed_by_id": 2,
        "in_force_at": clock.now(),
    }


def _run(session: Session, unit: Organisation, category_id: int) -> None:
    file = StoredFile(
        storage_key="bench", sha256="0" * 64, size=1, media_type="x", name="x", purpose="import"
    )
    session.add(file)
    session.flush()
    session.add(
        ImportRun(
            kind="nominations",
            organisation_id=unit.id,
            org_path=unit.path,
            file_id=file.id,
            context={"unit": unit.id, "category": category_id},
        )
    )
