"""A small province whose places wait for names, for the tests of nominations and their desks."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from provincial.core.viewer import Viewer
from provincial.people.teachers.models import Teacher
from provincial.planning.ledger.queries import cells_of
from provincial.planning.nominations import actions
from provincial.planning.nominations.actions import Entry
from provincial.planning.nominations.models import Nomination
from provincial.planning.quotas import actions as quotas
from tests.people.factories import make_teacher
from tests.planning.tree import Tree, small_province

NOW = datetime(2023, 11, 10, 2, 0, tzinfo=UTC)


def places_to_fill(session: Session) -> Tree:
    """甲一县一小 holds two places of 小学语文, its county one more, 甲市 the rest of twenty."""
    tree = small_province(session)
    tree.issue({"甲市": [20, 0], "乙市": [5, 5]})
    tree.add("school", "乙一县一小", "乙一县")
    city, county = tree.viewer("甲市"), tree.viewer("甲一县")
    quotas.split(tree.sheet("甲市"), tree.wanted({"甲一县": [3, 0]}), by=city, now=NOW)
    quotas.split(tree.sheet("甲一县"), tree.wanted({"甲一县一小": [2, 0]}), by=county, now=NOW)
    session.commit()
    return tree


def teacher_of(tree: Tree, school: str = "甲一县一小") -> Teacher:
    """A teacher on the register."""
    return make_teacher(tree.session, tree.bodies[school])


def who(tree: Tree, body: str, user_id: int = 7) -> Viewer:
    """Somebody who signs for a body."""
    kind = tree.bodies[body].kind
    role = {"school": "principal", "provincial_office": "province_officer"}.get(kind)
    return tree.viewer(body, role or "bureau_officer", user_id)


def enter(
    tree: Tree,
    holder: str = "甲一县一小",
    teacher: Teacher | None = None,
    entry: Entry | None = None,
    user_id: int = 7,
) -> Nomination:
    """A name on a place of ``holder``."""
    return actions.enter(
        tree.projects[0],
        teacher or teacher_of(tree),
        tree.bodies[holder],
        entry or Entry(reason="学校已安排代课"),
        by=who(tree, holder, user_id),
        now=NOW,
    )


def used(tree: Tree, holder: str) -> int:
    """Places of 小学语文 that nominations have taken from a body."""
    sheet = tree.sheet(holder)
    return cells_of([sheet.id])[sheet.id, tree.projects[0].id].used
