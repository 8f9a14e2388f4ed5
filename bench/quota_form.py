"""A county hands places to its schools: one statement under the parent's lock, or row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.measure import Result, compare
from bench.place import Place
from bench.province import build_category, build_tree, figures, officer
from provincial.core import clock
from provincial.core.db import db, transaction
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.planning.ledger.models import Quota, QuotaBatch, QuotaEntry, QuotaSheet
from provincial.planning.plans.models import Project
from provincial.planning.quotas import queries
from provincial.planning.quotas.actions import split

THREADS = 16
COUNTIES = 11
FORMS = 5

Wanted = Mapping[tuple[int, int], int]
Split = Callable[[int, Wanted, Viewer], None]


def row_by_row(sheet_id: int, wanted: Wanted, by: Viewer) -> None:
    """The usual way: lock the parent, then for each row load, check the sum, change, flush."""
    with transaction() as session:
        parent = session.scalars(
            select(QuotaSheet).where(QuotaSheet.id == sheet_id).with_for_update()
        ).one()
        due = queries.deadline(parent)
        if parent.locked_at is not None or due.closed(clock.now()):
            raise ValueError("closed")
        batch = QuotaBatch(
            category_id=parent.category_id,
            sheet_id=parent.id,
            kind="split",
            by_user_id=by.user_id,
            by_name=by.name,
        )
        session.add(batch)
        session.flush()
        for (organisation_id, project_id), places in wanted.items():
            _one_row(session, parent, batch, organisation_id, project_id, places)
        parent.state = "allocated" if all(c.unassigned == 0 for c in parent.cells) else "splitting"
        parent.version += 1
        record("quotas.split", parent, by=by, after={"rows": len(wanted)})


def _one_row(
    session: Session,
    parent: QuotaSheet,
    batch: QuotaBatch,
    organisation_id: int,
    project_id: int,
    places: int,
) -> None:
    child = session.scalars(
        select(QuotaSheet).where(
            QuotaSheet.category_id == parent.category_id,
            QuotaSheet.organisation_id == organisation_id,
        )
    ).one()
    cell = session.scalars(
        select(Quota).where(Quota.sheet_id == child.id, Quota.project_id == project_id)
    ).one()
    above = session.scalars(
        select(Quota).where(Quota.sheet_id == parent.id, Quota.project_id == project_id)
    ).one()
    delta = places - cell.held
    if not delta:
        return
    if places < cell.given:
        raise ValueError("the child has passed more on")
    cell.held = places
    session.add(
        QuotaEntry(batch_id=batch.id, quota_id=cell.id, parent_quota_id=above.id, delta=delta)
    )
    session.flush()
    handed_out = session.scalar(
        select(func.sum(Quota.held))
        .join(QuotaSheet, QuotaSheet.id == Quota.sheet_id)
        .where(QuotaSheet.parent_id == parent.id, Quota.project_id == project_id)
    )
    if handed_out > above.held:
        raise ValueError("more than is held")
    above.given = handed_out
    child.version += 1


def at_once(sheet_id: int, wanted: Wanted, by: Viewer) -> None:
    """The house's way."""
    with transaction() as session:
        split(session.get_one(QuotaSheet, sheet_id), wanted, by=by, now=clock.now())


class Forms:
    """A county level of one category: forms of a given round, for either side."""

    def __init__(self, session: Session, parents: int, rows: int, forms: int = 1) -> None:
        """``forms`` officers of each county, with ``rows`` schools each."""
        self.province = build_tree(session, (1, parents, rows * forms))
        self.rows, self.forms = rows, forms
        self.officers = [officer(session, c) for c in self.province.levels[1]]
        self.sides: dict[Split, tuple[int, int, list[int]]] = {
            each: self._side(session, build_category(session, self.province, 1, 10))
            for each in (row_by_row, at_once)
        }

    def _side(self, session: Session, category: int) -> tuple[int, int, list[int]]:
        project = session.scalars(select(Project.id).where(Project.category_id == category)).one()
        sheets = {
            organisation: sheet
            for sheet, organisation in session.execute(
                select(QuotaSheet.id, QuotaSheet.organisation_id).where(
                    QuotaSheet.category_id == category
                )
            )
        }
        return category, project, [sheets[c] for c in self.province.levels[1]]

    def hand_in(self, way: Split, turn: int, form: int) -> None:
        """One form: each of its schools gets a new figure; fewer in odd turns, all in even."""
        which, part = form % len(self.officers), form // len(self.officers)
        _category, project, sheets = self.sides[way]
        start = (which * self.forms + part) * self.rows
        schools = self.province.levels[2][start : start + self.rows]
        figure = 10 - (turn + 1) % 2 * (1 + which % 3)
        way(sheets[which], {(s, project): figure for s in schools}, self.officers[which])

    def alone(self, way: Split, turn: int) -> None:
        """One officer, one form."""
        self.hand_in(way, turn, 0)

    def together(self, way: Split, turn: int) -> None:
        """Sixteen threads, and every county with more officers than one: they wait for its lock."""
        app = current_app._get_current_object()  # type: ignore[attr-defined]

        def one(form: int) -> None:
            with app.app_context():
                self.hand_in(way, turn, form)

        db.session.remove()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(one, range(len(self.officers) * self.forms)))

    def answer(self, way: Split) -> object:
        """What every body holds and has given."""
        found = figures(db.session(), self.sides[way][0])
        db.session.remove()
        return found


def run(place: Place, rows: int = 100, rounds: int = 5) -> list[Result]:
    """One form alone, then sixteen threads."""
    alone = Forms(db.session(), 1, rows)
    together = Forms(db.session(), COUNTIES, min(rows, 20), FORMS)
    return [
        compare(
            "quota_form",
            f"{rows} rows, one officer",
            baseline=partial(alone.alone, row_by_row),
            ours=partial(alone.alone, at_once),
            answers=(partial(alone.answer, row_by_row), partial(alone.answer, at_once)),
            goal=50,
            server=place.server,
            rounds=rounds,
        ),
        compare(
            "quota_form",
            f"{min(rows, 20)} rows, {THREADS} threads",
            baseline=partial(together.together, row_by_row),
            ours=partial(together.together, at_once),
            answers=(partial(together.answer, row_by_row), partial(together.answer, at_once)),
            goal=20,
            server=place.server,
            rounds=rounds,
        ),
    ]
