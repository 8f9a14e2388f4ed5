"""Acts that meet on one place, one list or one teacher; afterwards every count is exact (R10, R11)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from provincial.core.db import Busy, db, transaction
from provincial.core.refusals import Refusal
from provincial.office.imports.models import ImportRun
from provincial.people.duplicates import actions as duplicates
from provincial.people.organisations.models import Organisation
from provincial.people.teachers import actions as teachers
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import EventKind, Step
from provincial.planning.namelists import actions as namelists
from provincial.planning.namelists import importer
from provincial.planning.nominations import actions
from provincial.planning.nominations.actions import Entry
from provincial.planning.nominations.models import Nomination
from provincial.planning.plans.models import Project
from provincial.planning.signing.actions import pass_on
from provincial.sitemap import TEACHER_FOLLOWERS
from tests.people.factories import id_number, make_teacher
from tests.planning.namelists.test_lists import row, workbook
from tests.planning.nominations.places import NOW, enter, places_to_fill, who
from tests.planning.tree import Tree, wrong_cells

#: Cells whose counters are not what stands on them, and steps that do not follow one another.
WRONG = """
    select 'cell', q.id from quota q where
      q.used <> (select count(*) from nomination n where n.cell_id = q.id and n.channel = 'regular'
                 and n.waits_at_id is not null or n.cell_id = q.id and n.channel = 'regular'
                 and n.state = 'province_confirmed')
      or q.green_used <> (select count(*) from nomination n where n.cell_id = q.id
                 and n.channel = 'green'
                 and (n.waits_at_id is not null or n.state = 'province_confirmed'))
      or q.given + q.used > q.held
    union all
    select 'step', s.nomination_id from (
      select nomination_id, from_state, to_state, action,
             lag(to_state, 1, '') over (partition by nomination_id order by id) as before
      from nomination_step) s where s.from_state <> s.before
    union all
    select 'last', n.id from nomination n where n.state <>
      (select s.to_state from nomination_step s where s.nomination_id = n.id order by s.id desc limit 1)
    union all
    select 'gone', n.id from nomination n join teacher t on t.id = n.teacher_id
      where t.state in ('merged', 'undone') and (n.waits_at_id is not null)
"""


def at_once(app: Flask, acts: Iterable[Callable[[], object]]) -> list[str]:
    """What became of each act when all start together; a lock not had in time is tried again."""
    wanted = list(acts)
    gate = threading.Barrier(len(wanted))

    def run(act: Callable[[], object]) -> str:
        gate.wait()
        with app.app_context():
            for _turn in range(40):
                try:
                    with transaction():
                        act()
                except Busy:
                    continue
                except Refusal:
                    return "refused"
                finally:
                    db.session.remove()
                return "done"
        return "busy"

    with ThreadPoolExecutor(len(wanted)) as pool:
        return list(pool.map(run, wanted))


def exact(app: Flask) -> None:
    """Nothing in the whole database contradicts itself."""
    with app.app_context():
        assert db.session.execute(text(WRONG)).all() == []
        assert wrong_cells(db.session()) == []
        db.session.remove()


def _list(tree: Tree, *rows: list[object], unit: str = "甲一县一小") -> int:
    """A checked list that waits to be taken in."""
    run = importer.receive(
        workbook(*rows),
        "l.xlsx",
        tree.category,
        tree.bodies[unit],
        by=who(tree, unit),
        now=NOW,
    )
    db.session.commit()
    return run.id


def _take_in(tree: Tree, run_id: int, unit: str = "甲一县一小") -> Callable[[], object]:
    by = who(tree, unit)
    return lambda: importer.take_in(
        db.session.get_one(ImportRun, run_id), "新教师未入库", by=by, now=NOW
    )


def _undo(tree: Tree, run_id: int, unit: str = "甲一县一小") -> Callable[[], object]:
    by = who(tree, unit)
    return lambda: namelists.undo(
        db.session.get_one(ImportRun, run_id), "发错了名单", by=by, now=NOW
    )


def _enter(tree: Tree, teacher_id: int, holder: str = "甲一县一小") -> Callable[[], object]:
    by, project, body = who(tree, holder), tree.projects[0].id, tree.bodies[holder].id
    return lambda: actions.enter(
        db.session.get_one(Project, project),
        db.session.get_one(Teacher, teacher_id),
        db.session.get_one(Organisation, body),
        Entry(reason="学校已安排代课"),
        by=by,
        now=NOW,
    )


@pytest.mark.rule("HN-38")
def test_r10_form_and_list_want_the_last_place(site: Flask) -> None:
    with site.app_context():
        tree = places_to_fill(db.session())
        teacher = make_teacher(db.session(), tree.bodies["甲一县一小"]).id
        db.session.commit()
        run = _list(tree, row(1), row(2))
        acts = [_take_in(tree, run), _enter(tree, teacher)]
        acts += [_take_in(tree, run)]
    seen = at_once(site, acts)
    assert "busy" not in seen
    assert seen.count("done") == 1
    exact(site)


def test_r10_a_list_is_taken_in_once_and_taken_back_or_signed(site: Flask) -> None:
    with site.app_context():
        tree = places_to_fill(db.session())
        run = _list(tree, row(1), row(2))
        acts = [_take_in(tree, run) for _n in range(3)]
        undo, signer = _undo(tree, run), who(tree, "甲一县一小", user_id=8)
    assert sorted(at_once(site, acts)) == ["done", "refused", "refused"]
    exact(site)

    def sign() -> None:
        names = db.session.query(Nomination).filter_by(import_run_id=run).all()
        if not pass_on(names, by=signer, now=NOW).passed:
            raise Refusal("nothing")  # type: ignore[arg-type]

    seen = at_once(site, [undo, sign, sign])
    assert "busy" not in seen
    assert seen.count("done") == 1
    exact(site)


def test_r10_signing_meets_withdrawing(site: Flask) -> None:
    with site.app_context():
        tree = places_to_fill(db.session())
        ids = [enter(tree).id for _n in range(2)]
        db.session.commit()
        signer, owner = who(tree, "甲一县一小", user_id=8), who(tree, "甲一县一小")

    def sign(number: int) -> Callable[[], object]:
        return lambda: pass_on([db.session.get_one(Nomination, number)], by=signer, now=NOW)

    def withdraw(number: int) -> Callable[[], object]:
        return lambda: actions.withdraw(
            db.session.get_one(Nomination, number), "本人申请", by=owner
        )

    seen = at_once(site, [act(one) for one in ids for act in (sign, withdraw, withdraw)])
    assert "busy" not in seen
    exact(site)


def test_r10_a_merge_meets_nominations_of_the_record_that_goes(site: Flask) -> None:
    """By form and by a list at once: whoever comes late is refused; nobody stands on a gone record."""
    number = id_number("19850101", 501)
    with site.app_context():
        tree = places_to_fill(db.session())
        school = tree.bodies["甲一县一小"]
        gone = make_teacher(db.session(), school, row(1)[1], number)
        kept = make_teacher(db.session(), school, "王一一", id_number("19850101", 901))
        db.session.commit()
        pair = kept.id, gone.id
        office = who(tree, "省")
        run = _list(tree, row(1))
        acts: list[Callable[[], object]] = [
            lambda: duplicates.merge(
                *pair, "同一人", on=NOW.date(), followers=TEACHER_FOLLOWERS, by=office
            ),
            _enter(tree, pair[1]),
            _take_in(tree, run),
        ]
    seen = at_once(site, acts)
    assert "busy" not in seen
    exact(site)


def test_r10_a_transfer_meets_a_nomination(site: Flask) -> None:
    """The place is of the school; whoever has moved is refused, whoever was in time stays."""
    with site.app_context():
        tree = places_to_fill(db.session())
        school = tree.bodies["甲一县一小"]
        teacher = make_teacher(db.session(), school).id
        db.session.commit()
        old, away, by = school.id, tree.bodies["甲一县二小"].id, who(tree, "甲一县")
        nominate = _enter(tree, teacher)

    def move() -> None:
        found = teachers.locked([teacher])[teacher]
        teachers.apply(found, {"organisation_id": away})
        step = Step(NOW.date(), by, "调动", kind=EventKind.TRANSFERRED)
        teachers.add_event(found, step, {}, {"organisation_id": away})

    seen = at_once(site, [move, nominate])
    assert seen[0] == "done"
    exact(site)
    with site.app_context():
        made = db.session.query(Nomination).all()
        assert len(made) == (seen[1] == "done")
        assert all(one.school_id == old for one in made)
