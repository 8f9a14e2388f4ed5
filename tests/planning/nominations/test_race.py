"""Two hundred officers for fifty places, each on a connection of their own: fifty get one."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select, text

from provincial.core import clock
from provincial.core.db import Busy, db, transaction
from provincial.core.refusals import Refusal
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher
from provincial.planning.nominations import actions
from provincial.planning.nominations.actions import Entry
from provincial.planning.plans.models import Project
from tests.people.factories import make_teacher
from tests.planning.tree import small_province

OFFICERS, PLACES, AT_ONCE = 200, 50, 24
WRONG = """
    select q.id from quota q
    where q.used <> (select count(*) from nomination n where n.cell_id = q.id and n.channel = 'regular'
                     and n.state in ('draft','returned','school_confirmed','county_approved',
                                     'city_submitted','province_confirmed'))
       or q.given + q.used > q.held
"""


@pytest.mark.rule("HN-38")
def test_r11_two_hundred_officers_for_fifty_places(site: Flask) -> None:
    """R11: exactly fifty nominations, ``used`` is fifty, and everybody else is told so."""
    with site.app_context():
        tree = small_province(db.session())
        tree.issue({"甲市": [PLACES, 0]})
        school = tree.bodies["甲一县一小"]
        teachers = [make_teacher(db.session(), school).id for _n in range(OFFICERS)]
        viewers = [tree.viewer("甲市", user_id=100 + n) for n in range(OFFICERS)]
        project, holder = tree.projects[0].id, tree.bodies["甲市"].id
        db.session.commit()
    gate = threading.Barrier(AT_ONCE)
    dice = random.Random(7)
    order = list(range(OFFICERS))
    dice.shuffle(order)

    def enter(place: int) -> str:
        if place < AT_ONCE:
            gate.wait()
        number = order[place]
        with site.app_context():
            for _turn in range(50):
                try:
                    with transaction() as session:
                        actions.enter(
                            session.get_one(Project, project),
                            session.get_one(Teacher, teachers[number]),
                            session.get_one(Organisation, holder),
                            Entry(reason="工作需要"),
                            by=viewers[number],
                            now=clock.now(),
                        )
                    return "done"
                except Busy:  # a lock that did not come in time: trying again is right
                    continue
                except Refusal as refusal:
                    return refusal.findings[0].code
        return "busy"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        seen = Counter(pool.map(enter, range(OFFICERS)))
    assert seen == {"done": PLACES, "quota": OFFICERS - PLACES}
    with site.app_context():
        assert db.session.execute(text(WRONG)).all() == []
        used = db.session.scalar(
            select(text("max(used)")).select_from(text("quota")).where(text("held = 50"))
        )
        assert used == PLACES
        assert db.session.scalar(text("select count(*) from nomination")) == PLACES
        assert db.session.scalar(text("select count(*) from nomination_step")) == PLACES


@pytest.mark.rule("HN-70")
def test_r11_one_teacher_and_many_hands(site: Flask) -> None:
    """R11: the same teacher entered by many officers at once stands on one place."""
    with site.app_context():
        tree = small_province(db.session())
        tree.issue({"甲市": [PLACES, 0]})
        teacher = make_teacher(db.session(), tree.bodies["甲一县一小"]).id
        viewers = [tree.viewer("甲市", user_id=100 + n) for n in range(8)]
        project, holder = tree.projects[0].id, tree.bodies["甲市"].id
        db.session.commit()
    gate = threading.Barrier(8)

    def enter(place: int) -> str:
        gate.wait()
        with site.app_context():
            try:
                with transaction() as session:
                    actions.enter(
                        session.get_one(Project, project),
                        session.get_one(Teacher, teacher),
                        session.get_one(Organisation, holder),
                        Entry(reason="工作需要"),
                        by=viewers[place],
                        now=clock.now(),
                    )
            except Refusal:
                return "refused"
            return "done"

    with ThreadPoolExecutor(8) as pool:
        seen = Counter(pool.map(enter, range(8)))
    assert seen == {"done": 1, "refused": 7}
    with site.app_context():
        assert db.session.execute(text(WRONG)).all() == []
