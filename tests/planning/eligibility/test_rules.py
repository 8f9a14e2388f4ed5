"""The verdict on one teacher: every condition, met, missed and unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from provincial.planning.conditions.rules import Conditions
from provincial.planning.eligibility.rules import Away, Context, Known, Other, Person, Place, judge

TODAY = date(2023, 11, 10)
KNOWN = Known(1, "王若谷", 7, "一小", "active", "in_service", "first_grade", "primary", "chinese")
PERSON = Person(
    *("王若谷", date(1985, 5, 5), 7, "一小", "primary", "chinese", "first_grade"),
    since=date(2008, 9, 1),
    is_head=False,
    is_class_teacher=True,
    rural=True,
    known=KNOWN,
)
PLACE = Place("小学语文", Conditions("primary", "chinese"))
CONTEXT = Context(TODAY)
DECEMBER = Other("小学数学", date(2023, 12, 1), date(2023, 12, 10))


def codes(person: Person = PERSON, place: Place = PLACE, context: Context = CONTEXT) -> list[str]:
    return [f"{one.severity}:{one.code}" for one in judge(person, place, context)]


def asked(**conditions: Any) -> Place:
    return replace(PLACE, conditions=replace(PLACE.conditions, **conditions))


def test_somebody_as_the_project_wants_them_has_no_finding() -> None:
    assert codes() == []


@pytest.mark.rule("HN-37")
@pytest.mark.parametrize(
    ("conditions", "change", "found"),
    [
        ({}, {"stage": "junior"}, ["block:stage"]),
        ({}, {"subject": "music"}, ["block:subject"]),
        ({"title": "first_grade"}, {}, []),
        ({"title": "senior_associate"}, {}, ["block:title"]),
        ({"title": "first_grade"}, {"title": ""}, ["warn:title"]),
        ({"years_from": 15}, {}, []),
        ({"years_from": 16}, {}, ["block:years"]),
        ({"years_to": 14}, {}, ["block:years"]),
        ({"years_from": 5}, {"since": None}, ["warn:years"]),
        ({"age_to": 38}, {}, []),
        ({"age_to": 37}, {}, ["block:age"]),
        ({"age_to": 37, "on": date(2023, 5, 4)}, {}, []),
        ({"age_from": 39}, {}, ["block:age"]),
        ({"rural_only": True}, {"rural": False}, ["block:rural"]),
        ({"post": "head"}, {}, ["block:post"]),
        ({"post": "not_head"}, {"is_head": None}, ["warn:post"]),
        ({"post": "class_teacher"}, {}, []),
        ({"honour": "city"}, {"honours": ("provincial",)}, []),
        ({"honour": "city"}, {"honours": ("county",)}, ["block:honour"]),
    ],
)
def test_conditions(conditions: dict[str, Any], change: dict[str, Any], found: list[str]) -> None:
    kept = replace(KNOWN, stage="", subject="", title="")
    assert codes(replace(PERSON, known=kept, **change), asked(**conditions)) == found


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (None, ["warn:unknown_teacher"]),
        (replace(KNOWN, name_key="李四"), ["block:name_mismatch"]),
        (replace(KNOWN, state="left"), ["block:status"]),
        (replace(KNOWN, status="retired"), ["block:status"]),
        (replace(KNOWN, status="seconded"), []),
        (replace(KNOWN, status="on_leave"), ["warn:status"]),
        (replace(KNOWN, school_id=8), ["warn:other_school"]),
        (replace(KNOWN, title="ungraded"), ["warn:register_differs"]),
    ],
)
def test_what_the_register_says(known: Known | None, found: list[str]) -> None:
    assert codes(replace(PERSON, known=known)) == found


@pytest.mark.rule("HN-70", "A-19")
@pytest.mark.parametrize(
    ("other", "days", "allowed", "found"),
    [
        (DECEMBER, (date(2023, 12, 10), date(2023, 12, 20)), False, ["block:other_project"]),
        (DECEMBER, (date(2023, 12, 10), date(2023, 12, 20)), True, ["warn:other_project"]),
        (DECEMBER, (date(2023, 12, 11), date(2023, 12, 20)), False, ["warn:other_project"]),
        (DECEMBER, (None, None), False, ["warn:other_project"]),
        (DECEMBER, (None, None), True, []),
        (replace(DECEMBER, same_plan=False), (None, None), False, []),
    ],
)
def test_two_projects(other: Other, days: Any, allowed: bool, found: list[str]) -> None:
    place = replace(PLACE, opens_on=days[0], ends_on=days[1])
    context = replace(CONTEXT, allow_multi=allowed)
    assert codes(replace(PERSON, others=(other,)), place, context) == found


@pytest.mark.rule("HN-70")
def test_the_same_name_twice_and_the_same_training_again() -> None:
    assert codes(replace(PERSON, twin=3)) == ["block:duplicate"]
    assert codes(replace(PERSON, already=True)) == ["block:already"]
    assert codes(replace(PERSON, trained=(date(2020, 11, 11),))) == ["warn:same_training"]
    assert codes(replace(PERSON, trained=(date(2020, 11, 10),))) == []


@pytest.mark.parametrize(
    ("away", "found"),
    [(None, []), (Away(1, 3), []), (Away(2, 5), ["warn:away_share"]), (Away(1, 0), [])],
)
def test_how_many_of_a_school_are_away_together(away: Away | None, found: list[str]) -> None:
    assert (
        codes(replace(PERSON, away=away), context=replace(CONTEXT, away_limit=Fraction(1, 3)))
        == found
    )


def test_conditions_survive_being_kept_as_data() -> None:
    wanted = Conditions("primary", "chinese", "first_grade", 5, 20, None, 50, TODAY, True, "head")
    assert Conditions.from_data(wanted.as_data(), stage="primary", subject="chinese") == wanted
    assert len(wanted.words()) == 10
    assert Conditions.from_data(None).as_data() == {}
