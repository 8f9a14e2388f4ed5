"""Who sees which nominations, and who may take which step on one."""

from __future__ import annotations

from sqlalchemy import and_, false, or_, true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.states import Transition
from provincial.core.viewer import Viewer
from provincial.people.organisations.permissions import sees_province
from provincial.people.organisations.rules import Kind
from provincial.planning.nominations.models import Nomination, NominationList
from provincial.planning.nominations.rules import (
    MACHINE,
    NOMINATORS,
    OPEN_TO_CHANGE,
    PROVINCE_OFFICERS,
    Level,
    ListState,
    action_at,
)

#: Roles that read the province's nominations beside those who act on them.
_READERS = ("auditor", "programme_officer", "quality_monitor")
#: Steps by which a desk signs and passes on.
SIGNATURES = frozenset({"confirm", "approve", "submit", "submit_green", "approve_green", "accept"})
#: Steps that the desk takes at which a nomination waits.
AT_DESK = SIGNATURES | {"return", "refuse", "pass_up"}
#: Steps of a whole list (``planning.lists``), never of one name by itself.
_BY_LIST = frozenset({"submit", "submit_green", "recall", "release"})
_ON_LIST = frozenset({"accept", "approve_green", "return"})


def may_look(viewer: Viewer) -> bool:
    """Whether the viewer's work has to do with nominations at all."""
    return viewer.is_any(*NOMINATORS, *PROVINCE_OFFICERS, *_READERS)


def may_nominate(viewer: Viewer) -> bool:
    """Whether the viewer may enter names for a body that can hold places."""
    return viewer.is_any(*NOMINATORS) and not viewer.read_only


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause: nominations on places below the viewer in the quota tree (R3).

    A school also sees the nominations of its own teachers that a county or city has made.
    """
    if not may_look(viewer):
        return false()
    if sees_province(viewer):
        return true()
    below = Nomination.quota_path.startswith(viewer.quota_path, autoescape=True)
    return or_(below, Nomination.school_id == viewer.organisation_id)


def may_see(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether this nomination is within the viewer's scope."""
    below = nomination.quota_path.startswith(viewer.quota_path)
    own = nomination.school_id == viewer.organisation_id
    return may_look(viewer) and (sees_province(viewer) or below or own)


def is_below(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether the place of the nomination is the viewer's body's own or lies below it."""
    return nomination.quota_path.startswith(viewer.quota_path)


def level_of(viewer: Viewer) -> Level:
    """At which of the four desks the viewer's body signs, from its place in the quota tree."""
    depth = len([part for part in viewer.quota_path.split("/") if part])
    if depth == 1:
        return Level.PROVINCE
    if depth == 2:
        return Level.CITY
    return Level.SCHOOL if viewer.organisation_kind == Kind.SCHOOL else Level.COUNTY


def steps(viewer: Viewer, nomination: Nomination) -> list[Transition]:
    """The steps that this viewer may take now, in table order; pages draw their buttons from it."""
    if viewer.read_only or not is_below(viewer, nomination):
        return []
    at_desk = nomination.waits_at_id == viewer.organisation_id
    own = nomination.nominator_id == viewer.organisation_id
    level = level_of(viewer)
    signature = action_at(level, nomination.way, nomination.status)
    found = []
    for step in MACHINE.open_to(nomination.status, viewer.role):
        if step.action in AT_DESK and not at_desk:
            continue
        if step.action in SIGNATURES and step.action != signature:
            continue  # each desk signs in its own way
        if step.action == "pass_up" and level is Level.CITY:
            continue  # the stamped list stands for the second signature
        if step.action == "replace" and not own:
            continue
        if step.action in ("return", "refuse") and own:
            continue  # one's own name is changed or withdrawn
        # "release" is taken by classes that are cancelled, not by hand.
        if step.action in _BY_LIST or (nomination.list_id and step.action in _ON_LIST and at_desk):
            continue
        found.append(step)
    return found


def may_step(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether the viewer may take any step on this nomination."""
    return bool(steps(viewer, nomination))


def may_take(viewer: Viewer, nomination: Nomination, action: str) -> bool:
    """Whether the viewer may take this one step now."""
    return any(step.action == action for step in steps(viewer, nomination))


def may_change(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether the viewer may change what was written: the nominating body, until it is passed on."""
    return (
        may_nominate(viewer)
        and nomination.nominator_id == viewer.organisation_id
        and nomination.status in OPEN_TO_CHANGE
    )


def visible_lists(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of lists: one's own body's, or all of the province."""
    if not may_look(viewer):
        return false()
    if sees_province(viewer):
        return true()
    return and_(NominationList.organisation_id == viewer.organisation_id)


def may_see_list(viewer: Viewer, handed_in: NominationList) -> bool:
    """Whether the list is the viewer's body's own, or the viewer reads the province."""
    return may_look(viewer) and (
        sees_province(viewer) or handed_in.organisation_id == viewer.organisation_id
    )


def may_stamp(viewer: Viewer, handed_in: NominationList) -> bool:
    """Whether the viewer may hand in the stamped twin: the body that submitted the list."""
    return (
        may_nominate(viewer)
        and handed_in.organisation_id == viewer.organisation_id
        and handed_in.status in (ListState.SUBMITTED, ListState.STAMPED)
    )


def may_decide_list(viewer: Viewer, handed_in: NominationList) -> bool:
    """Whether the viewer may confirm or return the whole list: an officer of the province."""
    return (
        viewer.is_any(*PROVINCE_OFFICERS)
        and not viewer.read_only
        and handed_in.status in (ListState.SUBMITTED, ListState.STAMPED)
    )
