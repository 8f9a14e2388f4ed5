"""Making, copying, issuing and running plans on the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from provincial.core import clock
from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.office.journal.queries import timeline
from provincial.people.accounts.models import User
from provincial.people.proofs.actions import note_in_hand
from provincial.planning.plans import actions, queries
from provincial.planning.plans.models import Plan
from provincial.planning.plans.rules import PlanState
from tests.planning.office import AT, Office


def facts(plan: Plan, **change: object) -> actions.Facts:
    """What an officer would send from the form."""
    names = actions.Facts.__slots__
    return replace(actions.Facts(**{n: getattr(plan, n) for n in names}), **change)  # type: ignore[arg-type]


@pytest.mark.rule("HN-03", "HN-04", "HN-67", "GP-03", "GP-08", "C-22")
def test_a_plan_is_made_from_its_rulebook(office: Office) -> None:
    plan = office.draft()
    assert plan.doc_number == "教办师〔2023〕389号"
    assert plan.issued_on == date(2023, 10, 31)
    assert plan.published_at == datetime(2023, 11, 1, 0, 59, tzinfo=UTC)
    assert (plan.starts_on, plan.ends_on) == (date(2023, 10, 31), date(2024, 4, 30))
    assert plan.contacts == [{"office": "“省培计划”项目执行办公室"}]
    assert len(plan.categories) == 5
    key = next(row for row in plan.categories if row.code == "key_teacher_cultivation")
    assert (key.tier, key.has_quota_table, len(key.projects)) == ("key", True, 18)
    assert [project.name for project in key.projects][:2] == ["小学语文", "小学数学"]
    ethics = next(row for row in plan.categories if row.code == "ethics_special")
    assert ethics.themes == ["ethics"]
    assert "一、项目设置" in plan.notice_text


@pytest.mark.rule("GP-37")
def test_programme_lines_come_with_the_national_notice(office: Office) -> None:
    plan = office.draft("national-2019", "national-2019")
    lines = {row.programme_line for row in plan.categories}
    assert lines == {"demonstration", "central_western", "kindergarten"}


def test_windows_are_half_open_in_utc(office: Office) -> None:
    plan = office.draft()
    window = queries.window(plan.id, "nominations.selection_due")
    assert window is not None
    assert window.opens_at == datetime(2023, 10, 30, 16, tzinfo=UTC)
    assert window.closes_at == datetime(2023, 11, 20, 16, tzinfo=UTC)
    assert queries.last_day(window) == date(2023, 11, 20)


def test_a_code_is_taken_once_and_the_source_must_be_released(office: Office) -> None:
    office.draft()
    for code, source in (("henan-2023", "henan-2023"), ("Henan 2023", "henan-2023"), ("x-1", "no")):
        with pytest.raises(Refusal):
            actions.create(source, code=code, by=office.maker, at=AT)


def test_two_officers_issue_and_the_rulebook_is_frozen(office: Office) -> None:
    """R14: two-person approval."""
    plan = office.draft()
    with pytest.raises(WrongState):
        actions.issue(plan, by=office.second, at=AT)
    with pytest.raises(Refusal) as refused:
        actions.submit(plan, by=office.maker, at=AT)
    assert refused.value.field == "reason"
    actions.submit(plan, by=office.maker, at=AT, reason="附件随后印发")
    with pytest.raises(Refusal):
        actions.issue(plan, by=office.maker, at=AT)
    actions.issue(plan, by=office.second, at=AT)
    assert plan.state == PlanState.ISSUED
    assert [version.version for version in queries.versions(plan)] == [1]
    assert queries.rulebook_at(plan, date(2023, 12, 1)) == queries.current_rulebook(plan)
    assert [moment.who.source.split(" ")[0] for moment in timeline(plan)] == [
        "复核",
        "经办",
        "经办",
    ]


def test_r14_a_colleague_who_had_the_account_in_hand_is_no_second_officer(office: Office) -> None:
    plan = office.draft()
    actions.submit(plan, by=office.maker, at=AT, reason="附件随后印发")
    maker = office.session.get_one(User, office.maker.user_id)
    note_in_hand(maker, "password", by_user_id=office.second.user_id)
    with pytest.raises(Refusal):
        actions.issue(plan, by=office.second, at=AT)
    assert plan.issued_by_id is None


def test_the_database_itself_wants_two_persons(office: Office) -> None:
    """R14: the CHECK mirrors the rule."""
    plan = office.issued()
    same = update(Plan).where(Plan.id == plan.id).values(issued_by_id=plan.prepared_by_id)
    with pytest.raises(IntegrityError), office.session.begin_nested():
        office.session.execute(same)


@pytest.mark.rule("HN-03")
def test_a_plan_without_a_number_is_not_submitted(office: Office) -> None:
    plan = office.draft()
    actions.edit_facts(plan, facts(plan, doc_number=""), by=office.maker)
    with pytest.raises(Refusal) as refused:
        actions.submit(plan, by=office.maker, at=AT, reason="理由")
    assert [found.rule for found in refused.value.findings] == ["HN-03"]


def test_returning_and_taking_the_issue_back(office: Office) -> None:
    plan = office.draft()
    actions.submit(plan, by=office.maker, at=AT, reason="附件随后印发")
    with pytest.raises(Refusal):
        actions.return_to_draft(plan, by=office.second, reason=" ")
    actions.return_to_draft(plan, by=office.second, reason="补联系电话")
    assert (plan.state, plan.return_reason) == ("draft", "补联系电话")
    assert queries.todo(office.maker)[0].url == f"/plans/{plan.id}"
    actions.submit(plan, by=office.maker, at=AT, reason="附件随后印发")
    assert any("Issue or return" in item.title.source for item in queries.todo(office.second))
    actions.issue(plan, by=office.second, at=AT)
    actions.unissue(plan, by=office.second, reason="印发有误")
    assert (plan.state, plan.issued_by_id, list(queries.versions(plan))) == ("draft", None, [])


def test_a_plan_in_use_stands(office: Office) -> None:
    plan = office.issued()
    actions.mark_in_use(plan.id)
    with pytest.raises(Refusal):
        actions.unissue(plan, by=office.second, reason="印发有误")
    assert plan.state == PlanState.ISSUED


def test_the_life_of_a_plan_and_every_reverse(office: Office) -> None:
    plan, who = office.issued(), office.maker
    actions.start(plan, by=who)
    actions.halt(plan, by=who, reason="过早")
    actions.start(plan, by=who)
    actions.begin_closing(plan, by=who)
    actions.resume(plan, by=who, reason="尚有班级")
    actions.begin_closing(plan, by=who)
    actions.archive(plan, by=who)
    actions.reopen(plan, by=who, reason="补材料")
    assert plan.state == PlanState.CLOSING
    with pytest.raises(WrongState):
        actions.start(plan, by=who)


def test_a_draft_is_given_up_and_taken_up_again(office: Office) -> None:
    plan = office.draft()
    actions.discard(plan, by=office.maker, reason="重复")
    assert not queries.plans(office.maker).rows
    actions.restore(plan, by=office.maker, reason="仍需使用")
    assert plan.state == PlanState.DRAFT


@pytest.mark.rule("C-22")
def test_copying_moves_windows_and_keeps_columns(office: Office) -> None:
    old = office.issued()
    plan = actions.copy(
        old, code="henan-2024", title="2024年", starts_on=date(2024, 10, 31), by=office.maker, at=AT
    )
    assert (plan.state, plan.doc_number, plan.year) == ("draft", "", 2024)
    assert plan.ends_on == date(2025, 4, 30)
    window = queries.window(plan.id, "nominations.selection_due")
    assert window is not None
    assert queries.last_day(window) == date(2024, 11, 20)
    assert queries.current_rulebook(plan).date("nominations.selection_due") == date(2024, 11, 20)
    copied = {row.code: [p.name for p in row.projects] for row in plan.categories}
    assert copied == {row.code: [p.name for p in row.projects] for row in old.categories}


@pytest.mark.rule("HN-73")
def test_a_plan_belongs_to_a_programme_of_years(office: Office) -> None:
    programme = actions.create_programme("全省教师培训规划", 2021, 2025, by=office.maker)
    plan = office.draft()
    assert plan.programme_id == programme.id
    assert queries.plans_of_programmes(office.maker) == {programme.id: [plan]}


def test_a_colleague_who_was_faster_is_not_overwritten(office: Office) -> None:
    """R12: both versions are shown."""
    plan = office.draft()
    actions.edit_facts(plan, facts(plan, title="甲"), by=office.maker, expected_version=1)
    with pytest.raises(StaleVersion) as stale:
        actions.edit_facts(plan, facts(plan, title="乙"), by=office.second, expected_version=1)
    assert stale.value.theirs["title"] == "甲"
    with pytest.raises(Refusal) as refused:
        actions.edit_facts(plan, facts(plan, ends_on=date(2020, 1, 1)), by=office.maker)
    assert refused.value.field == "ends_on"


def test_an_issued_plan_is_not_edited(office: Office) -> None:
    plan = office.issued()
    with pytest.raises(WrongState):
        actions.edit_facts(plan, facts(plan, title="改"), by=office.maker)


def test_scope_of_lists(office: Office) -> None:
    """R3: drafts are in the province's sight only."""
    draft = office.draft(code="draft-1")
    plan = office.issued()
    assert list(queries.plans(office.bureau).rows) == [plan]
    assert {row.id for row in queries.plans(office.maker).rows} == {draft.id, plan.id}
    assert queries.plan_in_scope(office.bureau, draft.id) is None
    assert not queries.todo(office.bureau)
    assert queries.published_plan(draft.id) is None
    assert list(queries.published_plans()) == [plan]
    assert [row.code for row in queries.every_plan()] == ["draft-1", "henan-2023"]
    assert clock.china_date(AT) == date(2023, 11, 6)
