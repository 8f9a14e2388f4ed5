"""Conditions change freely in a draft, afterwards by a supplementary notice in force."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.core.refusals import Refusal, StaleVersion
from provincial.planning.conditions import actions, queries
from provincial.planning.conditions.rules import Conditions
from provincial.planning.plans.models import SupplementaryNotice
from tests.planning.tree import Tree, small_province

ASKED = Conditions(title="first_grade", years_from=3)


@pytest.fixture
def tree(session: Session) -> Tree:
    return small_province(session)


def notice(tree: Tree, state: str) -> SupplementaryNotice:
    made = SupplementaryNotice(
        plan_id=tree.plan.id,
        doc_number="教办师〔2023〕9号",
        title="补充通知",
        effective_on=clock.today(),
        state=state,
        prepared_by_id=1,
        approved_by_id=2,
        in_force_at=clock.now(),
    )
    tree.session.add(made)
    tree.session.flush()
    return made


@pytest.mark.rule("HN-37")
def test_a_draft_takes_conditions_for_all_projects(tree: Tree) -> None:
    tree.plan.state = "draft"
    by = tree.viewer("省", "province_officer")
    assert actions.set_conditions(tree.projects, ASKED, by=by) == 2
    kept = queries.conditions_of(tree.projects[1])
    assert (kept.title, kept.years_from, kept.subject) == ("first_grade", 3, "mathematics")
    assert actions.set_conditions(tree.projects, ASKED, by=by) == 0


@pytest.mark.rule("HN-37")
def test_an_issued_plan_needs_a_notice_in_force_and_a_reason(tree: Tree) -> None:
    by = tree.viewer("省", "province_officer")
    for given in (None, notice(tree, "draft")):
        with pytest.raises(Refusal) as refused:
            actions.set_conditions(tree.projects, ASKED, by=by, notice=given, reason="更正")
        assert refused.value.field == "notice"
    ready = notice(tree, "in_force")
    with pytest.raises(Refusal):
        actions.set_conditions(tree.projects, ASKED, by=by, notice=ready)
    assert actions.set_conditions(tree.projects, ASKED, by=by, notice=ready, reason="更正") == 2


def test_impossible_limits_and_an_old_version_are_refused(tree: Tree) -> None:
    tree.plan.state = "draft"
    by = tree.viewer("省", "province_officer")
    with pytest.raises(Refusal) as refused:
        actions.set_conditions(tree.projects, Conditions(age_from=50, age_to=40), by=by)
    assert refused.value.field == "age_to"
    with pytest.raises(StaleVersion):
        actions.set_conditions(tree.projects, ASKED, by=by, expected_version=99)
