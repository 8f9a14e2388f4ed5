"""The state of a sheet follows from its sums: the rule, and the statements that decide for many."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.planning.ledger import actions
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.ledger.rules import BatchKind, SheetState, sheet_state
from tests.planning.tree import Tree, small_province

#: held, given, used, locked and the state that follows
CASES = [
    (5, 0, 0, False, SheetState.ISSUED),
    (5, 0, 5, False, SheetState.ISSUED),
    (5, 2, 0, False, SheetState.SPLITTING),
    (5, 2, 2, True, SheetState.SPLITTING),
    (5, 5, 0, False, SheetState.ALLOCATED),
    (5, 2, 3, False, SheetState.ALLOCATED),
    (5, 5, 0, True, SheetState.LOCKED),
    (5, 3, 2, True, SheetState.LOCKED),
    (0, 0, 0, True, SheetState.ISSUED),
]


@pytest.fixture
def tree(session: Session) -> Tree:
    """甲市 holds 10 of the first column."""
    tree = small_province(session)
    tree.issue({"甲市": [10, 0]})
    return tree


def stand(tree: Tree, held: int, given: int, used: int, *, locked: bool) -> QuotaSheet:
    """甲市's sheet with one cell as given."""
    sheet = tree.sheet("甲市")
    sheet.locked_at = clock.now() if locked else None
    tree.session.flush()
    tree.session.execute(
        text("update quota set held = :h, given = :g, used = :u where id = :id"),
        {"h": held, "g": given, "u": used, "id": cell_id(tree)},
    )
    return sheet


def cell_id(tree: Tree) -> int:
    """The first column of 甲市."""
    found = select(Quota.id).where(
        Quota.sheet_id == tree.sheet("甲市").id, Quota.project_id == tree.projects[0].id
    )
    return tree.session.scalars(found).one()


@pytest.mark.parametrize(("held", "given", "used", "locked", "state"), CASES)
def test_the_state_follows_from_the_sums(
    tree: Tree, held: int, given: int, used: int, locked: bool, state: SheetState
) -> None:
    assert sheet_state(held, given, locked, used) is state
    sheet = stand(tree, held, given, used, locked=locked)
    actions.use_places({cell_id(tree): 0})
    assert sheet.status is state
    assert (sheet.locked_at is not None) is (state is SheetState.LOCKED)


@pytest.mark.parametrize(("held", "given", "used", "locked", "state"), CASES)
def test_the_state_follows_an_act(
    tree: Tree, held: int, given: int, used: int, locked: bool, state: SheetState
) -> None:
    sheet = stand(tree, held + 1, given, used, locked=locked)
    version, by = sheet.version, tree.viewer("甲市")
    batch = actions.open_batch(sheet, BatchKind.UNDO, by=by, reason="更正")
    flow = actions.Flow(sheet.id, None, tree.projects[0].id, -1)
    actions.book(batch, [flow], {(sheet.id, tree.projects[0].id)})
    assert (sheet.status, sheet.version) == (state, version + 1)
    assert (sheet.locked_at is not None) is (state is SheetState.LOCKED)
    assert batch in tree.session
    tree.session.expire_all()
    assert (sheet.status, batch.by_name, batch.reason) == (state, by.name, "更正")
