"""Who may do what with a nomination: role by role, on the own body's, a child's, a parent's, a sibling's."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from provincial.planning.candidates.permissions import may_enter, may_replace
from provincial.planning.nominations import permissions
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.permissions import may_change, may_see
from provincial.planning.selection.permissions import (
    may_read_body,
    may_take_up,
    may_withdraw,
)
from provincial.planning.signing.permissions import (
    may_open_desk,
    may_pass_up,
    may_refuse,
    may_reopen,
    may_return,
    may_sign,
)
from tests.planning.nominations.places import enter, places_to_fill
from tests.planning.tree import Tree

#: What may be asked of one nomination, in the order of the letters below.
ASKED = {
    "s": may_see,
    "c": may_change,
    "w": may_withdraw,
    "r": may_replace,
    "g": may_sign,
    "u": may_pass_up,
    "b": may_return,
    "x": may_refuse,
    "o": may_reopen,
    "t": may_take_up,
}
#: Who looks at a nomination on a place of 甲一县, entered there and waiting there (its desk).
AT_COUNTY = [
    ("甲一县", "bureau_officer", "scwrgu"),
    ("甲一县", "bureau_administrator", "scwrgu"),
    ("甲一县一小", "school_administrator", "s"),  # the teacher's own school
    ("甲一县二小", "school_administrator", ""),
    ("甲市", "bureau_officer", "sw"),
    ("甲二县", "bureau_officer", ""),
    ("乙市", "bureau_officer", ""),
    ("直管县", "bureau_officer", ""),
    ("省", "province_officer", "sw"),
    ("省", "province_administrator", "sw"),
    ("省", "auditor", "s"),
    ("省", "system_administrator", ""),
    ("甲一县", "teacher", ""),
]


@pytest.fixture
def tree(session: Session) -> Tree:
    """Places that wait for names."""
    return places_to_fill(session)


@pytest.fixture
def nomination(tree: Tree) -> Nomination:
    """A teacher of 甲一县一小 on the place that 甲一县 keeps."""
    return enter(tree, "甲一县")


@pytest.mark.rule("HN-37")
@pytest.mark.parametrize(("body", "role", "allowed"), AT_COUNTY)
def test_r3_who_may_do_what(
    tree: Tree, nomination: Nomination, body: str, role: str, allowed: str
) -> None:
    """R2, R3: own body, above, below and beside."""
    viewer = tree.viewer(body, role)
    found = "".join(letter for letter, may in ASKED.items() if may(viewer, nomination))
    assert found == allowed


@pytest.mark.parametrize(
    ("state", "body", "role", "allowed"),
    [
        ("school_confirmed", "甲一县", "bureau_officer", "swrgu"),
        ("county_approved", "甲市", "bureau_officer", "swbx"),
        ("city_submitted", "省", "province_officer", "swbx"),
        ("refused", "甲一县", "bureau_officer", "st"),
        ("withdrawn", "甲市", "bureau_officer", "st"),
        ("replaced", "甲一县", "bureau_officer", "s"),
        ("province_confirmed", "省", "province_officer", "swo"),
        ("province_confirmed", "甲一县", "bureau_officer", "swr"),
    ],
)
def test_the_state_says_which_steps_are_open(
    tree: Tree, nomination: Nomination, state: str, body: str, role: str, allowed: str
) -> None:
    alive = state not in ("refused", "withdrawn", "replaced", "province_confirmed")
    nomination.state = state
    nomination.waits_at_id = tree.bodies[body].id if alive else None
    viewer = tree.viewer(body, role)
    found = "".join(letter for letter, may in ASKED.items() if may(viewer, nomination))
    assert found == allowed


@pytest.mark.rule("HN-37")
@pytest.mark.parametrize(
    ("body", "role", "enters", "desk"),
    [
        ("甲一县一小", "school_administrator", True, True),
        ("甲一县一小", "principal", True, True),
        ("甲一县一小", "teacher", False, False),
        ("甲一县", "bureau_officer", True, True),
        ("甲市", "bureau_administrator", True, True),
        ("省", "province_officer", False, True),
        ("省", "auditor", False, False),
    ],
)
def test_who_enters_and_who_has_a_desk(
    tree: Tree, body: str, role: str, enters: bool, desk: bool
) -> None:
    viewer = tree.viewer(body, role)
    assert may_enter(viewer, tree.category) is enters
    assert may_open_desk(viewer, tree.category) is desk


def test_a_body_is_read_from_above_only(tree: Tree) -> None:
    county = tree.bodies["甲一县"]
    assert may_read_body(tree.viewer("甲一县"), county)
    assert may_read_body(tree.viewer("甲市"), county)
    assert may_read_body(tree.viewer("省", "auditor"), county)
    assert not may_read_body(tree.viewer("甲二县"), county)
    assert not may_read_body(tree.viewer("甲一县一小", "principal"), county)
    assert not may_read_body(tree.viewer("甲市", "teacher"), county)


@pytest.mark.parametrize(
    ("body", "level"),
    [("省", "province"), ("甲市", "city"), ("直管县", "city"), ("甲一县", "county")],
)
def test_the_level_of_a_desk(tree: Tree, body: str, level: str) -> None:
    assert permissions.level_of(tree.viewer(body)) == level
