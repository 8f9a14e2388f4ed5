"""The set-based way and the rules give the same verdict on 100,000 generated rows."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from provincial.adapters.bulk import copy_rows
from provincial.core import clock
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import id_index
from provincial.planning.eligibility.queries import terms_of
from provincial.planning.eligibility.rules import Away, Known, Other, Person, judge
from provincial.planning.entries.rules import Row
from provincial.planning.integrity.models import Ban
from provincial.planning.integrity.rules import BanFacts, ban_ends
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.namelists.importer import judge_rows
from provincial.planning.nominations.models import Nomination
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from tests.planning.tree import Tree, small_province

TODAY = date(2026, 11, 10)
#: A hundred thousand rows in ten lists.
LISTS, ROWS, TEACHERS, SCHOOLS = 10, 10_000, 24_000, 60
_TITLES = ["", "ungraded", "third_grade", "second_grade", "first_grade", "senior_associate"]
_SUBJECTS = ["chinese", "mathematics", "english"]
_STAGES = ["primary", "junior"]
_STATES = ["draft", "province_confirmed", "city_submitted", "withdrawn", "refused"]
#: What the projects ask for; together every condition, each also unasked.
_ASKED: list[dict[str, Any]] = [
    {},
    {"title": "first_grade"},
    {"years_from": 5, "years_to": 30},
    {"age_from": 30, "age_to": 50, "on": "2026-02-28"},
    {"rural_only": True, "in_service": False},
    {"post": "not_head"},
]


@dataclass
class World:
    """The register, the nominations and the bans as this test made them."""

    category: ProjectCategory
    projects: list[Project]
    schools: list[Organisation]
    teachers: dict[str, dict[str, Any]]
    nominations: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    bans: dict[int, list[BanFacts]] = field(default_factory=dict)


def _many(session: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    copy_rows(session, model, list(rows[0]), rows)


def _projects(tree: Tree) -> tuple[list[Project], list[Project]]:
    """Six projects with all kinds of conditions and days, and three of the plan of the year before."""
    for project in tree.projects:
        tree.session.delete(project)
    days = [
        (None, None),
        (date(2026, 12, 1), date(2026, 12, 10)),
        (date(2026, 12, 8), date(2026, 12, 20)),
        (date(2027, 3, 1), date(2027, 3, 12)),
        (date(2026, 12, 18), date(2027, 3, 2)),
        (None, None),
    ]
    made = [
        Project(
            category_id=tree.category.id,
            position=n,
            stage=_STAGES[n % 2],
            subject=_SUBJECTS[n % 3],
            name=f"项目{n}",
            opens_on=opens,
            ends_on=ends,
            conditions=_ASKED[n],
        )
        for n, (opens, ends) in enumerate(days)
    ]
    old = Plan(code="t-0", title="旧", year=2025, rulebook_code="henan-2023", rulebook={})
    tree.session.add(old)
    tree.session.flush()
    category = ProjectCategory(plan_id=old.id, code=tree.category.code, name="旧")
    tree.session.add(category)
    tree.session.flush()
    past = [
        Project(
            category_id=category.id,
            position=n,
            stage=_STAGES[n % 2],
            subject=_SUBJECTS[n % 3],
            name=f"旧项目{n}",
            opens_on=opens,
            ends_on=opens + timedelta(days=9) if opens else None,
        )
        for n, opens in enumerate((date(2024, 5, 1), date(2022, 5, 1), date(2026, 12, 5)))
    ]
    tree.session.add_all([*made, *past])
    tree.session.flush()
    return made, past


def _schools(tree: Tree) -> list[Organisation]:
    for n in range(SCHOOLS):
        tree.add("school", f"学校{n}", "甲一县").is_rural = n % 3 == 0
    tree.session.flush()
    return list(
        tree.session.scalars(
            select(Organisation)
            .where(Organisation.name.startswith("学校"))
            .order_by(Organisation.id)
        )
    )


def _teachers(lot: random.Random, schools: list[Organisation], first: int) -> list[dict[str, Any]]:
    rows = []
    for n in range(TEACHERS):
        state = lot.choices(("active", "left"), (30, 1))[0]
        # A few schools have nearly no teachers, so that shares of those away grow large.
        school = schools[min(int(lot.expovariate(0.08)), SCHOOLS - 1)]
        rows.append(
            {
                "id": first + n,
                "uuid": uuid.UUID(int=n + 1),
                "organisation_id": school.id,
                "name": f"教师{n}",
                "name_key": f"教师{n}",
                "search_key": f"{n}",
                "id_number": "v1:x",
                "id_index": id_index(f"ID{n}"),
                "birth_on": date(1966, 1, 1) + timedelta(days=lot.randrange(12_500)),
                "sex": "1",
                "phone": "",
                "stage": lot.choice(["", *_STAGES]),
                "subject": lot.choice(["", *_SUBJECTS]),
                "title": lot.choice(_TITLES),
                "post": lot.choice(["", "校长"]),
                "is_head": False,
                "is_class_teacher": lot.random() < 0.3,
                "since": lot.choice(
                    [None, date(2001, 2, 28) + timedelta(days=lot.randrange(9_000))]
                ),
                "status": lot.choices(
                    ("in_service", "retired", "seconded", "on_leave"), (30, 1, 1, 1)
                )[0],
                "sources": {},
                "state": state,
                "left_on": date(2025, 1, 1) if state == "left" else None,
            }
        )
        rows[-1]["is_head"] = rows[-1]["post"] == "校长"
    return rows


def _world(session: Session, lot: random.Random) -> World:
    tree = small_province(session)
    projects, past = _projects(tree)
    schools = _schools(tree)
    first = (session.scalar(text("SELECT coalesce(max(id), 0) + 1 FROM teacher")) or 1) + 1000
    teachers = _teachers(lot, schools, first)
    _many(session, Teacher, teachers)
    world = World(tree.category, projects, schools, {f"ID{n}": t for n, t in enumerate(teachers)})
    sheet = QuotaSheet(category_id=tree.category.id, organisation_id=tree.bodies["省"].id)
    session.add(sheet)
    session.flush()
    cell = Quota(sheet_id=sheet.id, project_id=projects[0].id, held=0)
    session.add(cell)
    session.flush()
    rows, taken = [], set()
    for n in range(6_000):
        teacher, project = lot.choice(teachers), lot.choice([*projects, *past])
        if (teacher["id"], project.id) in taken:
            continue
        taken.add((teacher["id"], project.id))
        state = lot.choice(_STATES)
        rows.append(
            {
                "uuid": uuid.UUID(int=n + 1),
                "code": f"{n:08d}",
                "category_id": project.category_id,
                "project_id": project.id,
                "cell_id": cell.id,
                "teacher_id": teacher["id"],
                "school_id": teacher["organisation_id"],
                "nominator_id": tree.bodies["省"].id,
                "quota_path": "/",
                "state": state,
                "waits_at_id": tree.bodies["省"].id
                if state in ("draft", "city_submitted")
                else None,
            }
        )
        if state not in ("withdrawn", "refused"):
            found = {"project": project, "state": state, "school": teacher["organisation_id"]}
            world.nominations.setdefault(teacher["id"], []).append(found)
    _many(session, Nomination, rows)
    _bans(session, lot, world, teachers)
    session.execute(text("ANALYZE teacher, nomination, ban"))
    return world


def _bans(session: Session, lot: random.Random, world: World, teachers: Any) -> None:
    rows = []
    for teacher in lot.sample(teachers, 1_500):
        day = date(2022, 6, 1) + timedelta(days=lot.randrange(1_600))
        state = lot.choice(["proposed", "in_force", "dismissed"])
        two = (1, 2, clock.now()) if state == "in_force" else (None, None, None)
        over = state == "dismissed"
        rows.append(
            {
                "teacher_id": teacher["id"],
                "cause": "no_show",
                "event_on": day,
                "ends_on": ban_ends(day, 3),
                "state": state,
                "training_name": "集中培训",
                "signed_by_id": two[0],
                "confirmed_by_id": two[1],
                "in_force_at": two[2],
                "closed_at": clock.now() if over else None,
                "closed_reason": "撤销" if over else "",
            }
        )
    _many(session, Ban, rows)
    for ban in session.scalars(select(Ban).where(Ban.state != "dismissed").order_by(Ban.id)):
        world.bans.setdefault(ban.teacher_id, []).append(
            BanFacts(
                *(ban.id, ban.teacher_id, ban.cause, ban.event_on, ban.ends_on, ban.state),
                ban.training_name,
            )
        )


def _rows(lot: random.Random, world: World) -> list[Row]:
    """Half of them as the register says, the others with every kind of difference."""
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for n in range(ROWS):
        number = f"ID{lot.randrange(TEACHERS * 5 // 4)}"
        known = world.teachers.get(number)
        project = lot.choice(world.projects)
        if known and lot.random() < 0.9:
            own = (known["stage"], known["subject"])
            project = next((p for p in world.projects if (p.stage, p.subject) == own), project)
        row = Row(n + 1, n, id_number=number, project_id=project.id)
        row.name_key = known["name_key"] if known else f"新{n}"
        row.birth_on = known["birth_on"] if known else date(1985, 5, 5)
        row.school_id = known["organisation_id"] if known else lot.choice(world.schools).id
        row.stage, row.subject = project.stage, project.subject
        row.twin = seen.setdefault(number, row.number)
        row.twin = 0 if row.twin == row.number else row.twin
        if lot.random() < 0.3:
            row.title = lot.choice(_TITLES)
            row.since = lot.choice([None, date(1998, 9, 1), date(2021, 11, 10), date(2021, 11, 11)])
            row.post = lot.choice(["", "校长", "教导主任"])
            row.is_class_teacher = lot.choice([None, True, False])
        if lot.random() < 0.1:
            row.name_key = "另一个人"
        if lot.random() < 0.1:
            row.school_id = lot.choice(world.schools).id
        rows.append(row)
    return rows


def _crowds(world: World, rows: list[Row]) -> Mapping[tuple[int, int], Away | None]:
    """Who would be away from each school for each project, counted name by name."""
    projects = {one.id: one for one in world.projects}
    every = {n["project"].id: n["project"] for found in world.nominations.values() for n in found}
    listed = Counter((row.school_id, row.project_id) for row in rows)
    new = Counter(
        (row.school_id, projects[row.project_id].subject)
        for row in rows
        if row.id_number not in world.teachers
    )
    standing = Counter(
        (one["school"], one["project"].id) for found in world.nominations.values() for one in found
    )
    staff = Counter(
        (one["organisation_id"], one["subject"])
        for one in world.teachers.values()
        if one["state"] == "active"
    )
    away: dict[tuple[int, int], Away | None] = {}
    for school, number in listed:
        own = projects[number]
        shared = [
            other.id
            for other in {**projects, **every}.values()
            if other.subject == own.subject and (other.id == own.id or _meet(own, other))
        ]
        count = sum(listed[school, one] + standing[school, one] for one in shared)
        teachers = staff[school, own.subject]
        total = teachers + new[school, own.subject]
        away[school, number] = Away(count, total) if teachers else None
    return away


def _meet(one: Project, two: Project) -> bool:
    if not (one.opens_on and one.ends_on and two.opens_on and two.ends_on):
        return False
    return one.opens_on <= two.ends_on and two.opens_on <= one.ends_on


def _person(
    row: Row, world: World, away: Away | None, schools: Mapping[int, Organisation]
) -> Person:
    """The teacher of a row from this test's own memory, without the database."""
    kept = world.teachers.get(row.id_number)
    busy = world.nominations.get(kept["id"], []) if kept else []
    project = next(one for one in world.projects if one.id == row.project_id)
    elsewhere = [one for one in busy if one["project"].id != project.id]
    known = None
    if kept:
        known = Known(
            *(kept["id"], kept["name_key"], kept["organisation_id"]),
            *(schools[kept["organisation_id"]].name, kept["state"], kept["status"]),
            *(kept["title"], kept["stage"], kept["subject"]),
        )
    head = row.is_head
    if head is None and kept and kept["post"]:
        head = kept["is_head"]
    lead = row.is_class_teacher
    return Person(
        name_key=row.name_key,
        birth_on=row.birth_on or TODAY,
        school_id=row.school_id,
        school=schools[row.school_id].name,
        stage=row.stage or (kept["stage"] if kept else ""),
        subject=row.subject or (kept["subject"] if kept else ""),
        title=row.title or (kept["title"] if kept else ""),
        since=row.since or (kept["since"] if kept else None),
        is_head=head,
        is_class_teacher=lead if lead is not None else (kept["is_class_teacher"] if kept else None),
        rural=schools[row.school_id].is_rural,
        known=known,
        already=len(elsewhere) < len(busy),
        others=tuple(
            Other(p.name, p.opens_on, p.ends_on, p.category_id == project.category_id)
            for p in sorted((one["project"] for one in elsewhere), key=lambda p: p.id)
            if p.category_id == project.category_id or p.opens_on
        ),
        trained=tuple(
            one["project"].opens_on or date(2025, 12, 31)
            for one in elsewhere
            if one["state"] == "province_confirmed"
            and (one["project"].stage, one["project"].subject) == (project.stage, project.subject)
        ),
        bans=tuple(world.bans.get(kept["id"], ())) if kept else (),
        away=away,
        twin=row.twin,
    )


@pytest.mark.rule("HN-37", "HN-46", "HN-70", "A-19")
def test_set_based_verdicts_are_those_of_the_rules(session: Session) -> None:
    """Every finding of 100,000 rows, from the staged table and from the rules on plain values."""
    lot = random.Random(20231120)
    world = _world(session, lot)
    terms = terms_of(world.category, TODAY)
    schools = {one.id: one for one in world.schools}
    told: Counter[str] = Counter()
    lists = [_rows(lot, world) for _ in range(LISTS)]
    for rows in lists:
        judge_rows(rows, terms)
    pairs = [(rows, _crowds(world, rows)) for rows in lists]
    for row, away in ((row, away) for rows, away in pairs for row in rows):
        person = _person(row, world, away[row.school_id, row.project_id], schools)
        wanted = judge(person, terms.places[row.project_id], terms.contexts[row.project_id])
        found = [flaw.finding for flaw in row.flaws]
        assert found == wanted, row
        told.update(one.code for one in found)
        told["clean"] += not found
    assert min(told[code] for code in _EVERY) > 20, told


_EVERY = (
    *("clean", "duplicate", "name_mismatch", "status", "already", "title", "years", "age", "rural"),
    *("post", "ban", "ban-proposed", "other_project", "same_training", "away_share"),
    *("other_school", "register_differs", "unknown_teacher"),
)
