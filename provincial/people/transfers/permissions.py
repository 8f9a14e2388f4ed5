"""Which side of a transfer a viewer speaks for, and what follows from it."""

from __future__ import annotations

from sqlalchemy import false, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import sees_province
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import (
    keeps,
    may_edit,
    may_list,
    may_register,
    schools_in_scope,
)
from provincial.people.transfers.models import TeacherTransfer
from provincial.people.transfers.rules import Side, TransferState, open_steps


def may_ask_away(viewer: Viewer, teacher: Teacher) -> bool:
    """Whether the viewer may ask that this teacher goes to another school."""
    return teacher.state == "active" and may_edit(viewer, teacher)


def may_ask_here(viewer: Viewer, _thing: object = None) -> bool:
    """Whether the viewer may ask for a teacher of another school."""
    return may_register(viewer)


def may_see_list(viewer: Viewer, _thing: object = None) -> bool:
    """Whether transfers are the viewer's business at all."""
    return may_list(viewer)


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of transfers: those from or to a school in the viewer's scope (R3)."""
    if not may_list(viewer):
        return false()
    if sees_province(viewer):
        return true()
    schools = select(Organisation.id).where(schools_in_scope(viewer))
    return or_(TeacherTransfer.from_id.in_(schools), TeacherTransfer.to_id.in_(schools))


def may_see(viewer: Viewer, transfer: TeacherTransfer) -> bool:
    """Whether the viewer may see this transfer; the loader has looked at the scope."""
    return may_list(viewer)


def sides(viewer: Viewer, transfer: TeacherTransfer) -> tuple[bool, bool]:
    """Whether the viewer speaks for the asking side, and for the other side.

    Who asked never answers for the other side: two people decide, also in one bureau.
    """
    giving, receiving = keeps(viewer, transfer.giving), keeps(viewer, transfer.receiving)
    own = giving if transfer.side == Side.GIVING else receiving
    other = receiving if transfer.side == Side.GIVING else giving
    return own, other and viewer.user_id != transfer.asked_by_id


def steps(viewer: Viewer, transfer: TeacherTransfer) -> list[str]:
    """The steps that the viewer may take now."""
    own, other = sides(viewer, transfer)
    return open_steps(TransferState(transfer.state), own=own, other=other)


def may_step(viewer: Viewer, transfer: TeacherTransfer) -> bool:
    """Whether the viewer speaks for one of the two sides."""
    return any(sides(viewer, transfer))


def may_answer(viewer: Viewer, transfer: TeacherTransfer) -> bool:
    """Whether the viewer speaks for the side that was asked."""
    return sides(viewer, transfer)[1]


def may_withdraw(viewer: Viewer, transfer: TeacherTransfer) -> bool:
    """Whether the viewer speaks for the side that asked."""
    return sides(viewer, transfer)[0]
