"""Signing at the desks: nobody signs what they entered, every name passes every desk on its way."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from provincial.core.refusals import Forbidden, Refusal
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.rules import NominationState
from provincial.planning.signing import actions
from tests.people.factories import make_user
from tests.planning.nominations.places import NOW, enter, places_to_fill, used, who
from tests.planning.tree import Tree


@pytest.fixture
def tree(session: Session) -> Tree:
    """Places that wait for names."""
    return places_to_fill(session)


def sign(tree: Tree, nomination: Nomination, body: str, user_id: int = 8) -> actions.Outcome:
    return actions.pass_on([nomination], by=who(tree, body, user_id), now=NOW)


@pytest.mark.rule("HN-37")
def test_school_then_county_then_city_and_never_the_hand_that_entered(tree: Tree) -> None:
    nomination = enter(tree)
    [(held, finding)] = sign(tree, nomination, "甲一县一小", 7).held_back
    assert (held, finding.rule) == (nomination, "HN-37")
    assert sign(tree, nomination, "甲一县一小").passed == [nomination]
    assert nomination.status is NominationState.SCHOOL_CONFIRMED
    assert nomination.waits_at_id == tree.bodies["甲一县"].id
    assert sign(tree, nomination, "甲一县").passed == [nomination]
    assert nomination.status is NominationState.COUNTY_APPROVED
    assert nomination.waits_at_id == tree.bodies["甲市"].id


def test_a_name_at_another_desk_is_not_signed(tree: Tree) -> None:
    nomination = enter(tree)
    [(_held, finding)] = sign(tree, nomination, "甲一县").held_back
    assert finding.code == "elsewhere"


def test_a_school_with_one_user_passes_up_unsigned(tree: Tree) -> None:
    nomination = enter(tree)
    school = tree.bodies["甲一县一小"]
    make_user(tree.session, school, "principal")
    actions.pass_up(nomination, by=who(tree, "甲一县一小"), now=NOW)
    assert nomination.status is NominationState.DRAFT
    assert nomination.waits_at_id == tree.bodies["甲一县"].id
    assert sign(tree, nomination, "甲一县").passed == [nomination]
    assert nomination.status is NominationState.COUNTY_APPROVED


def test_a_name_that_came_up_unsigned_goes_back_like_a_signed_one(tree: Tree) -> None:
    nomination = enter(tree)
    with pytest.raises(Refusal):
        actions.send_back(nomination, "请重填", by=who(tree, "甲一县一小"), now=NOW)
    make_user(tree.session, tree.bodies["甲一县一小"], "principal")
    actions.pass_up(nomination, by=who(tree, "甲一县一小"), now=NOW)
    actions.send_back(nomination, "请补充理由", by=who(tree, "甲一县"), now=NOW)
    assert nomination.status is NominationState.RETURNED
    assert nomination.waits_at_id == tree.bodies["甲一县一小"].id


def test_a_school_with_a_colleague_does_not_pass_up_unsigned(tree: Tree) -> None:
    nomination = enter(tree)
    for _n in range(2):
        make_user(tree.session, tree.bodies["甲一县一小"], "principal")
    with pytest.raises(Refusal) as refused:
        actions.pass_up(nomination, by=who(tree, "甲一县一小"), now=NOW)
    assert refused.value.rule == "HN-37"


def test_a_returned_name_keeps_its_place_and_goes_up_again(tree: Tree) -> None:
    nomination = enter(tree)
    sign(tree, nomination, "甲一县一小")
    with pytest.raises(Refusal):
        actions.send_back(nomination, "", by=who(tree, "甲一县"), now=NOW)
    actions.send_back(nomination, "职称证书缺失", by=who(tree, "甲一县"), now=NOW)
    assert nomination.status is NominationState.RETURNED
    assert nomination.waits_at_id == tree.bodies["甲一县一小"].id
    assert used(tree, "甲一县一小") == 1
    assert sign(tree, nomination, "甲一县一小").passed == [nomination]


def test_a_refused_name_frees_its_place(tree: Tree) -> None:
    nomination = enter(tree)
    sign(tree, nomination, "甲一县一小")
    with pytest.raises(Forbidden):
        actions.refuse(nomination, "不符合条件", by=who(tree, "甲市"))
    actions.refuse(nomination, "不符合条件", by=who(tree, "甲一县"))
    assert nomination.status is NominationState.REFUSED
    assert used(tree, "甲一县一小") == 0
