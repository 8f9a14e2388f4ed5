"""The verdict on one teacher for one place: plain values in, findings out (HN-37)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from provincial.core.findings import Finding, Severity
from provincial.core.text import Text, t
from provincial.people.teachers.rules import years_between
from provincial.planning.conditions.rules import HONOURS, POSTS, Conditions
from provincial.rulebook.people_words import STATUSES, TITLE_OF

_SELECT, _AT_ONCE = "HN-37", "HN-70"


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says of the holder of an ID number; ``title`` and the like may be empty."""

    teacher_id: int
    name_key: str
    school_id: int
    school: str
    state: str = "active"
    status: str = "in_service"
    title: str = ""
    stage: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """Another nomination of the same teacher that holds a place; days are nothing when unknown."""

    project: str
    opens_on: date | None = None
    ends_on: date | None = None
    same_plan: bool = True


@dataclass(frozen=True, slots=True)
class Away:
    """How many of a school's ``teachers`` of a subject would be away on the same days."""

    away: int
    teachers: int


@dataclass(frozen=True, slots=True)
class Person:
    """A teacher as a row or form tells it, with what stands beside them.

    ``title``, ``since``, ``is_head`` and the like are empty or nothing where unknown. ``trained``
    are the days of earlier trainings of the same subject and category. ``twin`` is the earlier row
    of the same list with the same ID number, nought when there is none.
    """

    name_key: str
    birth_on: date
    school_id: int
    school: str = ""
    stage: str = ""
    subject: str = ""
    title: str = ""
    since: date | None = None
    is_head: bool | None = None
    is_class_teacher: bool | None = None
    rural: bool = False
    known: Known | None = None
    honours: tuple[str, ...] = ()
    already: bool = False
    others: tuple[Other, ...] = ()
    trained: tuple[date, ...] = ()
    bans: tuple[Any, ...] = ()
    away: Away | None = None
    twin: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """The project into which somebody is nominated, with its days when they are known."""

    project: str
    conditions: Conditions
    opens_on: date | None = None
    ends_on: date | None = None


def _no_bans(_bans: Sequence[Any]) -> list[Finding]:
    return []


@dataclass(frozen=True, slots=True)
class Context:
    """The day of the nomination and what the plan's rulebook says beyond the conditions.

    ``judge_bans`` is the integrity room's answer for this project (HN-46).
    """

    today: date
    allow_multi: bool = False
    same_training_years: int = 3
    away_limit: Fraction = Fraction(1, 3)
    judge_bans: Callable[[Sequence[Any]], list[Finding]] = field(default=_no_bans)


def judge(person: Person, place: Place, context: Context) -> list[Finding]:
    """Every finding on one teacher for one place; blocks refuse, warnings need a reason.

    Codes: ``duplicate``, ``name_mismatch``, ``status``, ``already``, ``stage``, ``subject``,
    ``title``, ``years``, ``age``, ``rural``, ``post``, ``honour``, ``ban`` and its kin,
    ``other_project``, ``same_training``, ``away_share``, ``other_school``, ``register_differs``,
    ``unknown_teacher``.
    """
    if person.twin:
        return [_twin(person.twin)]
    found = judge_register(person, place.conditions.in_service)
    if person.already:
        message = t("This teacher is nominated for %(project)s already.", project=place.project)
        found.append(_block("already", message, _AT_ONCE))
    found += judge_conditions(person, place, context.today)
    if person.bans:
        found += context.judge_bans(person.bans)
    for other in person.others:
        found += _other(other, place, context)
    found += _trained(person.trained, context)
    found += _away(person.away, person.school, context.away_limit)
    return found


def judge_register(person: Person, in_service: bool = True) -> list[Finding]:
    """How row and register agree on who this is, and whether they still teach."""
    known = person.known
    if known is None:
        message = t("The register does not know this teacher; the nomination adds the record.")
        return [_warn("unknown_teacher", message, _SELECT)]
    found = []
    if known.name_key != person.name_key:
        message = t("The register knows this ID number under another name.")
        mend = t("Check name and number; a change of name is made on the teacher's page.")
        found.append(_block("name_mismatch", message, _SELECT, mend))
    if known.state == "left":
        found.append(_block("status", t("The register says that this teacher has left."), _SELECT))
    elif in_service and known.status in ("retired", "waiting"):
        status = STATUSES[known.status]
        message = t("By the register this teacher is not in service: %(status)s.", status=status)
        found.append(_block("status", message, _SELECT))
    elif known.status in ("on_leave", "studying"):
        message = t("By the register: %(status)s.", status=STATUSES[known.status])
        mend = t("Ask whether the teacher can be away for the training.")
        found.append(_warn("status", message, _SELECT, mend))
    if known.school_id != person.school_id:
        message = t("The register has this teacher at “%(school)s”.", school=known.school)
        mend = t("Transfer the teacher first, or correct the school.")
        found.append(_warn("other_school", message, _SELECT, mend))
    return found + _differing(person, known)


def _differing(person: Person, known: Known) -> list[Finding]:
    pairs = (
        (t("title"), person.title, known.title),
        (t("school stage"), person.stage, known.stage),
        (t("school subject"), person.subject, known.subject),
    )
    names = [name for name, said, kept in pairs if said and kept and said != kept]
    if not names:
        return []
    mend = t("Look which is right; the record is corrected on the teacher's page.")
    return [
        _warn(
            "register_differs",
            t("The register says otherwise: %(what)s.", what=name),
            _SELECT,
            mend,
        )
        for name in names
    ]


def judge_conditions(person: Person, place: Place, today: date) -> list[Finding]:
    """Whether somebody meets the project's conditions (HN-37); what is unknown is a warning."""
    asked, on = place.conditions, place.conditions.on or today
    found = []
    for code, said, wanted in (
        ("stage", person.stage, asked.stage),
        ("subject", person.subject, asked.subject),
    ):
        if wanted and said and said != wanted:
            message = t("%(project)s is not for this stage and subject.", project=place.project)
            found.append(_block(code, message, _SELECT))
    if asked.title:
        found += _title(person.title, asked.title)
    if asked.years_from is not None or asked.years_to is not None:
        years = None if person.since is None else years_between(person.since, on)
        found += _span("years", years, asked.years_from, asked.years_to)
    if asked.age_from is not None or asked.age_to is not None:
        age = years_between(person.birth_on, on)
        found += _span("age", age, asked.age_from, asked.age_to)
    if asked.rural_only and not person.rural:
        message = t("Only teachers of rural schools may go; this school is not one.")
        found.append(_block("rural", message, _SELECT))
    if asked.post:
        found += _post(person, asked.post)
    if asked.honour and not _honoured(person.honours, asked.honour):
        honour = HONOURS[asked.honour]
        message = t("The register does not have what is asked for: %(honour)s.", honour=honour)
        found.append(_block("honour", message, _SELECT))
    return found


def _title(title: str, wanted: str) -> list[Finding]:
    label = TITLE_OF[wanted].label
    if not title:
        message = t("The title is not known; %(title)s or above is asked for.", title=label)
        return [_warn("title", message, _SELECT)]
    if TITLE_OF[title].rank >= TITLE_OF[wanted].rank:
        return []
    own = TITLE_OF[title].label
    message = t("The title is %(own)s; %(title)s or above is asked for.", own=own, title=label)
    return [_block("title", message, _SELECT)]


_SPANS = {
    "years": (
        t("%(n)s years of service; at least %(limit)s are asked for."),
        t("%(n)s years of service; at most %(limit)s are allowed."),
        t("The start of work is not known; the years of service cannot be counted."),
    ),
    "age": (
        t("%(n)s years old; at least %(limit)s are asked for."),
        t("%(n)s years old; at most %(limit)s are allowed."),
        t("The day of birth is not known."),
    ),
}


def _span(code: str, value: int | None, low: int | None, high: int | None) -> list[Finding]:
    below, above, unknown = _SPANS[code]
    if value is None:
        return [_warn(code, unknown, _SELECT)]
    for limit, text, wrong in (
        (low, below, low is not None and value < low),
        (high, above, high is not None and value > high),
    ):
        if wrong:
            message = Text(text.source, {"n": value, "limit": limit})
            return [
                Finding(
                    Severity.BLOCK,
                    message,
                    rule=_SELECT,
                    code=code,
                    measured=str(value),
                    limit=str(limit),
                )
            ]
    return []


def _post(person: Person, wanted: str) -> list[Finding]:
    has = {
        "head": person.is_head,
        "not_head": None if person.is_head is None else not person.is_head,
        "class_teacher": person.is_class_teacher,
    }[wanted]
    if has is None:
        message = t("The post is not known; only %(posts)s may go.", posts=POSTS[wanted])
        return [_warn("post", message, _SELECT)]
    if has:
        return []
    return [_block("post", t("Only %(posts)s may go.", posts=POSTS[wanted]), _SELECT)]


def _honoured(honours: Iterable[str], wanted: str) -> bool:
    order = list(HONOURS)
    return any(one in order and order.index(one) <= order.index(wanted) for one in honours)


def _twin(row: int) -> Finding:
    message = t("The ID number stands at number %(row)s of the list already.", row=row)
    return _block("duplicate", message, _AT_ONCE, t("Keep one row for each person."))


def overlap(a: Other | Place, b: Other | Place) -> bool | None:
    """Whether two trainings share a day; nothing when the days of one are not known."""
    if not (a.opens_on and a.ends_on and b.opens_on and b.ends_on):
        return None
    return a.opens_on <= b.ends_on and b.opens_on <= a.ends_on


def _other(other: Other, place: Place, context: Context) -> list[Finding]:
    """A second place for the same teacher (A-19, HN-70)."""
    shared, name = overlap(other, place), other.project
    if shared:
        message = t("Also nominated for %(project)s, which is on the same days.", project=name)
        severity = Severity.WARN if context.allow_multi else Severity.BLOCK
        return [Finding(severity, message, rule="A-19", code="other_project")]
    if not other.same_plan or context.allow_multi:
        return []
    message = (
        t("Also nominated for %(project)s; the days are not known yet.", project=name)
        if shared is None
        else t("Also nominated for %(project)s, on other days.", project=name)
    )
    return [_warn("other_project", message, "A-19")]


def _trained(days: Sequence[date], context: Context) -> list[Finding]:
    last = max(days, default=None)
    years = context.same_training_years
    if last is None or years_between(last, context.today) >= years:
        return []
    message = t(
        "Was in training of the same subject and kind in %(year)s, within %(years)s years.",
        year=last.year,
        years=years,
    )
    return [_warn("same_training", message, _AT_ONCE)]


def _away(away: Away | None, school: str, limit: Fraction) -> list[Finding]:
    # One who goes alone leaves nobody waiting for a second; what counts is a school that empties.
    if away is None or away.away < 2:
        return []
    if away.away * limit.denominator <= away.teachers * limit.numerator:
        return []
    message = t(
        "%(away)s of %(teachers)s teachers of the subject at “%(school)s” would be away together.",
        away=away.away,
        teachers=away.teachers,
        school=school,
    )
    return [
        Finding(
            Severity.WARN,
            message,
            rule=_SELECT,
            code="away_share",
            measured=f"{away.away}/{away.teachers}",
            limit=f"{limit.numerator}/{limit.denominator}",
        )
    ]


def _block(code: str, message: Text, rule: str, mend: Text | None = None) -> Finding:
    return Finding(Severity.BLOCK, message, rule=rule, code=code, mend=mend)


def _warn(code: str, message: Text, rule: str, mend: Text | None = None) -> Finding:
    return Finding(Severity.WARN, message, rule=rule, code=code, mend=mend)
