"""Sixteen officers split one tree at once on connections of their own; the sums hold afterwards."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from provincial.core import clock
from provincial.core.db import Busy, db, transaction
from provincial.core.refusals import Refusal
from provincial.core.viewer import Viewer
from provincial.planning.ledger import queries as ledger
from provincial.planning.quotas import actions
from tests.people.factories import make_user, sign_in
from tests.planning.quotas.test_views import cell, hidden
from tests.planning.tree import Tree, small_province

OFFICERS, SECONDS = 16, 3.0
WRONG_SUMS = """
    select q.id from quota q
    where q.held <> coalesce((select sum(delta) from quota_entry where quota_id = q.id), 0)
       or q.given <> coalesce((select sum(delta) from quota_entry where parent_quota_id = q.id), 0)
       or q.given <> coalesce((select sum(c.held) from quota c join quota_sheet s on s.id = c.sheet_id
                               where s.parent_id = q.sheet_id and c.project_id = q.project_id), 0)
       or q.given > q.held or q.given < 0
"""


def city_and_counties() -> Tree:
    """甲市 holds 400 and 100 over two counties with two schools each."""
    tree = small_province(db.session())
    tree.add("school", "甲二县一小", "甲二县")
    tree.add("school", "甲二县二小", "甲二县")
    tree.issue({"甲市": [400, 100], "乙市": [10, 10], "直管县": [5, 5]})
    db.session.commit()
    return tree


class Officer:
    """One thread: acts at random for one of the bodies, counting what became of it."""

    def __init__(self, site: Flask, tree: Tree, seed: int) -> None:
        self.site = site
        self.random = random.Random(seed)
        self.category = tree.category.id
        self.projects = [project.id for project in tree.projects]
        self.bodies = {name: body.id for name, body in tree.bodies.items()}
        self.viewers = {name: tree.viewer(name) for name in ("甲市", "甲一县", "甲二县")}
        self.below = {
            "甲市": ["甲一县", "甲二县"],
            "甲一县": ["甲一县一小", "甲一县二小"],
            "甲二县": ["甲二县一小", "甲二县二小"],
        }
        self.seen: Counter[str] = Counter()

    def work(self, until: float) -> Counter[str]:
        """Act until the time is up; anything but a refusal is a fault."""
        while time.monotonic() < until:
            with self.site.app_context():
                try:
                    with transaction():
                        self.act()
                    self.seen["done"] += 1
                except Busy:
                    self.seen["busy"] += 1
                except Refusal:
                    self.seen["refused"] += 1
        return self.seen

    def act(self) -> None:
        """One split, swap or give-back of a random body."""
        name = self.random.choice(list(self.viewers))
        by: Viewer = self.viewers[name]
        sheet = ledger.sheet_of(self.category, self.bodies[name])
        if sheet is None:
            return
        children = self.below[name]
        kind = self.random.random()
        if kind < 0.7:
            chosen = self.random.sample(children, self.random.randint(1, 2))
            wanted = {
                (self.bodies[child], project): self.random.randint(0, 150)
                for child in chosen
                for project in self.projects
            }
            actions.split(sheet, wanted, by=by, now=clock.now())
        elif kind < 0.85:
            giver, taker = self.random.sample(children, 2)
            actions.swap(
                sheet,
                giver_id=self.bodies[giver],
                taker_id=self.bodies[taker],
                project_id=self.random.choice(self.projects),
                places=self.random.randint(1, 20),
                reason="调剂名额",
                by=by,
                now=clock.now(),
            )
        elif name != "甲市":
            project = self.random.choice(self.projects)
            actions.give_back(sheet, {project: self.random.randint(1, 9)}, reason="交回", by=by)


def test_r11_sixteen_officers_split_one_tree(site: Flask) -> None:
    """R11: children + unassigned = parent after sixteen threads have acted for some seconds."""
    with site.app_context():
        tree = city_and_counties()
        officers = [Officer(site, tree, seed) for seed in range(OFFICERS)]
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(OFFICERS) as pool:
        futures = [pool.submit(officer.work, until) for officer in officers]
        seen = sum((future.result() for future in futures), Counter[str]())
    with site.app_context():
        assert db.session.execute(text(WRONG_SUMS)).all() == []
        places = db.session.scalar(
            text(
                "select sum(held) from quota q join quota_sheet s on s.id = q.sheet_id "
                "join organisation o on o.id = s.organisation_id where o.name = '甲市'"
            )
        )
        assert places == 500
    assert seen["done"] > OFFICERS, seen


@pytest.mark.rule("HN-38")
def test_r11_two_officers_and_the_last_places(site: Flask) -> None:
    """Over HTTP: two officers of one city give the same last places to different counties at once."""
    with site.app_context():
        tree = city_and_counties()
        url = f"/quotas/sheets/{tree.sheet('甲市').id}/split"
        clients, forms = [], []
        for name in ("甲一县", "甲二县"):
            client = site.test_client()
            sign_in(client, make_user(db.session(), tree.bodies["甲市"], "bureau_officer"))
            forms.append({cell(tree, name, 0): "400"})
            clients.append(client)
        db.session.commit()
    forms = [hidden(c.get(url)) | form for c, form in zip(clients, forms, strict=True)]
    gate = threading.Barrier(2)

    def send(place: int) -> int:
        gate.wait()
        return clients[place].post(url, data=forms[place]).status_code

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(send, range(2)))
    assert codes == [303, 409]
    with site.app_context():
        assert db.session.execute(text(WRONG_SUMS)).all() == []
