"""Who lodges objections to a ban, and who decides them."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.planning.bans.permissions import may_see
from provincial.planning.integrity.models import Ban, BanObjection
from provincial.planning.integrity.permissions import is_teacher, may_decide_some
from provincial.planning.integrity.rules import OFFICERS

#: Who lodges for a teacher: those who look after them, and the province.
_ON_BEHALF = (
    *OFFICERS,
    *("bureau_administrator", "bureau_officer", "school_administrator", "principal"),
)


def may_lodge(viewer: Viewer, ban: Ban) -> bool:
    """Whether the viewer may object to this ban: the teacher, or somebody for them."""
    own = is_teacher(viewer)
    return not viewer.read_only and (own or (viewer.is_any(*_ON_BEHALF) and may_see(viewer, ban)))


def may_decide(viewer: Viewer, _objection: BanObjection) -> bool:
    """Whether the viewer decides: officers of the province."""
    return may_decide_some(viewer)
