"""Filling the places of the demonstration, through the actions of the rooms that own each thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from provincial.core import clock
from provincial.core.viewer import Viewer
from provincial.desk.samples import queries
from provincial.desk.samples.rules import (
    CITY,
    DISTRICT,
    LAST_LABEL,
    READY_CITY,
    REASON,
    SCHOOL,
    SHARE_HANDED_DOWN,
    Officers,
    split_evenly,
)
from provincial.people.organisations.models import Organisation
from provincial.planning.bans import actions as bans
from provincial.planning.ledger import queries as ledger
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.nominations import actions as nominations
from provincial.planning.nominations.actions import Entry
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.quotas import actions as quotas
from provincial.planning.signing import actions as signing


def split(
    category: ProjectCategory,
    bodies: Mapping[str, Organisation],
    officers: Officers,
    now: datetime,
) -> None:
    """One city in part, one district of it down to the schools, one city altogether.

    The city keeps most of its places, so that a list of its own finds some (HN-38).
    """
    city = _sheet(category, bodies[CITY])
    counties = _children(bodies, CITY)
    _hand_down(city, counties, SHARE_HANDED_DOWN, officers["zhengzhou"], now)
    on = clock.china_date(now)
    district = _sheet(category, bodies[DISTRICT])
    officer = officers["jinshui"]
    _hand_down(district, _children(bodies, DISTRICT), 100, officer, now)
    quotas.lock(district, by=officer, on=on)
    ready = _sheet(category, bodies[READY_CITY])
    _hand_down(ready, _children(bodies, READY_CITY), 100, officers["kaifeng"], now)
    quotas.lock(ready, by=officers["kaifeng"], on=on)


def _hand_down(
    sheet: QuotaSheet, children: Sequence[Organisation], percent: int, by: Viewer, now: datetime
) -> None:
    """Split by stage and size: primary schools get primary places, junior schools junior ones."""
    projects = {project.id: project for project in ledger.projects_of(sheet.category_id)}
    cells = ledger.cells_of([sheet.id])
    held = {project: facts.held for (_sheet_id, project), facts in cells.items()}
    wanted: dict[tuple[int, int], int] = {}
    for stage in sorted({project.stage for project in projects.values()}):
        fitting = [body for body in children if not body.stages or stage in body.stages]
        places = {p: n for p, n in held.items() if projects[p].stage == stage}
        weights = [60 if body.code == SCHOOL else 7 + body.id % 5 for body in fitting]
        wanted |= split_evenly(places, [body.id for body in fitting], weights, percent)
    quotas.split(sheet, wanted, by=by, now=now)


def ban(school: Organisation, officers: Officers, now: datetime) -> None:
    """One teacher who is barred, and one for whom a ban is proposed (HN-46)."""
    barred, proposed = queries.teachers_of(school)[-2:]
    then = now - timedelta(days=60)
    in_force = bans.propose(
        barred, "no_show", event_on=then.date(), now=then, by=None, training_name=LAST_LABEL
    )
    bans.take_step(in_force, "sign", by=officers["province1"], now=now)
    bans.take_step(in_force, "confirm", by=officers["province2"], now=now)
    event_on = clock.china_date(now) - timedelta(days=9)
    bans.propose(
        proposed, "not_completed", event_on=event_on, now=now, by=None, training_name=LAST_LABEL
    )


def nominate(
    category: ProjectCategory, school: Organisation, officers: Officers, now: datetime
) -> None:
    """Names of one school at each of the first desks: entered, confirmed, approved (HN-37)."""
    held = _held(category, school)
    people = {one.subject: one for one in reversed(queries.teachers_of(school)[:-2])}
    chosen = [
        project
        for project in ledger.projects_of(category.id)
        if held.get(project.id) and project.subject in people
    ]
    entry = Entry(reason=REASON)
    names = [
        nominations.enter(
            project, people[project.subject], school, entry, by=officers["school3"], now=now
        )
        for project in chosen[:3]
    ]
    signing.pass_on(names[:2], by=officers["principal3"], now=now)
    signing.pass_on(names[:1], by=officers["jinshui"], now=now)


def _sheet(category: ProjectCategory, body: Organisation) -> QuotaSheet:
    found = ledger.sheet_of(category.id, body.id)
    if found is None:
        raise LookupError(f"{body.name} holds no places")
    return found


def _held(category: ProjectCategory, body: Organisation) -> dict[int, int]:
    """Places of a body by project."""
    cells = ledger.cells_of([_sheet(category, body).id])
    return {project: facts.held for (_sheet_id, project), facts in cells.items()}


def _children(bodies: Mapping[str, Organisation], code: str) -> list[Organisation]:
    """The bodies that get their places from this one."""
    above = bodies[code].id
    return [body for body in bodies.values() if body.quota_parent_id == above]
