"""Splitting, swapping, giving back, locking and undoing, with the sums checked after each."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.planning.ledger import actions as ledger
from provincial.planning.ledger.models import QuotaBatch
from provincial.planning.moves import actions as following
from provincial.planning.quotas import actions
from provincial.planning.reversals import actions as reversals
from provincial.planning.reversals.queries import undo_rows
from tests.planning.tree import Tree, small_province, wrong_cells


@pytest.fixture
def tree(session: Session) -> Tree:
    """Issued: 甲市 120 and 30, 乙市 10 and 10, 直管县 5 and 5."""
    tree = small_province(session)
    tree.issue({"甲市": [120, 30], "乙市": [10, 10], "直管县": [5, 5]})
    return tree


@pytest.fixture(autouse=True)
def sums_agree(session: Session) -> object:
    """R11: after every test each cell equals its entries, and given equals the children's held."""
    yield
    assert wrong_cells(session) == []


def split(tree: Tree, name: str, rows: dict[str, list[int]], **more: object) -> QuotaBatch | None:
    """Split what a body holds."""
    return actions.split(
        tree.sheet(name), tree.wanted(rows), by=tree.viewer(name), now=clock.now(), **more
    )


@pytest.mark.rule("HN-01")
def test_a_province_managed_county_stands_beside_the_cities(tree: Tree) -> None:
    assert tree.held("省") == [135, 45]
    assert tree.given("省") == [135, 45]
    assert tree.sheet("直管县").parent_id == tree.sheet("省").id


@pytest.mark.rule("HN-38")
def test_golden_quota_tree(tree: Tree) -> None:
    """City 120 = counties: a full split locks, one short does not, one over is refused at once."""
    split(tree, "甲市", {"甲一县": [70, 30], "甲二县": [49, 0]})
    with pytest.raises(Refusal) as short:
        actions.lock(tree.sheet("甲市"), by=tree.viewer("甲市"), on=clock.today())
    assert short.value.findings[0].code == "unassigned"
    with pytest.raises(Refusal) as over:
        split(tree, "甲市", {"甲二县": [51, 0]})
    assert over.value.findings[0].code == "over_allocated"
    assert tree.given("甲市") == [119, 30]
    split(tree, "甲市", {"甲二县": [50, 0]})
    written = actions.lock(tree.sheet("甲市"), by=tree.viewer("甲市"), on=clock.today())
    assert tree.sheet("甲市").state == "locked"
    assert [paper.addressee_name for paper in written] == ["甲一县", "甲二县"]


def test_states_follow_the_sums(tree: Tree) -> None:
    assert tree.sheet("甲市").state == "issued"
    split(tree, "甲市", {"甲一县": [1, 0]})
    assert tree.sheet("甲市").state == "splitting"
    split(tree, "甲市", {"甲一县": [120, 30]})
    assert tree.sheet("甲市").state == "allocated"


def test_a_locked_table_is_swapped_not_split(tree: Tree) -> None:
    split(tree, "甲市", {"甲一县": [120, 30]})
    actions.lock(tree.sheet("甲市"), by=tree.viewer("甲市"), on=clock.today())
    with pytest.raises(WrongState):
        split(tree, "甲市", {"甲一县": [119, 30]})
    actions.swap(
        tree.sheet("甲市"),
        giver_id=tree.bodies["甲一县"].id,
        taker_id=tree.bodies["甲二县"].id,
        project_id=tree.projects[0].id,
        places=3,
        reason="调剂",
        by=tree.viewer("甲市"),
        now=clock.now(),
    )
    assert (tree.held("甲一县"), tree.held("甲二县")) == ([117, 30], [3, 0])
    assert tree.sheet("甲市").state == "locked"


def test_a_child_keeps_what_it_has_passed_on(tree: Tree) -> None:
    split(tree, "甲市", {"甲一县": [10, 0]})
    split(tree, "甲一县", {"甲一县一小": [6, 0]})
    with pytest.raises(Refusal) as refused:
        split(tree, "甲市", {"甲一县": [5, 0]})
    assert refused.value.findings[0].code == "passed_on"
    with pytest.raises(Refusal):
        tree.issue({"甲市": [9, 30]})


def test_places_go_only_to_those_directly_below(tree: Tree) -> None:
    for stranger in ("乙一县", "甲一县一小", "直管县", "省"):
        with pytest.raises(Refusal):
            split(tree, "甲市", {stranger: [1, 0]})


def test_giving_back_opens_the_table_above(tree: Tree) -> None:
    split(tree, "甲市", {"甲一县": [120, 30]})
    actions.lock(tree.sheet("甲市"), by=tree.viewer("甲市"), on=clock.today())
    actions.give_back(
        tree.sheet("甲一县"), {tree.projects[0].id: 20}, reason="人数不足", by=tree.viewer("甲一县")
    )
    assert tree.held("甲一县") == [100, 30]
    assert tree.sheet("甲市").state == "splitting"
    with pytest.raises(Refusal):
        actions.give_back(
            tree.sheet("甲一县"),
            {tree.projects[0].id: 101},
            reason="多了",
            by=tree.viewer("甲一县"),
        )


def test_r12_a_stale_page_is_refused(tree: Tree) -> None:
    """R12: a page opened before another officer saved does not overwrite."""
    seen = tree.sheet("甲市").version
    split(tree, "甲市", {"甲一县": [1, 0]}, expected_version=seen)
    with pytest.raises(StaleVersion):
        split(tree, "甲市", {"甲一县": [2, 0]}, expected_version=seen)


def test_undo_as_a_whole_and_row_by_row(tree: Tree) -> None:
    batch = split(tree, "甲市", {"甲一县": [10, 0], "甲二县": [5, 0]})
    assert batch is not None
    split(tree, "甲一县", {"甲一县一小": [6, 0]})
    with pytest.raises(Refusal) as refused:
        reversals.undo(batch, reason="导错了", by=tree.viewer("甲市"))
    assert [f.code for f in refused.value.findings] == ["passed_on"]
    free = [row.entry_id for row in undo_rows(batch) if row.body == "甲二县"]
    reversals.undo(batch, reason="导错了", by=tree.viewer("甲市"), entry_ids=free)
    assert (tree.held("甲一县"), tree.held("甲二县")) == ([10, 0], [0, 0])
    with pytest.raises(Refusal):
        reversals.undo(batch, reason="再来", by=tree.viewer("甲市"), entry_ids=free)


def test_an_issued_table_can_be_taken_back_whole(tree: Tree, session: Session) -> None:
    batch = session.query(QuotaBatch).filter_by(kind="issue").one()
    reversals.undo(batch, reason="表下错了", by=tree.viewer("省", "province_officer"))
    assert tree.held("省") == [0, 0]
    assert tree.held("甲市") == [0, 0]


@pytest.mark.rule("HN-32")
def test_a_correction_needs_a_reason_and_books_only_the_difference(tree: Tree) -> None:
    tree.issue({"甲市": [118, 30], "乙市": [12, 10], "直管县": [5, 5]})
    assert (tree.held("甲市"), tree.held("乙市"), tree.held("省")) == (
        [118, 30],
        [12, 10],
        [135, 45],
    )


def test_undo_sees_what_is_left_of_a_later_act_taken_back_row_by_row(tree: Tree) -> None:
    first = split(tree, "甲市", {"甲一县": [10, 10]})
    second = split(tree, "甲市", {"甲一县": [12, 12]})
    assert first is not None
    assert second is not None
    by, on = tree.viewer("甲市"), clock.today()
    rows = {row.project_id: row.entry_id for row in undo_rows(second)}
    chosen = [rows[tree.projects[1].id]]
    actions.undo(second, reason="误报", by=by, on=on, entry_ids=chosen)
    with pytest.raises(Refusal):
        actions.undo(first, reason="误报", by=by, on=on)
    later = {row.project_id: row.later for row in undo_rows(first)}
    assert later == {tree.projects[0].id: 1, tree.projects[1].id: 0}


def test_r11_giving_back_while_the_body_is_moved_books_nothing_on_the_old_place(
    tree: Tree, session: Session
) -> None:
    """R11: the page was opened below 甲市; the body stands below 乙市 when the lock is had."""
    split(tree, "甲市", {"甲一县": [10, 10]})
    sheet = tree.sheet("甲一县")
    moved = ledger.lock_sheet

    def lock_after_the_move(sheet_id: int, expected_version: int | None = None) -> object:
        if sheet_id == sheet.parent_id:
            monkey.undo()
            body, by = tree.bodies["甲一县"], tree.viewer("省", "province_officer")
            old, new = tree.bodies["甲市"].id, tree.bodies["乙市"].id
            body.quota_parent_id = new
            session.flush()
            found = moved(sheet_id, expected_version)
            following.follow_move(body.id, old, new, reason="区划调整", by=by)
            return found
        return moved(sheet_id, expected_version)

    monkey = pytest.MonkeyPatch()
    monkey.setattr(actions, "lock_sheet", lock_after_the_move)
    with monkey.context(), pytest.raises(WrongState):
        actions.give_back(
            sheet, {tree.projects[0].id: 1}, reason="用不完", by=tree.viewer("甲一县")
        )
