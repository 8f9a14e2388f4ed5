from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from provincial.core import clock
from provincial.core.db import db
from provincial.core.refusals import Refusal
from provincial.desk.demonstration import actions, queries
from provincial.desk.demonstration.commands import group
from provincial.desk.demonstration.rules import PASSWORD
from provincial.people.accounts.models import User
from provincial.people.honours.queries import standing_honours
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import id_number_of, of_user, phone_of
from provincial.planning.allocations import queries as tables
from provincial.planning.ledger import queries as ledger
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.workbench.queries import last_year
from tests.schema import living_on, new_database


@pytest.fixture(scope="module")
def loaded(app: Flask, database_url: str) -> Iterator[Flask]:
    """A database of its own with the demonstration in it; loaded once for all tests here."""
    with new_database(database_url) as url, living_on(app, url):
        answer = app.test_cli_runner().invoke(group, ["load"])
        assert answer.exit_code == 0, answer.output
        yield app


def sheet_of(code: str) -> QuotaSheet:
    category = tables.category_by_code("henan-2023", "key_teacher_cultivation")
    body = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
    assert category is not None
    found = ledger.sheet_of(category.id, body.id)
    assert found is not None
    return found


def sums(sheet: QuotaSheet) -> tuple[int, int]:
    held, given = db.session.execute(
        select(func.sum(Quota.held), func.sum(Quota.given)).where(Quota.sheet_id == sheet.id)
    ).one()
    return held, given


def test_the_table_of_the_annex_is_issued(loaded: Flask) -> None:
    category = tables.category_by_code("henan-2023", "key_teacher_cultivation")
    assert category is not None
    assert category.plan.state in ("issued", "running")
    assert len(ledger.projects_of(category.id)) == 18
    held = tables.held_now(category)
    assert len({unit for unit, _project in held}) == 29
    assert sum(held.values()) == 9103
    assert last_year(category), "a table of the year before stands beside it"


def test_parts_are_split_so_that_boards_are_not_empty(loaded: Flask) -> None:
    held, given = sums(sheet_of("410100"))
    assert 0 < given < held
    district = sheet_of("410105")
    assert district.state == "locked"
    assert len(set(sums(district))) == 1
    assert sums(sheet_of("410105-P03"))[0] > 0
    assert sums(sheet_of("410300"))[1] == 0


def test_schools_of_the_demonstrated_city(loaded: Flask) -> None:
    count = select(func.count()).where(Organisation.name == "金水区第三小学")
    assert db.session.scalar(count) == 1
    assert db.session.scalar(count.where(Organisation.name == "巩义市第四小学")) in (0, None)


@pytest.mark.rule("HN-43")
def test_teachers_stand_where_the_accounts_work(loaded: Flask) -> None:
    school = db.session.scalars(select(Organisation).where(Organisation.code == "410105-P03")).one()
    here = db.session.scalars(select(Teacher).where(Teacher.organisation_id == school.id)).all()
    assert len(here) == 25
    assert {teacher.sources["name"] for teacher in here} == {"form", "import"}
    assert all(id_number_of(teacher).startswith("419900") for teacher in here)
    assert all(phone_of(teacher).startswith("154") for teacher in here)
    honoured = standing_honours([teacher.id for teacher in here])
    assert len(honoured) == 2, "the third title was withdrawn"
    user = db.session.scalars(select(User).where(User.login == "teacher3")).one()
    own = of_user(user.id)
    assert own is not None
    assert own.name == user.name


def test_every_district_of_the_city_has_eight_schools_of_each_kind(loaded: Flask) -> None:
    codes = set(
        db.session.scalars(select(Organisation.code).where(Organisation.code.like("4101%")))
    )
    for county in ("410105", "410122"):
        for letter in "PJ":
            assert {f"{county}-{letter}{n:02d}" for n in range(1, 9)} <= codes


def test_accounts_are_listed_as_json(loaded: Flask) -> None:
    answer = loaded.test_cli_runner().invoke(group, ["accounts", "--json"])
    assert answer.exit_code == 0
    rows = json.loads(answer.stdout)
    assert {"user", "password", "role", "role_label", "organisation", "organisation_code"} <= set(
        rows[0]
    )
    by_user = {row["user"]: row for row in rows}
    assert by_user["zhengzhou"]["organisation"] == "郑州市"
    assert by_user["school3"]["organisation"] == "金水区第三小学"
    assert {row["password"] for row in rows} == {PASSWORD}
    roles = [row["role"] for row in rows]
    assert roles.count("province_officer") == 2


def test_every_account_is_marked_as_a_demonstration(loaded: Flask) -> None:
    """R24: such accounts never sign in to a production site."""
    marks = db.session.scalars(select(User.is_demonstration)).all()
    assert marks
    assert all(marks)


def test_splitting_is_possible_today(loaded: Flask) -> None:
    from provincial.planning.deadlines.queries import deadline

    assert not deadline(sheet_of("410300")).closed(clock.now())
    assert not deadline(sheet_of("410181")).closed(clock.now())


def test_a_site_with_anything_in_it_is_refused(loaded: Flask) -> None:
    answer = loaded.test_cli_runner().invoke(group, ["load"])
    assert answer.exit_code == 1
    assert "空站点" in answer.output
    assert not queries.is_empty()


def test_a_production_site_is_refused(loaded: Flask) -> None:
    """R24"""
    with pytest.raises(Refusal):
        actions.load(production=True, now=clock.now())
