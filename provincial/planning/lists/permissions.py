"""Who hands lists in, and who decides on them."""

from __future__ import annotations

from provincial.core.states import Transition
from provincial.core.viewer import Viewer
from provincial.people.organisations.rules import QUOTA_HOLDERS
from provincial.planning.lists.rules import MACHINE
from provincial.planning.nominations.models import NominationList
from provincial.planning.nominations.permissions import may_look, may_see_list
from provincial.planning.nominations.rules import BUREAU_OFFICERS, PROVINCE_OFFICERS

__all__ = ["may_look", "may_see_list"]


def may_submit(viewer: Viewer) -> bool:
    """Whether the viewer submits lists: an officer of a body directly below the province."""
    depth = viewer.quota_path.strip("/").count("/")
    return (
        viewer.is_any(*BUREAU_OFFICERS) and depth == 1 and viewer.organisation_kind in QUOTA_HOLDERS
    )


def may_submit_for(viewer: Viewer, _category: object) -> bool:
    """Whether the viewer submits lists of a category."""
    return may_submit(viewer)


def decides(viewer: Viewer) -> bool:
    """Whether the viewer decides for the province."""
    return viewer.is_any(*PROVINCE_OFFICERS) and not viewer.read_only


def may_decide(viewer: Viewer, _list: NominationList) -> bool:
    """Whether the viewer decides on lists at all; the state decides what is open."""
    return viewer.is_any(*PROVINCE_OFFICERS)


def is_own(viewer: Viewer, handed_in: NominationList) -> bool:
    """Whether the list is the viewer's body's own, and the viewer acts for it."""
    return viewer.is_any(*BUREAU_OFFICERS) and handed_in.organisation_id == viewer.organisation_id


def may_renew(viewer: Viewer, handed_in: NominationList) -> bool:
    """Whether the viewer has the paper issued anew: the city whose list it is, or the province."""
    return may_decide(viewer, handed_in) or is_own(viewer, handed_in)


def steps(viewer: Viewer, handed_in: NominationList) -> list[Transition]:
    """The steps of the list that this viewer may take now; the page draws its buttons from them."""
    if viewer.read_only:
        return []
    if not (decides(viewer) or is_own(viewer, handed_in)):
        return []
    return MACHINE.open_to(handed_in.status, viewer.role)
