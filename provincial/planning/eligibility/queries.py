"""What stands beside a teacher in the register, other projects and bans; many teachers at once.

The facts of a whole list come by one statement that joins the staged rows to the register. It reads
the nominations by the name of their table, because that room is built on this one. The statement is a
sieve: it leaves out rows of which no rule could find anything, and ``rules.judge`` decides the rest. A
test holds sieve and rules together over 100,000 rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import text

from provincial.core.db import db
from provincial.core.findings import Finding
from provincial.people.honours.queries import standing_honours
from provincial.people.teachers.models import Teacher
from provincial.planning.conditions.queries import conditions_of
from provincial.planning.eligibility.rules import Away, Context, Known, Other, Person, Place, judge
from provincial.planning.integrity.queries import bans_of
from provincial.planning.integrity.rules import (
    BanFacts,
    BanPolicy,
    TrainingFacts,
    ban_findings,
    policy_of,
)
from provincial.planning.plans.models import Project, ProjectCategory
from provincial.planning.plans.queries import current_rulebook
from provincial.rulebook.people_words import TITLE_OF

#: The columns of the table of staged rows, in order, with their types.
STAGED = (
    *(("n", "int"), ("id_index", "bytea"), ("name_key", "text"), ("birth_on", "date")),
    *(("school_id", "bigint"), ("project_id", "bigint"), ("stage", "text"), ("subject", "text")),
    *(("title", "text"), ("since", "date"), ("is_head", "bool"), ("is_class_teacher", "bool")),
    ("twin", "int"),
)
#: Titles from the lowest up, for SQL; nought is none.
_RANKED = "ARRAY['third_grade','second_grade','first_grade','senior_associate','senior_full']"

#: ``{rows}`` is the staged table; ``{sieve}`` leaves rows out of which nothing could be said.
_FACTS = """
WITH asked AS (
  SELECT * FROM jsonb_to_recordset(CAST(:projects AS jsonb)) AS a(
    project_id bigint, asked_stage text, asked_subject text, title_rank int, years_from int,
    years_to int, age_from int, age_to int, counted_on date, rural_only bool, post text,
    honour text, in_service bool, opens_on date, ends_on date, category_code text, plan_id bigint)
), staged AS (
  SELECT r.*, t.id AS teacher_id FROM {rows} r
  LEFT JOIN teacher t ON t.id_index = r.id_index
    AND t.state NOT IN ('merged','undone')
), crowd AS (
  SELECT school_id, project_id, count(*) AS rows, count(*) FILTER (WHERE teacher_id IS NULL) AS new
  FROM staged GROUP BY school_id, project_id
), elsewhere AS (
  SELECT x.school_id, x.project_id, count(*) AS rows FROM nomination x
  WHERE x.school_id IN (SELECT school_id FROM crowd) AND {alive} GROUP BY x.school_id, x.project_id
), shared AS (
  SELECT one.project_id, two.id AS other_id FROM asked one JOIN project mine ON mine.id = one.project_id
  JOIN project two ON two.subject = mine.subject AND (two.id = mine.id
    OR (one.opens_on <= two.ends_on AND two.opens_on <= one.ends_on))
), away AS (
  SELECT w.school_id, w.project_id,
    CAST((SELECT coalesce(sum(o.rows), 0) FROM shared s JOIN crowd o ON o.project_id = s.other_id
       AND o.school_id = w.school_id WHERE s.project_id = w.project_id)
    + (SELECT coalesce(sum(o.rows), 0) FROM shared s JOIN elsewhere o ON o.project_id = s.other_id
       AND o.school_id = w.school_id WHERE s.project_id = w.project_id) AS int) AS away,
    (SELECT count(*) FROM teacher t WHERE t.organisation_id = w.school_id AND t.state = 'active'
       AND t.subject = p.subject) AS teachers,
    (SELECT CAST(coalesce(sum(o.new), 0) AS int) FROM crowd o JOIN project q ON q.id = o.project_id
       WHERE o.school_id = w.school_id AND q.subject = p.subject) AS new
  FROM crowd w JOIN project p ON p.id = w.project_id
)
SELECT r.n, r.name_key, r.birth_on, r.school_id, r.project_id, r.stage, r.subject, r.title, r.since,
       r.is_head, r.is_class_teacher, r.twin, s.name AS school, s.is_rural,
       t.id AS teacher_id, t.name_key AS known_name, t.organisation_id AS known_school_id,
       at.name AS known_school, t.state AS known_state, t.status AS known_status,
       t.title AS known_title, t.stage AS known_stage, t.subject AS known_subject,
       t.since AS known_since, t.is_head AS known_head, t.post AS known_post,
       t.is_class_teacher AS known_class_teacher, w.away, w.teachers, w.new,
       (SELECT jsonb_agg(jsonb_build_array(p.id, p.name, coalesce(x.opens_on, p.opens_on),
          CASE WHEN upper(x.apart) IS NOT NULL THEN upper(x.apart) - 1 ELSE p.ends_on END,
          c.plan_id = a.plan_id,
          CASE WHEN x.state = 'province_confirmed' AND c.code = a.category_code
            AND p.stage = own.stage AND p.subject = own.subject
          THEN coalesce(x.opens_on, p.opens_on, l.issued_on, make_date(l.year, 12, 31)) END)
          ORDER BY p.id)
        FROM nomination x JOIN project p ON p.id = x.project_id
        JOIN project_category c ON c.id = x.category_id JOIN plan l ON l.id = c.plan_id
        WHERE x.teacher_id = t.id AND {alive}) AS busy
FROM staged r
JOIN asked a ON a.project_id = r.project_id
JOIN project own ON own.id = r.project_id
JOIN organisation s ON s.id = r.school_id
LEFT JOIN teacher t ON t.id = r.teacher_id
LEFT JOIN organisation at ON at.id = t.organisation_id
LEFT JOIN away w ON w.school_id = r.school_id AND w.project_id = r.project_id
{sieve}
ORDER BY r.n
"""

#: A row passes the sieve when no rule can say anything of it.
_SIEVE = """
WHERE t.id IS NULL OR r.twin > 0 OR t.name_key <> r.name_key OR t.organisation_id <> r.school_id
  OR t.state <> 'active' OR t.status IN ('retired','waiting')
  OR (r.title <> '' AND t.title <> '' AND r.title <> t.title)
  OR (r.stage <> '' AND t.stage <> '' AND r.stage <> t.stage)
  OR (r.subject <> '' AND t.subject <> '' AND r.subject <> t.subject)
  OR coalesce(nullif(r.stage, ''), t.stage) <> a.asked_stage AND a.asked_stage <> ''
  OR coalesce(nullif(r.subject, ''), t.subject) <> a.asked_subject AND a.asked_subject <> ''
  OR coalesce(array_position({ranked}, coalesce(nullif(r.title, ''), t.title)), 0) < a.title_rank
  OR (a.years_from IS NOT NULL OR a.years_to IS NOT NULL) AND NOT coalesce(
       extract(year FROM age(a.counted_on, coalesce(r.since, t.since)))
         BETWEEN coalesce(a.years_from, -200) AND coalesce(a.years_to, 200), false)
  OR extract(year FROM age(a.counted_on, r.birth_on)) NOT
       BETWEEN coalesce(a.age_from, -200) AND coalesce(a.age_to, 200)
  OR a.rural_only AND NOT s.is_rural OR a.post <> '' OR a.honour <> ''
  OR EXISTS (SELECT FROM ban b WHERE b.teacher_id = t.id AND b.state IN ('proposed','in_force'))
  OR EXISTS (SELECT FROM nomination x WHERE x.teacher_id = t.id AND {alive})
  OR w.away * :share_of > :share * (w.teachers + w.new) AND w.teachers > 0
"""

#: States in which a nomination holds its place; the index of teachers covers just these.
_ALIVE = (
    "x.state IN ('draft','returned','school_confirmed','county_approved','city_submitted',"
    "'green_pending','green_approved','province_confirmed')"
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the nominations of one category on a day: places and contexts by project."""

    places: Mapping[int, Place]
    contexts: Mapping[int, Context]
    asked: str


def terms_of(category: ProjectCategory, on: date) -> Terms:
    """The conditions of every project of a category, with what its plan says beyond them."""
    book = current_rulebook(category.plan)
    share = book.ratio("nominations.away_share")
    years = book.integer("nominations.same_training_years")
    context = Context(
        on,
        allow_multi=bool(book.flag("nominations.allow_multi_category")),
        same_training_years=years if years is not None else 0,
        away_limit=share if share is not None else Fraction(1),
    )
    policy = policy_of(book)
    contexts = {
        project.id: replace(context, judge_bans=_ban_judge(project, policy, on))
        for project in category.projects
    }
    places = {
        project.id: Place(project.name, conditions_of(project), project.opens_on, project.ends_on)
        for project in category.projects
    }
    asked = [_asked(project, places[project.id], on) for project in category.projects]
    return Terms(places, contexts, json.dumps(asked))


def training_of(project: Project, on: date) -> TrainingFacts:
    """A project as the bans' rules see it: its level, its mode, the day it opens (A-05, A-07)."""
    category = project.category
    mode = "face_to_face"
    if category.online_hours:
        mode = "online" if category.face_days == 0 else "blended"
    national = category.plan.rulebook_code.startswith("national")
    return TrainingFacts("provincial", mode, project.opens_on, on, national)


def _ban_judge(
    project: Project, policy: BanPolicy | None, on: date
) -> Callable[[Sequence[BanFacts]], list[Finding]]:
    training = training_of(project, on)

    def judged(bans: Sequence[BanFacts]) -> list[Finding]:
        return ban_findings(bans, training, policy, on) if policy else []

    return judged


def _asked(project: Project, place: Place, on: date) -> dict[str, Any]:
    """The conditions of one project as the statement reads them."""
    wanted = place.conditions
    return {
        "project_id": project.id,
        "asked_stage": wanted.stage,
        "asked_subject": wanted.subject,
        "title_rank": TITLE_OF[wanted.title].rank if wanted.title else 0,
        "years_from": wanted.years_from,
        "years_to": wanted.years_to,
        "age_from": wanted.age_from,
        "age_to": wanted.age_to,
        "counted_on": (wanted.on or on).isoformat(),
        "rural_only": wanted.rural_only,
        "post": wanted.post,
        "honour": wanted.honour,
        "in_service": wanted.in_service,
        "opens_on": project.opens_on.isoformat() if project.opens_on else None,
        "ends_on": project.ends_on.isoformat() if project.ends_on else None,
        "category_code": project.category.code,
        "plan_id": project.category.plan_id,
    }


def judge_staged(terms: Terms, table: str, *, sieved: bool = True) -> dict[int, list[Finding]]:
    """The findings on the rows of a staged table, by row; rows without a finding are left out.

    ``table`` has the columns of ``STAGED``. ``sieved`` off asks the rules about every row.
    """
    share = next(iter(terms.contexts.values())).away_limit
    sieve = _SIEVE.format(alive=_ALIVE, ranked=_RANKED) if sieved else ""
    statement = _FACTS.format(rows=table, sieve=sieve, alive=_ALIVE)
    values: dict[str, Any] = {"projects": terms.asked}
    if sieved:
        values |= {"share": share.numerator, "share_of": share.denominator}
    return {number: found for number, found in _judged(terms, statement, values) if found}


def _judged(
    terms: Terms, statement: str, values: Mapping[str, Any]
) -> Iterator[tuple[int, list[Finding]]]:
    """The rules' answer on every row of a statement, bans brought along."""
    rows = db.session.execute(text(statement), values).all()
    known = {row.teacher_id for row in rows if row.teacher_id}
    bans = bans_of(known)
    asked = any(place.conditions.honour for place in terms.places.values())
    honours = standing_honours(known) if asked else {}
    for row in rows:
        levels = tuple(one.level for one in honours.get(row.teacher_id, ()))
        person = person_of(row, tuple(bans.get(row.teacher_id, ())), levels)
        yield row.n, judge(person, terms.places[row.project_id], terms.contexts[row.project_id])


def person_of(row: Any, bans: tuple[BanFacts, ...] = (), honours: tuple[str, ...] = ()) -> Person:
    """A row of the statement as the rules take it; the list's word counts before the register's."""
    known = None
    if row.teacher_id is not None:
        known = Known(
            row.teacher_id,
            row.known_name,
            row.known_school_id,
            row.known_school,
            row.known_state,
            row.known_status,
            row.known_title,
            row.known_stage,
            row.known_subject,
        )
    busy = row.busy or ()
    days = [_day(one[5]) for one in busy if one[0] != row.project_id]
    head = row.is_head if row.is_head is not None else (row.known_head if row.known_post else None)
    lead = row.is_class_teacher
    return Person(
        name_key=row.name_key,
        birth_on=row.birth_on,
        school_id=row.school_id,
        school=row.school,
        stage=row.stage or row.known_stage or "",
        subject=row.subject or row.known_subject or "",
        title=row.title or row.known_title or "",
        since=row.since or row.known_since,
        is_head=head,
        is_class_teacher=lead if lead is not None else row.known_class_teacher,
        rural=row.is_rural,
        known=known,
        already=any(one[0] == row.project_id for one in busy),
        others=tuple(
            Other(one[1], _day(one[2]), _day(one[3]), one[4])
            for one in busy
            if one[0] != row.project_id and (one[4] or one[2])
        ),
        trained=tuple(day for day in days if day),
        bans=bans,
        honours=honours,
        away=Away(int(row.away), int(row.teachers + row.new)) if row.teachers else None,
        twin=row.twin,
    )


def _day(words: str | None) -> date | None:
    return date.fromisoformat(words) if words else None


def judge_teacher(
    teacher: Teacher, project: Project, on: date, *, but: int | None = None
) -> list[Finding]:
    """The findings on one teacher of the register for one project, before a single nomination.

    ``but`` is a nomination that does not count, because it is the one that is judged again.
    """
    values = {"id": teacher.id, "project": project.id, "but": but or 0}
    one = (
        "(SELECT 1 AS n, t.id_index, t.name_key, t.birth_on, t.organisation_id AS school_id, "
        "CAST(:project AS bigint) AS project_id, '' AS stage, '' AS subject, '' AS title, "
        "CAST(NULL AS date) AS since, CAST(NULL AS bool) AS is_head, "
        "CAST(NULL AS bool) AS is_class_teacher, 0 AS twin FROM teacher t WHERE t.id = :id)"
    )
    terms = terms_of(project.category, on)
    alive = f"{_ALIVE} AND x.id <> :but"
    statement = _FACTS.format(rows=one, sieve="", alive=alive)
    found = dict(_judged(terms, statement, values | {"projects": terms.asked}))
    return found.get(1, [])
