"""Officers who decide at the same moment, on connections of their own: one of them wins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from provincial.core.db import Clash, db, transaction
from provincial.core.refusals import Refusal
from provincial.core.viewer import Viewer
from provincial.people.teachers.models import Teacher
from provincial.planning.bans import actions
from provincial.planning.integrity.models import Ban, BanObjection, IntegrityRecord
from provincial.planning.objections import actions as objections
from tests.people.factories import make_user, viewer_of
from tests.planning.bans.facts import EVENT, LATER, NOW, a_teacher, proposed
from tests.planning.office import Office, make_office
from tests.schema import living_on, new_database


@pytest.fixture
def place(app: Flask, database_url: str) -> Iterator[Office]:
    """An office on a database of its own, where commits are real."""
    with new_database(database_url) as url, living_on(app, url):
        office = make_office(db.session())
        office.issued()
        yield office


def at_once(app: Flask, acts: list[Callable[[], object]]) -> list[str]:
    """Run acts in threads that start together; what became of each, sorted."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    act()
            except Clash:
                return "clash"
            except Refusal:
                return "refused"
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def _officers(office: Office, count: int) -> list[Viewer]:
    found = [
        viewer_of(make_user(office.session, office.province, "province_officer"))
        for _ in range(count)
    ]
    office.session.commit()
    return found


@pytest.mark.rule("HN-46")
def test_r14_two_officers_decide_at_once_and_one_wins(app: Flask, place: Office) -> None:
    teacher, _ = a_teacher(place)
    number = proposed(place, teacher).id
    office = _officers(place, 6)

    def step(who: Viewer, action: str) -> Callable[[], object]:
        def act() -> None:
            ban = db.session.get_one(Ban, number)
            actions.take_step(ban, action, by=who, now=LATER, reason="理由")

        return act

    signed = [step(who, "sign" if place_ % 2 else "dismiss") for place_, who in enumerate(office)]
    assert at_once(app, signed) == ["done"] + ["refused"] * 5
    place.session.expire_all()
    first = place.session.get_one(Ban, number).asked_by_id
    others = [who for who in office if who.user_id != first]
    ends = [step(who, "confirm" if n % 2 else "return") for n, who in enumerate(others)]
    assert at_once(app, ends).count("done") == 1
    place.session.expire_all()
    ban = place.session.get_one(Ban, number)
    assert ban.asked == ""
    lines = place.session.scalars(select(IntegrityRecord)).all()
    assert len(lines) == (ban.state != "proposed")


def test_r10_the_same_event_is_proposed_once_at_once(app: Flask, place: Office) -> None:
    number = a_teacher(place)[0].id
    place.session.commit()
    by = place.maker

    def act() -> None:
        teacher = db.session.get_one(Teacher, number)
        actions.propose(teacher, "no_show", event_on=EVENT, now=NOW, by=by)

    assert at_once(app, [act] * 6) == ["done"] + ["refused"] * 5
    assert len(place.session.scalars(select(Ban)).all()) == 1


def test_r14_confirming_an_exemption_while_the_ban_is_put_in_force(
    app: Flask, place: Office
) -> None:
    """Whichever comes first: the ban ends exempted, and is never in force with it."""
    teacher, _ = a_teacher(place)
    ban = proposed(place, teacher)
    after = LATER + timedelta(minutes=1)
    actions.take_step(ban, "sign", by=place.maker, now=LATER)
    late = objections.lodge(ban, "exemption", "住院", by=place.bureau, now=LATER)
    objections.decide(late, "accepted", by=place.maker, now=after, reason="属实")
    place.session.commit()
    numbers, second = (ban.id, late.id), place.second

    def confirm() -> None:
        found = db.session.get_one(Ban, numbers[0])
        actions.take_step(found, "confirm", by=second, now=after)

    def exempt() -> None:
        found = db.session.get_one(BanObjection, numbers[1])
        objections.decide(found, "confirm", by=second, now=after)

    assert at_once(app, [confirm, exempt]).count("done") >= 1
    place.session.expire_all()
    assert place.session.get_one(Ban, numbers[0]).state == "exempted"
