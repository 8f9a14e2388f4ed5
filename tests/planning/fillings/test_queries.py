"""How full the places are: sums, desks, reasons, shortfalls, idle places, and what is built on them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.core.refusals import Refusal
from provincial.office.messages.models import Message
from provincial.planning.allocations.queries import cells_of
from provincial.planning.boards.queries import BoardPlace, board
from provincial.planning.fillings import queries
from provincial.planning.fillings.rules import Stage
from provincial.planning.idle import actions
from provincial.planning.idle import queries as idle
from provincial.planning.nominations.queries import WINDOW, used_as_at
from provincial.planning.plans.models import Window
from provincial.planning.quotas import actions as quotas
from provincial.planning.signing import actions as signing
from tests.planning.lists.handing import GREEN, hand_in, named, two_signers
from tests.planning.nominations.places import NOW, enter, places_to_fill, who
from tests.planning.tree import Tree


@pytest.fixture
def tree(session: Session) -> Tree:
    """甲市 holds 20: 17 itself, 1 at its county, 2 at a school; 乙市 holds 10."""
    return places_to_fill(session)


def row(tree: Tree, top: str, body: str) -> queries.Row:
    found = queries.filling(tree.category, tree.bodies[top])
    return next(one for one in found.rows if one.name == body)


def place(tree: Tree, top: str) -> BoardPlace:
    return BoardPlace(tree.category, tree.bodies[top], [])


@pytest.mark.rule("HN-39")
def test_names_are_counted_by_the_desk_at_which_they_wait(tree: Tree) -> None:
    two_signers(tree)
    at_school, _draft = enter(tree), enter(tree)
    enter(tree, "甲一县")
    hand_in(tree, named(tree, "甲乙"))
    signing.pass_on([at_school], by=who(tree, "甲一县一小", 8), now=NOW)
    tree.session.flush()
    city = row(tree, "省", "甲市")
    assert (city.held, city.filled, city.free) == (20, 4, 16)
    assert city.stages == {Stage.AT_COUNTY: 1, Stage.DRAFT: 2, Stage.AT_PROVINCE: 1}
    inside = queries.filling(tree.category, tree.bodies["甲市"])
    assert (inside.own.held, inside.own.filled) == (20, 1)
    assert inside.total.free == 16
    county = row(tree, "甲市", "甲一县")
    assert (county.held, county.filled) == (3, 3)
    assert [
        one.name for one in queries.names(place(tree, "甲一县"), queries.NameFilter()).rows[0:0]
    ] == []
    drafts = queries.names(place(tree, "甲市"), queries.NameFilter(stage="draft"))
    assert len(drafts.rows) == 2


@pytest.mark.rule("HN-41")
def test_the_green_channel_stands_beside_with_its_own_count(tree: Tree) -> None:
    named(tree, "甲乙", entry=GREEN)
    city = row(tree, "省", "甲市")
    assert (city.filled, city.green, city.green_limit) == (0, 1, 1)
    assert row(tree, "省", "乙市").green_limit == 0


def test_desks_and_reasons_open_to_names(tree: Tree) -> None:
    one = enter(tree)
    signing.pass_on([one], by=who(tree, "甲一县一小", 8), now=NOW)
    tree.session.flush()
    top = tree.bodies["省"]
    [desk] = queries.desks(tree.category, top)
    assert (desk.name, desk.names) == ("甲一县", 1)
    signing.refuse(one, "不符合条件", by=who(tree, "甲一县"))
    tree.session.flush()
    assert queries.refusals(tree.category, top) == [("不符合条件", 1)]
    wanted = queries.NameFilter(stage="refused", reason="不符合条件")
    assert [name.id for name in queries.names(place(tree, "省"), wanted).rows] == [one.id]
    assert row(tree, "省", "甲市").refused == 1


@pytest.mark.rule("HN-39")
def test_what_is_empty_at_the_close_counts_against_the_holder(tree: Tree) -> None:
    enter(tree)
    tree.session.flush()
    close = clock.now() + timedelta(seconds=1)
    found = queries.shortfalls(tree.category, tree.bodies["省"], close)
    assert [(one.name, one.held, one.filled, one.short) for one in found] == [
        ("甲市", 20, 1, 19),
        ("乙市", 10, 0, 10),
    ]
    early = clock.now() - timedelta(days=1)
    assert used_as_at(tree.category.id, "/", early) == {}
    quote = queries.article_of(tree.category, "HN-39")
    assert quote is None or quote.article


def test_idle_places_by_number_and_by_quiet(tree: Tree) -> None:
    enter(tree)
    tree.session.flush()
    found = idle.idle_page(place(tree, "省"))
    assert [(one.name, one.idle) for one in found.rows] == [
        ("甲市", 17),
        ("乙市", 10),
        ("甲一县", 1),
        ("甲一县一小", 1),
    ]
    quiet = idle.idle_page(place(tree, "甲市"), "quiet")
    assert [one.name for one in quiet.rows][-1] == "甲一县一小"


def test_wishes_offers_and_what_was_re_issued(tree: Tree) -> None:
    project = tree.projects[0]
    sheet = tree.sheet("甲一县")
    wish = actions.ask(sheet, project, 2, "报名超出", by=who(tree, "甲一县"))
    with pytest.raises(Refusal):
        actions.ask(sheet, project, 1, "报名超出", by=who(tree, "甲一县"))
    [asked] = idle.wishes_to(tree.sheet("甲市"))
    assert (asked.name, asked.places) == ("甲一县", 2)
    quotas.give_back(
        tree.sheet("甲一县一小"), {project.id: 1}, reason="无人", by=who(tree, "甲一县一小")
    )
    quotas.top_up(
        tree.sheet("甲市"),
        organisation_id=tree.bodies["甲一县"].id,
        project_id=project.id,
        places=2,
        reason="补足",
        by=who(tree, "甲市"),
        now=NOW,
    )
    assert [
        (one.batch.kind, one.places) for one in idle.moved(tree.category, tree.bodies["甲市"])
    ] == [
        ("top_up", 2),
        ("give_back", 1),
    ]
    actions.close(wish, by=who(tree, "甲市"))
    assert idle.wishes_to(tree.sheet("甲市")) == []
    with pytest.raises(Refusal):
        actions.close(wish, by=who(tree, "甲市"))


def test_the_province_prepares_a_table_from_what_came_back(tree: Tree) -> None:
    project = tree.projects[1]
    by = who(tree, "省", 2)
    with pytest.raises(Refusal):
        actions.reissue(tree.sheet("省"), by=by)
    quotas.give_back(tree.sheet("乙市"), {project.id: 3}, reason="无人", by=who(tree, "乙市"))
    actions.ask(tree.sheet("甲市"), project, 5, "报名超出", by=who(tree, "甲市"))
    drafted = actions.reissue(tree.sheet("省"), by=by)
    assert cells_of(drafted)[tree.bodies["甲市"].id, project.id] == 3


def test_bodies_are_reminded_once_a_day(tree: Tree) -> None:
    top = tree.bodies["省"]
    assert actions.remind(tree.category, top, by=None, now=clock.now()) == 4
    assert actions.remind(tree.category, top, by=None, now=clock.now()) == 0
    told = tree.session.scalars(select(Message).where(Message.kind == "fillings.remind")).all()
    assert {one.organisation_id for one in told} >= {tree.bodies["甲市"].id}


def test_home_tells_of_empty_places_while_the_selection_is_open(tree: Tree) -> None:
    assert queries.todo(who(tree, "甲市")) == []
    now = clock.now()
    window = Window(
        plan_id=tree.plan.id,
        kind=WINDOW,
        opens_at=now - timedelta(days=9),
        closes_at=now + timedelta(days=5),
    )
    tree.session.add(window)
    tree.session.flush()
    [item] = queries.todo(who(tree, "甲市"))
    # The places that 甲市 holds itself are named by the lines of its own table.
    assert (item.count, item.url) == (3, f"/fillings/{tree.category.id}/idle")
    [item] = queries.todo(who(tree, "省"))
    assert item.count == 30


def test_the_workbook_adds_up_along_the_tree(tree: Tree) -> None:
    enter(tree)
    tree.session.flush()
    rows = queries.export_rows(tree.category, tree.bodies["省"])
    assert [(one.depth, one.row.name, one.row.held, one.row.filled) for one in rows] == [
        (1, "甲市", 20, 1),
        (2, "甲一县", 3, 1),
        (3, "甲一县一小", 2, 1),
        (1, "乙市", 10, 0),
    ]
    assert rows[0].row.stages == {Stage.DRAFT: 1}


@pytest.mark.rule("HN-37")
def test_the_board_does_not_call_named_places_unassigned(tree: Tree) -> None:
    """Places on which a county has put names itself are not left to be handed down, now or then."""
    enter(tree, "甲一县")
    tree.session.flush()
    for as_at in (None, clock.now() + timedelta(seconds=1)):
        found = board(tree.category, tree.bodies["甲市"], as_at)
        county = next(one for one in found.rows if one.name == "甲一县")
        assert (county.held, county.given, county.used, county.unassigned) == (3, 2, 1, 0)
        assert county.standing.value == "done"


def test_the_table_takes_few_statements(tree: Tree) -> None:
    enter(tree)
    tree.session.flush()
    seen: list[str] = []
    engine = tree.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *a: seen.append(str(a[2])))
    top = tree.bodies["省"]
    queries.filling(tree.category, top)
    queries.desks(tree.category, top)
    queries.refusals(tree.category, top)
    assert len(seen) <= 15
