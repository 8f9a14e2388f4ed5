"""From a prepared table to letters, corrections and taking back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.office.papers import documents as papers
from provincial.office.papers.models import Paper
from provincial.planning.allocations import actions, queries
from provincial.planning.allocations.models import QuotaTable
from provincial.planning.ledger import queries as ledger
from provincial.planning.quotas import actions as quotas
from tests.planning.tree import Tree, small_province, wrong_cells

ON = date(2023, 11, 1)


@pytest.fixture
def tree(session: Session) -> Tree:
    """A province without any table."""
    return small_province(session)


def prepared(tree: Tree, rows: dict[str, list[int]], maker: int = 1) -> QuotaTable:
    """A table of the first officer."""
    return actions.prepare(tree.category, tree.wanted(rows), "form", by=first(tree, maker))


def first(tree: Tree, user_id: int = 1) -> object:
    """The officer who prepares."""
    return tree.viewer("省", "province_officer", user_id)


def issued(tree: Tree, rows: dict[str, list[int]], reason: str = "") -> QuotaTable:
    """A table prepared by one and issued by another officer."""
    table = prepared(tree, rows)
    actions.submit(table, reason=reason, by=first(tree))
    actions.issue(table, by=first(tree, 2), on=ON)
    return table


def letters(session: Session, state: str = "valid") -> dict[str, Paper]:
    """Letters by addressee."""
    found = session.scalars(select(Paper).where(Paper.state == state).order_by(Paper.id))
    return {paper.addressee_name: paper for paper in found}


@pytest.mark.rule("HN-32")
def test_r14_issuing_needs_a_second_officer(tree: Tree) -> None:
    """R14: two persons for a table."""
    table = prepared(tree, {"甲市": [10, 5]})
    actions.submit(table, reason="", by=first(tree))
    with pytest.raises(Refusal):
        actions.issue(table, by=first(tree, 1), on=ON)
    assert tree.session.scalar(select(Paper.id)) is None
    actions.issue(table, by=first(tree, 2), on=ON)
    assert table.state == "issued"
    assert tree.held("甲市") == [10, 5]


@pytest.mark.rule("HN-67")
def test_each_unit_gets_a_numbered_letter(tree: Tree, session: Session) -> None:
    issued(tree, {"甲市": [10, 30], "直管县": [3, 0]})
    found = letters(session)
    assert set(found) == {"甲市", "直管县"}
    city = found["甲市"]
    assert city.number == "豫教师培〔2023〕1号"
    html = papers.page(city)
    assert "共40人" in html
    assert "教师教育处" in html
    assert city.content["green_total"] == 1 + 2
    assert "绿色通道" not in papers.page(found["直管县"])


def test_a_correction_replaces_only_the_letters_it_touches(tree: Tree, session: Session) -> None:
    issued(tree, {"甲市": [10, 30], "乙市": [3, 3]})
    before = letters(session)
    issued(tree, {"甲市": [12, 30], "乙市": [3, 3]}, reason="下达有误")
    after = letters(session)
    assert after["乙市"].id == before["乙市"].id
    assert after["甲市"].number == "豫教师培〔2023〕3号"
    assert before["甲市"].state == "replaced"
    assert before["甲市"].replaced_by_id == after["甲市"].id
    html = papers.page(after["甲市"])
    assert "下达有误" in html
    assert "更正前后对照" in html


def test_a_table_is_the_only_one_on_its_way(tree: Tree) -> None:
    prepared(tree, {"甲市": [1, 1]})
    with pytest.raises(Refusal):
        prepared(tree, {"甲市": [2, 2]})


def test_returned_edited_and_submitted_again(tree: Tree) -> None:
    table = prepared(tree, {"甲市": [1, 1]})
    seen = table.version
    actions.submit(table, reason="", by=first(tree))
    with pytest.raises(WrongState):
        actions.edit(table, {}, by=first(tree))
    actions.return_to_draft(table, reason="再核对", by=first(tree, 2))
    with pytest.raises(StaleVersion):
        actions.edit(table, {}, by=first(tree), expected_version=seen)
    actions.edit(table, tree.wanted({"甲市": [2, 2]}), by=first(tree, 2))
    actions.submit(table, reason="", by=first(tree, 2))
    with pytest.raises(Refusal):
        actions.issue(table, by=first(tree, 2), on=ON)
    actions.issue(table, by=first(tree, 1), on=ON)
    assert tree.held("甲市") == [2, 2]


def test_every_cell_that_stands_in_the_way_is_named_before_the_table_is_issued(tree: Tree) -> None:
    table = issued(tree, {"甲市": [10, 30], "乙市": [3, 3]})
    quotas.split(
        tree.sheet("甲市"), tree.wanted({"甲一县": [4, 5]}), by=tree.viewer("甲市"), now=clock.now()
    )
    fewer = tree.wanted({"甲市": [3, 4], "乙市": [1, 1]})
    found = queries.in_the_way(table.category, fewer)
    assert [(f.code, f.severity) for f in found] == [("passed_on", "block")] * 2
    assert queries.in_the_way(table.category, tree.wanted({"甲市": [4, 5]})) == []


def test_taken_back_whole_the_letters_are_withdrawn(tree: Tree, session: Session) -> None:
    table = issued(tree, {"甲市": [10, 30], "乙市": [3, 3]})
    actions.undo(table, reason="表错了", by=first(tree), on=ON)
    assert table.state == "undone"
    assert tree.held("甲市") == [0, 0]
    assert letters(session) == {}
    assert set(letters(session, "withdrawn")) == {"甲市", "乙市"}


def test_taken_back_row_by_row_where_something_builds_on_it(tree: Tree, session: Session) -> None:
    table = issued(tree, {"甲市": [10, 30], "乙市": [3, 3]})
    quotas.split(
        tree.sheet("甲市"), tree.wanted({"甲一县": [4, 0]}), by=tree.viewer("甲市"), now=clock.now()
    )
    with pytest.raises(Refusal) as refused:
        actions.undo(table, reason="表错了", by=first(tree), on=ON)
    assert [f.code for f in refused.value.findings] == ["passed_on"]
    assert tree.held("乙市") == [3, 3]
    rows = [row.entry_id for row in queries.undo_rows(table) if row.body == "乙市"]
    actions.undo(table, reason="表错了", by=first(tree), on=ON, entry_ids=rows)
    assert tree.held("乙市") == [0, 0]
    assert tree.held("省") == [10, 30]
    assert table.state == "issued"
    assert set(letters(session)) == {"甲市"}


def test_a_plan_must_be_issued_before_its_places(tree: Tree) -> None:
    tree.plan.state = "draft"
    table = prepared(tree, {"甲市": [1, 1]})
    actions.submit(table, reason="", by=first(tree))
    with pytest.raises(WrongState):
        actions.issue(table, by=first(tree, 2), on=ON)


def test_the_same_table_again_is_no_change(tree: Tree) -> None:
    issued(tree, {"甲市": [10, 30]})
    table = prepared(tree, {"甲市": [10, 30]})
    with pytest.raises(Refusal):
        actions.submit(table, reason="同样", by=first(tree))
    assert ledger.table_of(tree.sheet("省")) == tree.wanted({"甲市": [10, 30]})


@pytest.mark.rule("HN-66")
def test_submitting_needs_the_responsible_contact(tree: Tree) -> None:
    table = prepared(tree, {"甲市": [1, 1]})
    tree.bodies["省"].contact_name = ""
    with pytest.raises(Refusal) as refused:
        actions.submit(table, reason="", by=first(tree))
    assert refused.value.rule == "HN-66"
    assert table.state == "draft"


def test_r14_what_the_second_officer_has_not_seen_is_not_issued(tree: Tree) -> None:
    """R14: changed and submitted anew after the page was opened, the table is not issued unseen."""
    table = prepared(tree, {"甲市": [10, 5]})
    actions.submit(table, reason="", by=first(tree))
    seen = table.version
    actions.return_to_draft(table, reason="漏了一栏", by=first(tree))
    actions.edit(table, tree.wanted({"甲市": [90, 50]}), by=first(tree))
    actions.submit(table, reason="", by=first(tree))
    with pytest.raises(StaleVersion):
        actions.issue(table, by=first(tree, 2), on=ON, expected_version=seen)
    assert table.state == "submitted"
    actions.issue(table, by=first(tree, 2), on=ON, expected_version=table.version)
    assert tree.held("甲市") == [90, 50]


class TestOwnPlaces:
    """HN-38: what was given back to the province is handed out first when the table is corrected."""

    @pytest.fixture
    def returned(self, tree: Tree) -> Tree:
        """甲市 has given 4 of its 10 places back; the province holds them unassigned."""
        issued(tree, {"甲市": [10, 5], "乙市": [3, 3]})
        project = tree.projects[0].id
        quotas.give_back(
            tree.sheet("甲市"), {project: 4}, reason="无人可派", by=tree.viewer("甲市")
        )
        assert (tree.held("省"), tree.given("省")) == ([13, 8], [9, 8])
        return tree

    @pytest.mark.parametrize(
        ("wanted", "held", "said"),
        [
            pytest.param([6, 3], [13, 8], (3, 0), id="all from its own"),
            pytest.param([10, 4], [16, 9], (4, 4), id="its own first, the rest is added"),
            pytest.param([2, 3], [12, 8], None, id="fewer places leave the province"),
        ],
    )
    def test_a_correction_uses_them_first_and_says_so_before(
        self, returned: Tree, wanted: list[int], held: list[int], said: tuple[int, int] | None
    ) -> None:
        cells = returned.wanted({"甲市": [6, 5], "乙市": wanted})
        finding = queries.supply(returned.category, cells)
        assert (finding and (finding.message.values["own"], finding.message.values["new"])) == said
        issued(returned, {"甲市": [6, 5], "乙市": wanted}, "更正")
        assert returned.held("省") == held
        assert returned.held("乙市") == wanted
        assert wrong_cells(returned.session) == []

    @pytest.mark.parametrize("wanted", [[6, 3], [10, 4], [2, 3]], ids=["own", "both", "fewer"])
    def test_taking_the_correction_back_restores_what_the_province_held(
        self, returned: Tree, wanted: list[int]
    ) -> None:
        table = issued(returned, {"甲市": [6, 5], "乙市": wanted}, "更正")
        actions.undo(table, reason="更正有误", by=first(returned, 2), on=ON)
        assert (returned.held("省"), returned.given("省")) == ([13, 8], [9, 8])
        assert returned.held("乙市") == [3, 3]
        assert wrong_cells(returned.session) == []

    def test_row_by_row_no_place_is_lost(self, returned: Tree) -> None:
        table = issued(returned, {"甲市": [8, 5], "乙市": [8, 3]}, "更正")
        assert returned.held("省") == [16, 8]
        rows = queries.undo_rows(table)
        for row in rows:
            actions.undo(
                table,
                reason="更正有误",
                by=first(returned, 2),
                on=ON,
                entry_ids=[row.entry_id],
            )
        assert (returned.held("省"), returned.given("省")) == ([13, 8], [9, 8])
        assert wrong_cells(returned.session) == []

    def test_a_correction_that_shifts_places_can_be_taken_back(self, tree: Tree) -> None:
        issued(tree, {"甲市": [10, 5], "乙市": [3, 3]})
        table = issued(tree, {"甲市": [7, 5], "乙市": [6, 3]}, "更正")
        actions.undo(table, reason="更正有误", by=first(tree, 2), on=ON)
        assert (tree.held("省"), tree.held("甲市"), tree.held("乙市")) == ([13, 8], [10, 5], [3, 3])
