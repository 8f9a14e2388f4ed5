"""Who signs, returns and refuses: the officers of the desk at which a nomination waits."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.permissions import SIGNATURES, level_of, may_take
from provincial.planning.nominations.rules import NOMINATORS, PROVINCE_OFFICERS, Level
from provincial.planning.plans.models import ProjectCategory


def may_open_desk(viewer: Viewer, _category: ProjectCategory) -> bool:
    """Whether names can wait at this viewer's desk at all."""
    return viewer.is_any(*NOMINATORS, *PROVINCE_OFFICERS)


def may_sign(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether the viewer's desk may sign this name now; city and province act on whole lists."""
    signs = level_of(viewer) in (Level.SCHOOL, Level.COUNTY)
    return signs and any(may_take(viewer, nomination, action) for action in SIGNATURES)


def may_pass_up(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether the viewer's desk may hand this name up unsigned; the action counts its signers."""
    return may_take(viewer, nomination, "pass_up")


def may_return(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether the viewer may return this name to be mended."""
    return may_take(viewer, nomination, "return")


def may_refuse(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether the viewer may refuse this name for good."""
    return may_take(viewer, nomination, "refuse")


def may_reopen(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether the viewer may take the province's own yes back."""
    return may_take(viewer, nomination, "reopen")
