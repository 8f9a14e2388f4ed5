"""Filling an empty site, through the actions of the rooms that own each thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import insert, select

from provincial.core import clock
from provincial.core.db import db
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.desk.demonstration import queries
from provincial.desk.demonstration.rules import (
    CATEGORY,
    LABEL,
    LAST_NUMBER,
    LAST_PLAN,
    LAST_TITLE,
    OFFICE_MAIL,
    PASSWORD,
    PLAN,
    PROGRAMME_YEARS,
    PROVINCE,
    TABLE_FILE,
    TEACHER_LOGIN,
    TEACHER_PLACE,
    TEACHERS_ELSEWHERE,
    TEACHERS_HERE,
    InventedSchool,
    InventedTeacher,
    invented_name,
    invented_number,
    invented_phone,
    invented_teacher,
    schools_of,
)
from provincial.desk.samples import actions as samples
from provincial.desk.samples.rules import CITY, DISTRICT, LAST_LABEL, REASON, SCHOOL, Officers
from provincial.office.imports import actions as imports
from provincial.people.accounts import actions as accounts
from provincial.people.accounts.queries import viewer_for
from provincial.people.corrections import actions as corrections
from provincial.people.honours import actions as honours
from provincial.people.organisations import actions as organisations
from provincial.people.organisations.actions import NewBody
from provincial.people.organisations.models import Organisation, YearlyFigure
from provincial.people.organisations.rules import (
    InstitutionFacts,
    Kind,
    Particulars,
    SchoolFacts,
)
from provincial.people.teachers import actions as teachers
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import Facts, Source, TeacherRow
from provincial.planning.allocations import actions as allocations
from provincial.planning.allocations import importer
from provincial.planning.allocations import queries as table_queries
from provincial.planning.plans import actions as plans
from provincial.planning.plans.models import Plan, ProjectCategory
from provincial.planning.windows import actions as windows
from provincial.rulebook.loader import builtin

_EACH_IN_THE_CITY = 8
_EACH_ELSEWHERE = 1
_EACH_IN_MANAGED_COUNTIES = 3


def load(*, production: bool, now: datetime) -> None:
    """Fill an empty site with the demonstration province.

    Refuses a production site and one that holds anything already.
    """
    if production:
        raise Refusal(t("A production site is never filled with the demonstration."))
    if not queries.is_empty():
        raise Refusal(
            t("This site is not empty. The demonstration only fills a site that holds nothing.")
        )
    on = clock.china_date(now)
    bodies = _bodies(on)
    officers = _people(bodies, on)
    _teachers(bodies, officers, on)
    _figures(bodies)
    plan = _draft(officers, now)
    _last_year(plan, officers, now)
    _issue_plan(plan, officers, now)
    _reopen_windows(plan, bodies[PROVINCE], officers["province2"], now)
    category = _category(plan)
    _issue_table(category, officers, on)
    samples.split(category, bodies, officers, now)
    samples.ban(bodies[SCHOOL], officers, now)
    samples.nominate(category, bodies[SCHOOL], officers, now)


def _bodies(on: date) -> dict[str, Organisation]:
    """The tree with schools, institutions and the contact of each bureau, by code."""
    root = organisations.found_province(PROVINCE, on=on)
    bodies = {root.code: root, **organisations.load_divisions(PROVINCE, on=on)}
    organisations.register_many(
        [_institution(row, root) for row in queries.table("institutions")], on=on, by=None
    )
    organisations.register_many(list(_schools(bodies.values())), on=on, by=None)
    for number, body in enumerate(queries.bureaus(), start=1):
        organisations.name_contact(
            body,
            invented_name(number),
            invented_phone(number),
            f"{body.code}@example.com",
            by=None,
        )
    return {body.code: body for body in db.session.scalars(select(Organisation))}


def _institution(row: Mapping[str, str], root: Organisation) -> NewBody:
    facts = InstitutionFacts(
        row["quota_group"],
        date.fromisoformat(row["accredited_since"]),
        int(row["experience_years"]),
    )
    particulars = Particulars(institution=facts)
    return NewBody(Kind.INSTITUTION, row["code"], row["name"], root, root, particulars, 950)


def _schools(bodies: Iterable[Organisation]) -> Iterable[NewBody]:
    """Eight and eight in each county of the demonstrated city, a few elsewhere."""
    by_id = {body.id: body for body in bodies}
    for body in by_id.values():
        if body.kind in (Kind.PROVINCE_MANAGED_COUNTY, Kind.DEMONSTRATION_ZONE, Kind.AIRPORT_ZONE):
            each = _EACH_IN_MANAGED_COUNTIES
        elif body.kind == Kind.COUNTY:
            city = by_id[body.quota_parent_id or 0]
            each = _EACH_IN_THE_CITY if city.code == CITY else _EACH_ELSEWHERE
        else:
            continue
        rural_from = 9 if body.name.endswith("区") else 4
        for place, school in enumerate(
            schools_of(body.code, body.name, each, rural_from=rural_from)
        ):
            yield _school(school, body, place)


def _school(school: InventedSchool, county: Organisation, place: int) -> NewBody:
    facts = Particulars(school=SchoolFacts((school.stage,), school.is_rural))
    return NewBody(Kind.SCHOOL, school.code, school.name, county, county, facts, place)


def _people(bodies: Mapping[str, Organisation], on: date) -> Officers:
    """The accounts of ``accounts.csv``; all share the published password."""
    viewers = {}
    for row in queries.table("accounts"):
        user = accounts.create_user(row["user"], row["name"], PASSWORD, is_demonstration=True)
        body = bodies[row["organisation_code"]]
        membership = accounts.add_membership(user, body, row["role"], starts_on=on)
        viewers[row["user"]] = viewer_for(user, membership)
    return Officers(viewers)


def _teachers(bodies: Mapping[str, Organisation], officers: Officers, on: date) -> None:
    """Teachers in every school of the demonstrated district; titles, an account, a pair to compare."""
    schools = [one for one in bodies.values() if one.code.startswith(f"{DISTRICT}-")]
    rows: dict[Source, list[TeacherRow]] = {Source.FORM: [], Source.IMPORT: []}
    number = 0
    for school in sorted(schools, key=lambda one: (one.code != SCHOOL, one.code)):
        count = TEACHERS_HERE if school.code == SCHOOL else TEACHERS_ELSEWHERE
        for place in range(count):
            made = invented_teacher(number, school.stages[0], place)
            source = Source.IMPORT if place >= count // 2 else Source.FORM
            rows[source].append(_teacher_row(school, made, number))
            number += 1
    here = rows[Source.FORM][: TEACHERS_HERE // 2]
    facts = replace(here[-1].facts, title=None)
    number_of_twin = invented_number(here[-1].birth_on, 900 + int(here[-1].sex))
    rows[Source.FORM].append(replace(here[-1], id_number=number_of_twin, facts=facts))
    typed = teachers.register_many(rows[Source.FORM], source=Source.FORM, on=on, by=None)
    teachers.register_many(rows[Source.IMPORT], source=Source.IMPORT, on=on, by=None)
    person = teachers.locked(typed[: TEACHERS_HERE // 2])
    _titles([person[one] for one in typed[3:6]], officers, on)
    account = officers[TEACHER_LOGIN]
    corrections.link_account(
        person[typed[TEACHER_PLACE]], account.user_id, REASON, on=on, by=officers["school3"]
    )


def _teacher_row(school: Organisation, made: InventedTeacher, number: int) -> TeacherRow:
    facts = Facts(name=made.name, **made.facts)
    return TeacherRow(
        *(number, made.id_number, made.birth_on, made.sex, school.id, school.name, facts),
        made.phone,
    )


def _titles(people: Sequence[Teacher], officers: Officers, on: date) -> None:
    """A provincial title, a county's, and one that was withdrawn (HN-43)."""
    given = date(2021, 12, 1)
    province, county = officers["province1"], officers["jinshui"]
    number = "教师〔2021〕0号"
    honours.award(
        people[0],
        "key_teacher",
        "provincial",
        given,
        document_number=number,
        today=on,
        by=province,
    )
    honours.award(people[1], "key_teacher", "county", given, by=county, today=on)
    lost = honours.award(people[2], "master_teacher", "county", given, by=county, today=on)
    honours.withdraw(lost, date(2023, 6, 1), REASON, today=on, by=county)


def _figures(bodies: Mapping[str, Organisation]) -> None:
    """The yearly figures: estimates by population, not statistics."""
    rows = [
        {
            "organisation_id": bodies[row["code"]].id,
            "year": int(row["year"]),
            "teachers": int(row["teachers"]),
            "key_teachers": int(row["key_teachers"]),
            "rural_teachers": int(row["rural_teachers"]),
            "check_in_rate": Decimal(row["check_in_rate"]),
            "flags": row["flags"].split(),
            "source": "demonstration",
        }
        for row in queries.table("figures")
    ]
    db.session.execute(insert(YearlyFigure), rows)


def _last_year(this_year: Plan, officers: Officers, now: datetime) -> None:
    """An archived plan of the year before with a smaller table, so that differences can be shown."""
    maker, second = officers["province1"], officers["province2"]
    plan = plans.copy(
        this_year,
        code=LAST_PLAN,
        title=LAST_TITLE,
        label=LAST_LABEL,
        starts_on=_a_year_before(this_year.starts_on),
        by=maker,
        at=now,
    )
    facts = _facts_of(plan)
    plans.edit_facts(
        plan,
        replace(facts, doc_number=LAST_NUMBER, issued_on=_a_year_before(this_year.issued_on)),
        by=maker,
    )
    _issue_plan(plan, officers, now)
    category = _category(plan)
    understood = importer.understand(category, queries.workbook(TABLE_FILE), TABLE_FILE)
    wanted = {cell: places * 9 // 10 for cell, places in understood.table.cells.items()}
    root = allocations.root_sheet(category)
    allocations.issue_table(root, wanted, by=second, made_by=maker.name)
    for step in (plans.start, plans.begin_closing, plans.archive):
        step(plan, by=maker)


def _issue_table(category: ProjectCategory, officers: Officers, on: date) -> None:
    """The annex's table, imported by one officer and issued by the other (HN-32)."""
    maker, second = officers["province1"], officers["province2"]
    data = queries.workbook(TABLE_FILE)
    run = imports.receive(
        table_queries.KIND,
        data,
        TABLE_FILE,
        organisation_id=maker.organisation_id,
        context={"category": category.id},
        by=maker,
    )
    understood = importer.understand(category, data, TABLE_FILE)
    cells = importer.wanted(category, understood.table)
    kept = {"cells": table_queries.as_data(cells)}
    imports.record_check(run, kept, understood.findings, understood.counts)
    table = allocations.prepare(
        category, cells, "import", by=maker, findings=understood.findings, run=run
    )
    allocations.submit(table, reason="", by=maker)
    allocations.issue(table, by=second, on=on)


def _draft(officers: Officers, now: datetime) -> Plan:
    """This year's plan from the notice's rulebook, with the contact that the notice names (HN-67)."""
    maker = officers["province1"]
    name = builtin(PLAN).text("plan.programme_of_years") or ""
    plans.create_programme(name, *PROGRAMME_YEARS, by=maker)
    plan = plans.create(PLAN, code=PLAN, label=LABEL, by=maker, at=now)
    person = {"person": invented_name(0), "phone": invented_phone(0), "email": OFFICE_MAIL}
    contacts = [{**contact, **person} for contact in plan.contacts]
    plans.edit_facts(plan, replace(_facts_of(plan), contacts=contacts), by=maker)
    return plan


def _issue_plan(plan: Plan, officers: Officers, now: datetime) -> None:
    """Submitted by one officer, issued by the other; its dates lie in the past, for which it says why."""
    plans.submit(plan, by=officers["province1"], at=now, reason=REASON)
    plans.issue(plan, by=officers["province2"], at=now)


def _facts_of(plan: Plan) -> plans.Facts:
    return plans.Facts(**{field.name: getattr(plan, field.name) for field in fields(plans.Facts)})


def _a_year_before(day: date | None) -> date:
    if day is None:
        raise LookupError("the notice names no such day")
    return day.replace(year=day.year - 1)


def _category(plan: Plan) -> ProjectCategory:
    return db.session.scalars(
        select(ProjectCategory).where(
            ProjectCategory.plan_id == plan.id, ProjectCategory.code == CATEGORY
        )
    ).one()


def _reopen_windows(plan: Plan, province: Organisation, by: Viewer, now: datetime) -> None:
    """Every window of the notice is extended for the whole province to a year from now."""
    last_day = clock.china_date(now) + timedelta(days=365)
    for window in plan.windows:
        windows.extend(window, province, last_day, reason=REASON, by=by, at=now)
