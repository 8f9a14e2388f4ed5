"""Entering, changing, ending and replacing nominations, and what happens to their places."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from provincial.core.refusals import Refusal, WrongState
from provincial.planning.nominations import actions, queries
from provincial.planning.nominations.actions import Entry
from provincial.planning.nominations.rules import Channel, Level, NominationState
from provincial.planning.plans.models import Window
from provincial.planning.quotas import actions as quotas
from tests.people.factories import make_user
from tests.planning.nominations.places import (
    NOW,
    enter,
    places_to_fill,
    teacher_of,
    used,
    who,
)
from tests.planning.tree import Tree


@pytest.fixture
def tree(session: Session) -> Tree:
    """Places that wait for names."""
    return places_to_fill(session)


@pytest.mark.rule("HN-37")
def test_a_nomination_takes_a_place_and_waits_at_its_desk(tree: Tree) -> None:
    nomination = enter(tree)
    assert nomination.status is NominationState.DRAFT
    assert nomination.waits_at_id == tree.bodies["甲一县一小"].id
    assert used(tree, "甲一县一小") == 1
    assert len(nomination.code) == 8
    [step] = queries.history(nomination)
    assert (step.action, step.to_state) == ("enter", "draft")


@pytest.mark.rule("HN-38")
def test_no_more_nominations_than_places(tree: Tree) -> None:
    enter(tree)
    enter(tree)
    with pytest.raises(Refusal) as refused:
        enter(tree)
    assert refused.value.rule == "HN-38"
    assert refused.value.findings[0].code == "quota"
    assert used(tree, "甲一县一小") == 2


@pytest.mark.rule("HN-38")
def test_used_places_cannot_be_given_back_or_taken_away(tree: Tree) -> None:
    enter(tree)
    enter(tree)
    county = tree.viewer("甲一县")
    with pytest.raises(Refusal, match="filled or passed on"):
        quotas.split(tree.sheet("甲一县"), tree.wanted({"甲一县一小": [1, 0]}), by=county, now=NOW)
    with pytest.raises(Refusal, match="unassigned"):
        quotas.give_back(
            tree.sheet("甲一县一小"), {tree.projects[0].id: 1}, reason="用不上", by=county
        )


@pytest.mark.rule("HN-38")
def test_what_a_county_fills_itself_cannot_be_split_again(tree: Tree) -> None:
    enter(tree, "甲一县")
    with pytest.raises(Refusal) as refused:
        quotas.split(
            tree.sheet("甲一县"),
            tree.wanted({"甲一县二小": [1, 0]}),
            by=tree.viewer("甲一县"),
            now=NOW,
        )
    assert refused.value.findings[0].code == "over_allocated"
    assert tree.sheet("甲一县").state == "allocated"


@pytest.mark.rule("HN-70")
def test_nobody_is_nominated_twice_for_a_project(tree: Tree) -> None:
    teacher = teacher_of(tree)
    enter(tree, teacher=teacher)
    with pytest.raises(Refusal) as refused:
        enter(tree, teacher=teacher)
    assert refused.value.findings[0].code == "already"
    assert used(tree, "甲一县一小") == 1


@pytest.mark.rule("HN-37")
def test_a_place_is_for_schools_below_its_holder(tree: Tree) -> None:
    with pytest.raises(Refusal) as refused:
        enter(tree, teacher=teacher_of(tree, "乙一县一小"))
    assert refused.value.findings[0].code == "county"


def test_somebody_who_left_cannot_go(tree: Tree) -> None:
    teacher = teacher_of(tree)
    teacher.state, teacher.left_on = "left", date(2023, 9, 1)
    tree.session.flush()
    with pytest.raises(Refusal, match="has left"):
        enter(tree, teacher=teacher)


@pytest.mark.rule("HN-40")
@pytest.mark.rule("A-44")
def test_after_the_window_nothing_comes_unless_extended(tree: Tree) -> None:
    window = Window(
        plan_id=tree.plan.id,
        kind=queries.WINDOW,
        opens_at=NOW - timedelta(days=9),
        closes_at=NOW - timedelta(days=1),
    )
    tree.session.add(window)
    tree.session.flush()
    with pytest.raises(Refusal) as refused:
        enter(tree)
    assert refused.value.rule == "HN-40"


@pytest.mark.rule("HN-41")
@pytest.mark.rule("HN-42")
@pytest.mark.rule("A-09")
def test_the_green_channel_has_its_own_count_and_needs_grounds(tree: Tree) -> None:
    green = Entry(Channel.GREEN, "已安排代课", "省级名师工作室成员")
    with pytest.raises(Refusal):
        enter(tree, "甲市", entry=Entry(Channel.GREEN))
    nomination = enter(tree, "甲市", entry=green)
    assert nomination.way is Channel.GREEN
    assert used(tree, "甲市") == 0
    with pytest.raises(Refusal) as refused:  # five per cent of twenty is one
        enter(tree, "甲市", entry=green)
    assert refused.value.findings[0].code == "green_quota"
    with pytest.raises(Refusal):
        enter(tree, entry=green)
    actions.withdraw(nomination, "本人放弃", by=tree.viewer("甲市"))
    assert enter(tree, "甲市", entry=green).id != nomination.id


@pytest.mark.rule("A-18")
def test_a_withdrawn_nomination_frees_its_place_and_comes_back_only_to_a_free_one(
    tree: Tree,
) -> None:
    nomination = enter(tree)
    with pytest.raises(Refusal):
        actions.withdraw(nomination, " ", by=who(tree, "甲一县一小"))
    actions.withdraw(nomination, "工作调动", by=who(tree, "甲一县一小"))
    assert nomination.status is NominationState.WITHDRAWN
    assert used(tree, "甲一县一小") == 0
    enter(tree)
    principal = who(tree, "甲一县一小")
    actions.take_up(nomination, "又能参加", by=principal, now=NOW)
    assert nomination.status is NominationState.DRAFT
    actions.withdraw(nomination, "仍不能参加", by=principal)
    enter(tree)
    with pytest.raises(Refusal):
        actions.take_up(nomination, "又能参加", by=principal, now=NOW)


@pytest.mark.rule("A-18")
@pytest.mark.rule("HN-72")
def test_another_teacher_steps_in_until_the_notices_are_due(tree: Tree) -> None:
    nomination = enter(tree)
    tree.projects[0].opens_on = date(2023, 11, 20)
    tree.projects[0].ends_on = date(2023, 11, 30)
    tree.session.flush()
    by = who(tree, "甲一县一小")
    other = actions.replace(
        nomination, teacher_of(tree), Entry(reason="已安排代课"), "生病", by=by, now=NOW
    )
    assert (nomination.state, other.state) == ("replaced", "draft")
    assert other.cell_id == nomination.cell_id
    assert other.replaces_id == nomination.id
    assert used(tree, "甲一县一小") == 1
    late = NOW + timedelta(days=1)
    with pytest.raises(Refusal) as refused:
        actions.replace(
            other, teacher_of(tree), Entry(reason="已安排代课"), "生病", by=by, now=late
        )
    assert refused.value.rule == "A-18"


@pytest.mark.rule("A-19")
def test_new_days_find_those_who_are_elsewhere(tree: Tree) -> None:
    nomination = enter(tree)
    trouble = actions.set_dates(
        [nomination], date(2024, 1, 5), date(2024, 1, 20), by=None, on=date(2023, 12, 1)
    )
    assert trouble == []
    assert nomination.opens_on == date(2024, 1, 5)
    assert nomination.apart is not None


def test_what_is_over_cannot_be_changed(tree: Tree) -> None:
    nomination = enter(tree)
    by = who(tree, "甲一县一小")
    actions.withdraw(nomination, "工作调动", by=by)
    with pytest.raises(WrongState):
        actions.change(nomination, Entry(note="x"), by=by)


def test_the_way_up_by_level(tree: Tree) -> None:
    make_user(tree.session, tree.bodies["甲市"], "bureau_officer")
    way = queries.way_of(tree.bodies["甲一县一小"], NOW.date())
    assert [desk.level for desk in way] == [Level.SCHOOL, Level.COUNTY, Level.CITY, Level.PROVINCE]
    assert [desk.signers for desk in way] == [0, 0, 1, 0]
    [top, province] = queries.way_of(tree.bodies["直管县"], NOW.date())
    assert (top.level, province.level) == (Level.CITY, Level.PROVINCE)
