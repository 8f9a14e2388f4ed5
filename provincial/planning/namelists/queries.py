"""Reading what a list is judged against: the schools of a unit, free places, the green channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from provincial.adapters.keys import Purpose
from provincial.adapters.services import keys
from provincial.core.db import db
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import BUREAUS, Kind
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import by_id_numbers, id_index
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.letters.queries import green_rule, rulebook_of
from provincial.planning.namelists import permissions
from provincial.planning.namelists.rules import KIND, Body, Cell, Directory, Pool
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.queries import green_count
from provincial.planning.nominations.rules import ALIVE
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.planning.plans.rules import LIVE
from provincial.rulebook.loader import Rulebook


def category_by_code(plan_code: str, category_code: str) -> ProjectCategory | None:
    """A category of a plan, by the codes of both."""
    return db.session.scalar(
        select(ProjectCategory)
        .join(Plan)
        .where(Plan.code == plan_code, ProjectCategory.code == category_code)
    )


def unit_by_code(code: str) -> Organisation | None:
    """The active body with this code."""
    return db.session.scalar(
        select(Organisation).where(Organisation.code == code, Organisation.state == "active")
    )


def directory(unit: Organisation) -> Directory:
    """The counties and schools of a unit's quota tree, by every name (HN-01)."""
    bodies = db.session.execute(
        select(
            *(Organisation.id, Organisation.name, Organisation.quota_parent_id),
            *(Organisation.kind, Organisation.formal_name, Organisation.aliases),
            Organisation.code,
        ).where(
            Organisation.quota_path.startswith(unit.quota_path, autoescape=True),
            Organisation.state == "active",
        )
    ).all()
    found = [
        (row.kind, Body(row.id, row.name, row.quota_parent_id or 0, _names(row))) for row in bodies
    ]
    counties = [body for kind, body in found if kind in BUREAUS]
    schools = [body for kind, body in found if kind == Kind.SCHOOL]
    own = next(body for _kind, body in found if body.id == unit.id)
    if unit.kind == Kind.SCHOOL and unit.quota_parent is not None:
        above = unit.quota_parent
        counties = [Body(above.id, above.name, 0, _names(above))]
    return Directory(own, counties, schools, _fronts(unit))


def _names(row: object) -> tuple[str, ...]:
    names = (
        getattr(row, "formal_name", ""),
        *getattr(row, "aliases", ()),
        getattr(row, "code", ""),
    )
    return tuple(name for name in names if name)


def _fronts(unit: Organisation) -> list[str]:
    """Names of the bodies above, as lists put them before a school: 河南省郑州市, 郑州市."""
    names: list[str] = []
    body: Organisation | None = unit
    while body is not None:
        names.append(body.name)
        body = body.quota_parent
    return [*("".join(reversed(names[:n])) for n in range(len(names), 1, -1)), *names]


def ways(unit: Organisation, school_ids: Iterable[int]) -> dict[int, list[int]]:
    """For each school the bodies from itself up to the unit, nearest first."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.quota_path).where(
            Organisation.id == any_(literal(sorted(set(school_ids)), ARRAY(BigInteger)))
        )
    )
    found = {}
    for number, path in rows:
        ids = [int(part) for part in path.split("/") if part]
        found[number] = list(reversed(ids[ids.index(unit.id) :])) if unit.id in ids else []
    return found


def cells(holders: Iterable[int], project_ids: Iterable[int]) -> dict[tuple[int, int], Cell]:
    """What these bodies hold of these projects, by body and project."""
    rows = db.session.execute(
        select(
            *(Quota.project_id, Quota.id, Quota.sheet_id, QuotaSheet.organisation_id),
            *(Organisation.name, Quota.held, Quota.given, Quota.used),
        )
        .join(QuotaSheet, QuotaSheet.id == Quota.sheet_id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .where(
            QuotaSheet.organisation_id == any_(literal(sorted(set(holders)), ARRAY(BigInteger))),
            Quota.project_id.in_(list(project_ids)),
        )
    )
    return {(row[3], row[0]): Cell(*row[1:]) for row in rows}


def pools(unit: Organisation, cells_found: Mapping[tuple[int, int], Cell]) -> dict[int, Pool]:
    """The green channel by project, at the body below the province from which the unit's places come."""
    top = reporting_body(unit)
    found = {}
    for (holder, project_id), cell in cells_found.items():
        if holder != top:
            continue
        green = green_count(db.session.get_one(Quota, cell.id))
        if green is not None:
            found[project_id] = Pool(cell, green.limit, green.used, green.basis == "within")
    return found


def reporting_body(unit: Organisation) -> int:
    """The body straight below the province from which a unit's places come: it reports (HN-41)."""
    ids = [int(part) for part in unit.quota_path.split("/") if part]
    return ids[1] if len(ids) > 1 else ids[0]


def green_groups(
    category: ProjectCategory, unit: Organisation, projects: Iterable[Project]
) -> dict[int, str]:
    """Which projects share one count of the green channel: those of a subject, where it counts so."""
    top = db.session.get_one(Organisation, reporting_body(unit))
    rule = green_rule(rulebook_of(category.plan), category, top.kind)
    by_subject = rule is not None and rule.unit == "subject"
    return {one.id: one.subject if by_subject else str(one.id) for one in projects}


def sheets_of(category_id: int, holders: Iterable[int]) -> list[int]:
    """The sheets of these bodies in a category, from the top down, as they are locked."""
    return list(
        db.session.scalars(
            select(QuotaSheet.id)
            .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
            .where(
                QuotaSheet.category_id == category_id,
                QuotaSheet.organisation_id
                == any_(literal(sorted(set(holders)), ARRAY(BigInteger))),
            )
            .order_by(func.length(Organisation.quota_path), QuotaSheet.id)
        )
    )


def run_in_scope(viewer: Viewer, run_id: int) -> ImportRun | None:
    """A run of this room, of the viewer's own body."""
    return db.session.scalar(
        select(ImportRun).where(
            ImportRun.id == run_id,
            ImportRun.kind == KIND,
            ImportRun.organisation_id == viewer.organisation_id,
        )
    )


def category_of(run: ImportRun) -> ProjectCategory:
    """The category into which a list goes."""
    return db.session.get_one(ProjectCategory, int(run.context["category"]))


def unit_of(run: ImportRun) -> Organisation:
    """The unit whose list it is."""
    return db.session.get_one(Organisation, int(run.context["unit"]))


def brought_by(run: ImportRun) -> Sequence[Nomination]:
    """The nominations that a list brought, in the order of entry."""
    return db.session.scalars(
        select(Nomination).where(Nomination.import_run_id == run.id).order_by(Nomination.id)
    ).all()


def projects_of(category: ProjectCategory) -> list[Project]:
    """The columns of a category in order."""
    return list(
        db.session.scalars(
            select(Project).where(Project.category_id == category.id).order_by(Project.position)
        )
    )


def quota_paths(organisation_ids: Iterable[int]) -> dict[int, str]:
    """Where bodies stand in the quota tree."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.quota_path).where(
            Organisation.id == any_(literal(sorted(set(organisation_ids)), ARRAY(BigInteger)))
        )
    ).all()
    return dict(rows)  # type: ignore[arg-type]


def holders_of(run: ImportRun) -> list[int]:
    """The bodies on whose places the names of a list stand."""
    return list(
        db.session.scalars(
            select(Nomination.nominator_id).distinct().where(Nomination.import_run_id == run.id)
        )
    )


def stored_indexes(numbers: Iterable[str]) -> dict[str, bytes]:
    """What finds each ID number in the register; while keys rotate, what its record still carries."""
    found = {number: id_index(number) for number in numbers}
    if len(keys().keys[Purpose.INDEX]) > 1:
        known = by_id_numbers(found)
        found |= {number: teacher.id_index for number, teacher in known.items()}
    return found


@dataclass(frozen=True, slots=True)
class CitedSource:
    """An article as papers cite it, with the sentence that it says."""

    article: str
    quote: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A nomination of a list that holds its place."""

    id: int
    state: str
    channel: str
    cell_id: int
    teacher_id: int
    quota_path: str
    name: str


def locked_of(run: ImportRun) -> list[Standing]:
    """The nominations of a list that hold their places, locked in order of id."""
    rows = db.session.execute(
        select(
            *(Nomination.id, Nomination.state, Nomination.channel, Nomination.cell_id),
            *(Nomination.teacher_id, Nomination.quota_path, Teacher.name),
        )
        .join(Teacher, Teacher.id == Nomination.teacher_id)
        .where(
            Nomination.import_run_id == run.id,
            Nomination.state.in_([state.value for state in ALIVE]),
        )
        .order_by(Nomination.id)
        .with_for_update(of=Nomination)
    )
    return [Standing(*row) for row in rows]


def is_within(cell_id: int) -> bool:
    """Whether the green channel of a cell takes its places out of the quota (A-09)."""
    green = green_count(db.session.get_one(Quota, cell_id))
    return green is not None and green.basis == "within"


def unit(organisation_id: int) -> Organisation:
    """The body with this id."""
    return db.session.get_one(Organisation, organisation_id)


def sources(rulebook: Rulebook) -> dict[str, CitedSource]:
    """Article and quoted sentence by rule, as the page opens them beside a finding."""
    found: dict[str, CitedSource] = {}
    for key in rulebook.listed:
        source = rulebook.source(key)
        for name in (source.rule, source.interpretation):
            if name and source.citation():
                found.setdefault(name, CitedSource(source.citation(), source.quote))
    return found


def category_link(category: ProjectCategory, viewer: Viewer) -> tuple[Text, str] | None:
    """The way to bring a list of names, for the page of a category."""
    if not category.has_quota_table or not permissions.may_bring(viewer):
        return None
    if category.plan.state not in LIVE:
        return None
    return t("Nominations from a list"), f"/name-lists/{category.id}/import"
