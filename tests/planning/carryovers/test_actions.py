"""Nominations follow the bodies that hold their places, and the records of their teachers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.core.refusals import Refusal
from provincial.office.messages.models import Message
from provincial.people.organisations.rules import ChangeKind, OrganisationChange
from provincial.people.teachers.rules import TeacherMerge
from provincial.people.transfers.rules import Move
from provincial.planning.carryovers import actions, queries
from provincial.planning.moves import actions as moves
from tests.planning.nominations.places import enter, places_to_fill, teacher_of, used, who
from tests.planning.tree import Tree, wrong_cells


@pytest.fixture
def tree(session: Session) -> Tree:
    """Places that wait for names."""
    return places_to_fill(session)


def _change(tree: Tree, kind: ChangeKind, name: str, **values: object) -> OrganisationChange:
    facts: dict[str, object] = {"before": {}, "after": {}} | values
    return OrganisationChange(
        kind, tree.bodies[name].id, on_date=date(2023, 11, 1), reason="区划调整", **facts
    )


def test_a_merged_school_leaves_its_names_to_the_successor(tree: Tree) -> None:
    nomination = enter(tree)
    old, new = tree.bodies["甲一县一小"], tree.bodies["甲一县二小"]
    step = _change(tree, ChangeKind.MERGED, "甲一县一小", successor_id=new.id)
    assert [f.code for f in queries.preview_organisation_change(step)] == ["nominations"]
    old.state, old.successor_id = "merged", new.id
    tree.session.flush()
    office = who(tree, "省")
    moves.follow_organisation_change(step, office)
    actions.follow_organisation_change(step, office)
    assert nomination.nominator_id == nomination.waits_at_id == new.id
    assert nomination.quota_path == new.quota_path
    assert (used(tree, "甲一县二小"), used(tree, "甲一县一小")) == (1, 0)
    assert tree.held("甲一县二小") == [2, 0]
    assert wrong_cells(tree.session) == []


def test_a_moved_county_takes_its_names_along(tree: Tree) -> None:
    nomination = enter(tree)
    county, school = tree.bodies["甲一县"], tree.bodies["甲一县一小"]
    target = tree.bodies["乙市"]
    step = _change(
        tree,
        ChangeKind.MOVED,
        "甲一县",
        before={"quota_parent_id": county.quota_parent_id},
        after={"quota_parent_id": target.id},
    )
    county.quota_parent_id = target.id
    county.quota_path = f"{target.quota_path}{county.id}/"
    school.quota_path = f"{county.quota_path}{school.id}/"
    tree.session.flush()
    office = who(tree, "省")
    moves.follow_organisation_change(step, office)
    actions.follow_organisation_change(step, office)
    assert nomination.quota_path == school.quota_path
    assert used(tree, "甲一县一小") == 1
    assert tree.held("乙市") == [8, 5]
    assert wrong_cells(tree.session) == []


def test_a_body_with_filled_places_cannot_close(tree: Tree) -> None:
    enter(tree)
    with pytest.raises(Refusal, match="filled"):
        moves.follow_organisation_change(
            _change(tree, ChangeKind.CLOSED, "甲一县一小"), who(tree, "省")
        )


@pytest.mark.rule("HN-70")
def test_merged_records_keep_their_nominations_but_not_two_of_one_project(tree: Tree) -> None:
    one, other = teacher_of(tree), teacher_of(tree)
    nomination = enter(tree, teacher=one)
    by = who(tree, "甲一县一小")
    change = TeacherMerge(other.id, one.id, date(2023, 11, 1))
    moved = actions.follow_teacher_merge(change, by)
    assert (moved, nomination.teacher_id) == ([nomination.id], other.id)
    back = replace(change, undone=True, moved=tuple(moved))
    actions.follow_teacher_merge(back, by)
    assert nomination.teacher_id == one.id
    enter(tree, teacher=other)
    assert [f.code for f in queries.preview_teacher_merge(change)] == ["twice", "nominations"]
    with pytest.raises(Refusal) as refused:
        actions.follow_teacher_merge(change, by)
    assert refused.value.rule == "HN-70"


@pytest.mark.rule("HN-37")
def test_a_nominee_who_changes_school_leaves_the_place_with_its_cell(tree: Tree) -> None:
    teacher = teacher_of(tree)
    nomination = enter(tree, teacher=teacher)
    one, other = tree.bodies["甲一县一小"], tree.bodies["甲一县二小"]
    move = Move(teacher.id, one.id, other.id, date(2023, 11, 12))
    assert [f.code for f in queries.preview_teacher_move(move)] == ["nominated"]
    actions.follow_teacher_move(move, who(tree, "甲一县一小"))
    assert nomination.nominator_id == one.id
    told = tree.session.scalars(select(Message.organisation_id).where(Message.kind == "nomination"))
    assert set(told) == {one.id, other.id}
