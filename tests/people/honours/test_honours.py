"""Titles of teachers: entered by the body of their level, withdrawn, restored, counted while they stand."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from provincial.core.refusals import Forbidden, Refusal, WrongState
from provincial.core.viewer import Viewer
from provincial.people.accounts.rules import Role
from provincial.people.honours import actions
from provincial.people.honours.models import TeacherHonour
from provincial.people.honours.queries import standing_honours
from provincial.people.honours.rules import levels_for, title_name
from provincial.people.organisations.rules import Kind
from provincial.people.teachers.models import Teacher
from tests.forms import post
from tests.people.conftest import Province
from tests.people.factories import make_teacher, make_user, sign_in, viewer_of

TODAY, GIVEN = date(2023, 9, 1), date(2021, 12, 1)


@pytest.fixture
def teacher(session: Session, province: Province) -> Teacher:
    return make_teacher(session, province.school, "曾国强")


@pytest.fixture
def county(session: Session, province: Province) -> Viewer:
    return viewer_of(make_user(session, province.county, Role.BUREAU_OFFICER))


@pytest.mark.rule("HN-43")
def test_a_withdrawn_title_no_longer_counts(
    session: Session, teacher: Teacher, county: Viewer
) -> None:
    honour = actions.award(teacher, "key_teacher", "county", GIVEN, today=TODAY, by=county)
    stands = standing_honours([teacher.id])[teacher.id]
    assert [(one.kind, one.level, one.name) for one in stands] == [
        ("key_teacher", "county", "县级骨干教师")
    ]
    actions.withdraw(honour, date(2023, 6, 1), "动态管理不合格", today=TODAY, by=county)
    assert standing_honours([teacher.id]) == {}
    assert (honour.state, honour.withdrawn_on) == ("withdrawn", date(2023, 6, 1))
    actions.restore(honour, "复核合格", today=TODAY, by=county)
    assert len(standing_honours([teacher.id])[teacher.id]) == 1


@pytest.mark.rule("HN-43")
def test_what_a_withdrawal_refuses(teacher: Teacher, county: Viewer) -> None:
    honour = actions.award(teacher, "key_teacher", "county", GIVEN, today=TODAY, by=county)
    for day in (date(2021, 11, 30), date(2023, 9, 2)):
        with pytest.raises(Refusal) as refused:
            actions.withdraw(honour, day, "不合格", today=TODAY, by=county)
        assert refused.value.field == "withdrawn_on"
    with pytest.raises(Refusal):
        actions.withdraw(honour, TODAY, "  ", today=TODAY, by=county)
    actions.withdraw(honour, TODAY, "不合格", today=TODAY, by=county)
    with pytest.raises(WrongState):
        actions.withdraw(honour, TODAY, "不合格", today=TODAY, by=county)


@pytest.mark.parametrize(
    ("kind", "levels"),
    [
        (Kind.PROVINCIAL_OFFICE, ("national", "provincial", "city", "county")),
        (Kind.PREFECTURE_CITY, ("city", "county")),
        (Kind.PROVINCE_MANAGED_COUNTY, ("city", "county")),
        (Kind.COUNTY, ("county",)),
        (Kind.SCHOOL, ()),
    ],
)
def test_a_body_enters_titles_of_its_own_level(kind: Kind, levels: tuple[str, ...]) -> None:
    assert levels_for(kind) == levels


def test_nobody_enters_a_title_above_the_own_level(teacher: Teacher, county: Viewer) -> None:
    for level in ("national", "provincial", "city"):
        with pytest.raises(Forbidden):
            actions.award(teacher, "master_teacher", level, GIVEN, today=TODAY, by=county)


def test_a_title_stands_once_and_never_in_the_future(teacher: Teacher, county: Viewer) -> None:
    actions.award(teacher, "key_teacher", "county", GIVEN, today=TODAY, by=county)
    with pytest.raises(Refusal, match="already"):
        actions.award(teacher, "key_teacher", "county", TODAY, today=TODAY, by=county)
    for day in (date(2024, 1, 1), date(1990, 1, 1)):
        with pytest.raises(Refusal) as refused:
            actions.award(teacher, "chief_teacher", "county", day, today=TODAY, by=county)
        assert refused.value.field == "awarded_on"


def test_a_title_is_called_by_its_own_name_or_by_level_and_kind() -> None:
    assert title_name("master_teacher", "provincial", "中原名师") == "中原名师"
    assert title_name("master_teacher", "provincial", "") == "省级名师"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "hero"},
        {"level": "school"},
        {"state": "withdrawn"},
        {"withdrawn_on": date(2020, 1, 1), "state": "withdrawn", "reason": "x"},
        {"withdrawn_on": TODAY},
    ],
)
def test_the_database_refuses_half_a_withdrawal(
    session: Session, teacher: Teacher, values: dict[str, object]
) -> None:
    facts = {"kind": "key_teacher", "level": "county", "awarded_on": GIVEN} | values
    session.add(TeacherHonour(teacher_id=teacher.id, **facts))
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_pages_enter_withdraw_and_restore(
    client: FlaskClient, session: Session, province: Province, teacher: Teacher
) -> None:
    sign_in(client, make_user(session, province.county, Role.BUREAU_OFFICER))
    address = f"/teachers/{teacher.id}/honours/new"
    assert 'value="provincial"' not in client.get(address).text
    facts = {"kind": "key_teacher", "level": "county", "awarded_on": "2021-12-01"}
    assert post(client, address, facts).status_code == 303
    page = client.get(f"/teachers/{teacher.id}").text
    assert "县级骨干教师" in page
    honour = session.query(TeacherHonour).one()
    step = f"/teachers/honours/{honour.id}/withdraw"
    assert post(client, step, {"withdrawn_on": "2022-01-01", "reason": ""}).status_code == 422
    assert post(client, step, {"withdrawn_on": "2022-01-01", "reason": "考核"}).status_code == 303
    page = client.get(f"/teachers/{teacher.id}").text
    assert "已撤销" in page
    assert "考核" in page
    assert post(client, step, {"reason": "复核"}).status_code == 303
    session.refresh(honour)
    assert honour.state == "active"
