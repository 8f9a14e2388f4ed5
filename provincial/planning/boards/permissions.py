"""Who reads a board: everyone who holds or oversees places, for their own quota subtree."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.planning.quotas.permissions import may_see_board


def may_see_place(viewer: Viewer, _place: object) -> bool:
    """Whether boards are for this viewer; the place itself was found within the scope."""
    return may_see_board(viewer)
