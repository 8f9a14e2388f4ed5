"""Places follow the tree: moved, merged and closed bodies, with the sums kept."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.core.refusals import Refusal
from provincial.people.organisations.rules import ChangeKind, OrganisationChange
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.letters import actions as letters
from provincial.planning.letters.queries import letter_of
from provincial.planning.moves import actions, queries
from provincial.planning.quotas import actions as holders
from tests.planning.tree import Tree, small_province, wrong_cells


@pytest.fixture
def tree(session: Session) -> Tree:
    """甲一县 holds 10 and 2 of 甲市's places and has handed 6 to a school."""
    tree = small_province(session)
    tree.issue({"甲市": [120, 30], "乙市": [10, 10]})
    for body, rows in (("甲市", {"甲一县": [10, 2]}), ("甲一县", {"甲一县一小": [6, 0]})):
        split(tree, body, rows)
    return tree


def split(tree: Tree, body: str, rows: dict[str, list[int]]) -> None:
    """A body hands places down."""
    holders.split(tree.sheet(body), tree.wanted(rows), by=tree.viewer(body), now=clock.now())


@pytest.fixture(autouse=True)
def sums_agree(session: Session) -> object:
    """R11: after every test each cell equals its entries, and given equals the children's held."""
    yield
    assert wrong_cells(session) == []


def change(tree: Tree, kind: ChangeKind, name: str, **values: object) -> OrganisationChange:
    """A step of a body's history as the tree's own room hands it on."""
    facts: dict[str, object] = {"before": {}, "after": {}} | values
    return OrganisationChange(
        kind, tree.bodies[name].id, on_date=date(2023, 11, 1), reason="区划调整", **facts
    )


def test_a_county_that_moves_takes_its_places_along(tree: Tree) -> None:
    step = change(
        tree,
        ChangeKind.MOVED,
        "甲一县",
        before={"quota_parent_id": tree.bodies["甲市"].id},
        after={"quota_parent_id": tree.bodies["乙市"].id},
    )
    assert [f.code for f in queries.preview_organisation_change(step)] == ["places"]
    actions.follow_organisation_change(step, tree.viewer("省", "province_officer"))
    assert (tree.held("甲市"), tree.held("乙市"), tree.held("甲一县")) == (
        [110, 28],
        [20, 12],
        [10, 2],
    )


def test_a_merged_county_leaves_everything_to_its_successor(tree: Tree) -> None:
    school = tree.bodies["甲一县一小"]
    school.quota_parent_id = tree.bodies["甲二县"].id
    tree.session.flush()
    step = change(
        tree,
        ChangeKind.MERGED,
        "甲一县",
        successor_id=tree.bodies["甲二县"].id,
        children=[school.id],
    )
    actions.follow_organisation_change(step, tree.viewer("省", "province_officer"))
    assert (tree.held("甲一县"), tree.held("甲二县")) == ([0, 0], [10, 2])
    assert (tree.given("甲二县"), tree.held("甲一县一小")) == ([6, 0], [6, 0])
    assert tree.given("甲市") == [10, 2]


def test_a_closed_school_gives_back_and_a_county_with_schools_cannot_close(tree: Tree) -> None:
    by = tree.viewer("省", "province_officer")
    county = change(tree, ChangeKind.CLOSED, "甲一县")
    assert [f.code for f in queries.preview_organisation_change(county)] == ["places_below"]
    with pytest.raises(Refusal):
        actions.follow_organisation_change(county, by)
    actions.follow_organisation_change(change(tree, ChangeKind.CLOSED, "甲一县一小"), by)
    assert (tree.held("甲一县一小"), tree.given("甲一县")) == ([0, 0], [0, 0])


def test_a_new_name_touches_no_places(tree: Tree) -> None:
    step = change(tree, ChangeKind.RENAMED, "甲一县")
    assert queries.preview_organisation_change(step) == []
    actions.follow_organisation_change(step, tree.viewer("省", "province_officer"))
    assert tree.held("甲一县") == [10, 2]


def test_places_move_with_the_body(tree: Tree, session: Session) -> None:
    split(tree, "甲市", {"甲一县": [10, 2]})
    split(tree, "甲一县", {"甲一县一小": [6, 0]})
    actions.follow_move(
        tree.bodies["甲一县"].id,
        tree.bodies["甲市"].id,
        tree.bodies["乙市"].id,
        reason="区划调整",
        by=tree.viewer("省", "province_officer"),
    )
    assert (tree.held("甲市"), tree.held("乙市")) == ([110, 28], [20, 12])
    assert tree.held("甲一县") == [10, 2]
    assert tree.sheet("甲一县").parent_id == tree.sheet("乙市").id


def test_a_merged_body_leaves_its_places_to_its_successor(tree: Tree) -> None:
    split(tree, "甲一县", {"甲一县一小": [0, 0]})
    split(tree, "甲市", {"甲一县": [10, 2], "甲二县": [3, 3]})
    actions.follow_merge(
        tree.bodies["甲一县"].id, tree.bodies["甲二县"].id, reason="合并", by=tree.viewer("省")
    )
    assert (tree.held("甲一县"), tree.held("甲二县")) == ([0, 0], [13, 5])
    actions.follow_merge(
        tree.bodies["甲二县"].id, tree.bodies["乙一县"].id, reason="合并", by=tree.viewer("省")
    )
    assert (tree.held("乙一县"), tree.held("乙市"), tree.held("甲市")) == (
        [13, 5],
        [23, 15],
        [107, 25],
    )


class TestLetters:
    """HN-38: what a standing letter says stays true when the tree changes."""

    @pytest.fixture
    def told(self, tree: Tree) -> Tree:
        """Every table is in force: the units and the counties of 甲市 have their letters."""
        split(tree, "甲市", {"甲一县": [100, 20], "甲二县": [20, 10]})
        by, on = tree.viewer("省", "province_officer"), date(2023, 11, 1)
        root = tree.sheet("甲市").parent_id
        letters.send(tree.session.get_one(QuotaSheet, root), due=None, by=by, on=on)
        holders.lock(tree.sheet("甲市"), by=tree.viewer("甲市"), on=on)
        return tree

    def standing(self, tree: Tree, name: str) -> dict[str, int]:
        """What the letter that counts now says, by project."""
        letter = letter_of(tree.sheet(name))
        return letter.content["by_project"] if letter is not None else {}

    def says(self, tree: Tree, *places: int) -> dict[str, int]:
        """Places by project as letters keep them."""
        return {str(p.id): n for p, n in zip(tree.projects, places, strict=True) if n}

    def move(self, tree: Tree, name: str, old: str, new: str) -> OrganisationChange:
        """A body goes from one giver to another."""
        return change(
            tree,
            ChangeKind.MOVED,
            name,
            before={"quota_parent_id": tree.bodies[old].id},
            after={"quota_parent_id": tree.bodies[new].id},
        )

    def test_the_bodies_above_get_new_letters_and_the_old_ones_verify_as_replaced(
        self, told: Tree
    ) -> None:
        old = {name: letter_of(told.sheet(name)) for name in ("甲市", "乙市", "甲一县")}
        step = self.move(told, "甲一县", "甲市", "乙市")
        assert [f.code for f in queries.preview_organisation_change(step)] == ["places", "letters"]
        actions.follow_organisation_change(step, told.viewer("省", "province_officer"))
        assert self.standing(told, "甲市") == self.says(told, 20, 10)
        assert self.standing(told, "乙市") == self.says(told, 110, 30)
        assert self.standing(told, "甲一县") == self.says(told, 100, 20)
        assert [old[name].state for name in ("甲市", "乙市", "甲一县")] == [
            "replaced",
            "replaced",
            "valid",
        ]
        assert "区划调整" in letter_of(told.sheet("甲市")).content["correction_reason"]

    def test_nothing_left_withdraws_the_letter_and_the_successor_gets_a_new_one(
        self, told: Tree
    ) -> None:
        for name in ("甲一县一小", "甲一县二小"):
            told.bodies[name].quota_parent_id = told.bodies["甲二县"].id
        told.session.flush()
        old = letter_of(told.sheet("甲一县"))
        step = change(
            told,
            ChangeKind.MERGED,
            "甲一县",
            successor_id=told.bodies["甲二县"].id,
            children=[told.bodies["甲一县一小"].id, told.bodies["甲一县二小"].id],
        )
        actions.follow_organisation_change(step, told.viewer("省", "province_officer"))
        assert old.state == "withdrawn"
        assert self.standing(told, "甲二县") == self.says(told, 120, 30)
        assert self.standing(told, "甲市") == self.says(told, 120, 30)

    def test_a_table_that_is_not_in_force_is_left_to_its_lock(self, told: Tree) -> None:
        holders.unlock(told.sheet("甲市"), reason="重新分解", by=told.viewer("甲市"))
        split(told, "甲市", {"甲一县": [90, 20], "甲二县": [20, 10]})
        actions.follow_organisation_change(
            self.move(told, "甲二县", "甲市", "乙市"), told.viewer("省", "province_officer")
        )
        assert self.standing(told, "甲市") == self.says(told, 100, 20)
        assert self.standing(told, "甲一县") == self.says(told, 100, 20), "told at the next lock"
