"""What an act holds while it works: seen by a second officer who asks for the same row and will not wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from provincial.core import clock
from provincial.core.db import db, transaction
from provincial.planning.allocations.actions import prepare
from provincial.planning.ledger.models import QuotaBatch
from provincial.planning.quotas import actions
from tests.planning.quotas.test_race import city_and_counties
from tests.planning.tree import Tree

REASON = "调剂名额"


@pytest.fixture
def tree(site: Flask) -> Iterator[Tree]:
    """甲市 holds 400 and 100; 甲一县 has 20 of each and gave 5 of each back."""
    with site.app_context():
        yield city_and_counties()


@contextmanager
def somebody_else() -> Iterator[Connection]:
    """A connection of its own; what it locked is let go at the end."""
    with db.engine.connect() as connection:
        yield connection
        connection.rollback()


def is_free(connection: Connection, table: str, row_id: int, how: str) -> bool:
    """Whether a row can be locked at once. ``no key update`` goes past the mark of a foreign key."""
    point = connection.begin_nested() if connection.in_transaction() else connection.begin()
    try:
        connection.execute(
            text(f"select 1 from {table} where id = :id for {how} nowait"), {"id": row_id}
        )
    except OperationalError:
        point.rollback()
        return False
    point.rollback()
    return True


def test_r11_starting_a_table_holds_its_category(tree: Tree) -> None:
    """R11: of two officers who start a table at once, the second sees the first one's."""
    category = tree.category.id
    with somebody_else() as other:
        prepare(
            tree.category,
            tree.wanted({"甲市": [10, 5]}),
            "form",
            by=tree.viewer("省", "province_officer"),
        )
        assert not is_free(other, "project_category", category, "no key update")
        db.session.rollback()
        assert is_free(other, "project_category", category, "no key update")


def test_r11_first_places_hold_the_body_where_it_stands(tree: Tree) -> None:
    """R11: a body cannot be moved away while it is given its first places."""
    school = tree.bodies["甲二县一小"].id
    tree_split(tree, "甲市", {"甲二县": [20, 20]})
    db.session.commit()
    with somebody_else() as other:
        tree_split(tree, "甲二县", {"甲二县一小": [1, 1]})
        assert not is_free(other, "organisation", school, "no key update")
        db.session.rollback()
        assert is_free(other, "organisation", school, "no key update")


def tree_split(tree: Tree, name: str, rows: dict[str, list[int]]) -> None:
    """A body hands places down."""
    actions.split(tree.sheet(name), tree.wanted(rows), by=tree.viewer(name), now=clock.now())


def test_r11_a_split_waits_for_the_parent_before_it_holds_a_child(site: Flask, tree: Tree) -> None:
    """R11: parents before children, so that two acts never wait for each other."""
    tree_split(tree, "甲市", {"甲一县": [20, 20]})
    viewer, wanted = tree.viewer("甲市"), tree.wanted({"甲一县": [30, 30]})
    city, county = tree.sheet("甲市").id, tree.sheet("甲一县").id
    db.session.commit()

    def act() -> None:
        sheet = tree_sheet(city)
        actions.split(sheet, wanted, by=viewer, now=clock.now())

    assert waits_without_holding(site, act, parent=city, child=county)


def test_r11_an_undo_waits_for_the_parent_before_it_holds_a_child(site: Flask, tree: Tree) -> None:
    """R11: taking back what was given back touches the body above; its sheet is locked first."""
    tree_split(tree, "甲市", {"甲一县": [20, 20]})
    project = tree.projects[0].id
    viewer = tree.viewer("甲一县")
    given = actions.give_back(tree.sheet("甲一县"), {project: 5}, reason=REASON, by=viewer)
    batch_id, city, county = given.id, tree.sheet("甲市").id, tree.sheet("甲一县").id
    db.session.commit()

    def act() -> None:
        batch = db.session.get_one(QuotaBatch, batch_id)
        actions.undo(batch, reason=REASON, by=viewer, on=clock.today())

    assert waits_without_holding(site, act, parent=city, child=county)


def tree_sheet(sheet_id: int) -> actions.QuotaSheet:
    """A sheet as a page loads it."""
    return db.session.get_one(actions.QuotaSheet, sheet_id)


def waits_without_holding(site: Flask, act: Callable[[], None], *, parent: int, child: int) -> bool:
    """Whether ``act``, waiting for the parent's sheet, leaves the child's free; it then ends well."""

    def officer() -> None:
        with site.app_context(), transaction():
            act()

    with ThreadPoolExecutor(1) as pool, somebody_else() as other:
        other.execute(text("select 1 from quota_sheet where id = :id for update"), {"id": parent})
        future = pool.submit(officer)
        until = time.monotonic() + 5
        waiting = text(
            "select count(*) from pg_stat_activity "
            "where datname = current_database() and wait_event_type = 'Lock'"
        )
        while not other.scalar(waiting):
            assert time.monotonic() < until, "the act did not wait"
            other.execute(text("select pg_stat_clear_snapshot()"))
            time.sleep(0.01)
        free = is_free(other, "quota_sheet", child, "update")
        other.rollback()
        future.result()
    return free
