"""Searching the register for a place: the hits in scope, their places, and what the rules say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.core.findings import Finding, Severity, blocking
from provincial.core.identity import parse_id_number
from provincial.core.text import Text
from provincial.core.viewer import Viewer
from provincial.people.teachers import queries as register
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import TeacherFilter, id_number_of
from provincial.people.teachers.rules import masked_id
from provincial.planning.candidates.rules import Choice, first_choice, no_place_finding
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.nominations import queries as nominations
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.rules import Channel
from provincial.planning.plans.models import Project
from provincial.rulebook import vocabulary
from provincial.rulebook.people_words import TITLE_OF

#: Hits that a search shows with their findings; more ask for more letters of the name.
MOST = 12
_STAGES = {term.code: term.label for term in vocabulary.STAGES}
_SUBJECTS = {term.code: term.label for term in vocabulary.SUBJECTS}
#: What says only that the place is taken: by the one whom a stand-in replaces.
_ABOUT_THE_PLACE = frozenset({"quota", "green_quota"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A teacher with the facts that matter, the places in reach, and what the rules say."""

    teacher: Teacher
    number: str
    stage: Text | str
    subject: Text | str
    title: Text | str
    years: int | None
    choices: Sequence[Choice] = ()
    chosen: Choice | None = None
    findings: Sequence[Finding] = field(default_factory=tuple)

    @property
    def blocked(self) -> bool:
        """Whether a rule forbids it."""
        return bool(blocking(self.findings))

    @property
    def warnings(self) -> int:
        """How many warnings want a reason."""
        return sum(finding.severity is Severity.WARN for finding in self.findings)


def search(viewer: Viewer, words: str) -> tuple[list[Teacher], bool]:
    """Active teachers in scope whose name, or its sound, holds these words; and whether more do."""
    page = register.list_teachers(viewer, TeacherFilter(text=words))
    return list(page.rows[:MOST]), len(page.rows) > MOST or bool(page.next_after)


def by_id_number(viewer: Viewer, words: str, today: date) -> Teacher | None:
    """The teacher in scope with this whole ID number; refuses what can be none."""
    number = parse_id_number(words, today).number
    found = register.by_id_numbers([number]).get(number)
    return register.teacher_in_scope(viewer, found.id) if found is not None else None


def teacher_in_scope(viewer: Viewer, teacher_id: int) -> Teacher | None:
    """A teacher on the register within the viewer's scope."""
    return register.teacher_in_scope(viewer, teacher_id)


def candidate(
    viewer: Viewer, project: Project, teacher: Teacher, key: str = "", *, on: date
) -> Candidate:
    """A teacher before a project; ``key`` names the choice, else the nearest free place."""
    choices = _choices(viewer, project, teacher)
    chosen = next((c for c in choices if c.key == key), None) or first_choice(choices)
    if chosen is None:
        findings = [no_place_finding(project.name, teacher.organisation.name)]
    else:
        findings = nominations.verdict(_cell(chosen.cell_id), teacher, chosen.channel, on=on)
    return _facts(teacher, choices, chosen, findings, on)


def stand_in(nomination: Nomination, teacher: Teacher, *, on: date) -> Candidate:
    """A teacher before the place of somebody else; that it is taken does not count (A-18)."""
    cell, leaves = nomination.cell, nomination.id
    found = nominations.verdict(cell, teacher, nomination.way, on=on, but=leaves)
    findings = [one for one in found if one.code not in _ABOUT_THE_PLACE]
    return _facts(teacher, (), None, findings, on)


def _facts(
    teacher: Teacher,
    choices: Sequence[Choice],
    chosen: Choice | None,
    findings: Sequence[Finding],
    on: date,
) -> Candidate:
    since = teacher.teaching_since or teacher.since
    order = list(Severity)[::-1]
    return Candidate(
        teacher,
        masked_id(id_number_of(teacher)),
        _STAGES.get(teacher.stage, ""),
        _SUBJECTS.get(teacher.subject, ""),
        TITLE_OF[teacher.title].label if teacher.title else "",
        _years(since, on) if since else None,
        choices,
        chosen,
        sorted(findings, key=lambda finding: order.index(finding.severity)),
    )


def _years(since: date, on: date) -> int:
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def _choices(viewer: Viewer, project: Project, teacher: Teacher) -> list[Choice]:
    """Every place on the way, each followed by its green channel where one is open (HN-41)."""
    found = []
    places = nominations.places_on_the_way(project, teacher.organisation, viewer.quota_path)
    for place in places:
        body, cell = place.organisation_id, place.cell_id
        if place.held:
            found.append(Choice(body, place.body, Channel.REGULAR, cell, place.held, place.free))
        green = nominations.green_count(_cell(cell))
        if green is not None and green.limit:
            free = green.limit - green.used
            found.append(Choice(body, place.body, Channel.GREEN, cell, green.limit, free))
    return found


def _cell(cell_id: int) -> Quota:
    return db.session.scalars(
        select(Quota)
        .where(Quota.id == cell_id)
        .options(joinedload(Quota.sheet).joinedload(QuotaSheet.organisation))
    ).one()


def projects_with_places(viewer: Viewer, category_id: int) -> list[Project]:
    """The projects of a category of which the viewer's body holds places."""
    held = (
        select(Quota.project_id)
        .join(QuotaSheet, QuotaSheet.id == Quota.sheet_id)
        .where(
            QuotaSheet.category_id == category_id,
            QuotaSheet.organisation_id == viewer.organisation_id,
            Quota.held > 0,
        )
    )
    return list(
        db.session.scalars(
            select(Project)
            .where(Project.category_id == category_id, Project.id.in_(held))
            .order_by(Project.position)
        )
    )
