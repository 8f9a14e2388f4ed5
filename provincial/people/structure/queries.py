"""Working out a change of the tree before it is made. Nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select

from provincial.core.db import db
from provincial.core.refusals import Refusal, WrongState
from provincial.core.text import t
from provincial.people.organisations.models import Organisation, OrganisationEvent
from provincial.people.organisations.queries import can_take_back, province
from provincial.people.organisations.rules import (
    ChangeKind,
    Kind,
    OrganisationChange,
    OrganisationState,
    Step,
    check_active,
    check_giver,
    check_mergeable,
    check_no_cycle,
    check_parent,
    check_step_date,
    child_path,
    is_below,
    kind_after_move,
)


def state_of(body: Organisation) -> dict[str, object]:
    """A body's place in the tree as plain values."""
    return {
        "name": body.name,
        "kind": body.kind,
        "state": body.state,
        "parent_id": body.parent_id,
        "parent_name": body.parent.name if body.parent else "",
        "quota_parent_id": body.quota_parent_id,
        "path": body.path,
        "quota_path": body.quota_path,
    }


def plan_move(
    body: Organisation,
    parent: Organisation,
    quota_parent: Organisation,
    step: Step,
    *,
    today: date,
) -> OrganisationChange:
    """The move of ``body`` below ``parent``, its places coming from ``quota_parent``."""
    check_step_date(step.on_date, today)
    check_active(body.state, body.name)
    change = _hung(body, parent, quota_parent, step)
    if (body.parent_id, body.quota_parent_id) == (parent.id, quota_parent.id):
        raise Refusal(t("The body stands there already."), field="parent_id")
    return change


def _hung(
    body: Organisation,
    parent: Organisation,
    giver: Organisation,
    step: Step,
    undoes: int | None = None,
) -> OrganisationChange:
    for above in (parent, giver):
        check_active(above.state, above.name, "parent_id")
    check_giver(parent.id, giver.id, giver.parent_id)
    kind = kind_after_move(Kind(body.kind), Kind(giver.kind))
    check_no_cycle(body.path, parent.path, "parent_id")
    check_no_cycle(body.quota_path, giver.quota_path, "parent_id")
    check_parent(kind, Kind(parent.kind))
    after = state_of(body) | {
        "kind": kind.value,
        "parent_id": parent.id,
        "parent_name": parent.name,
        "quota_parent_id": giver.id,
        "path": child_path(parent.path, body.id),
        "quota_path": child_path(giver.quota_path, body.id),
    }
    return _change(ChangeKind.MOVED, body, after, step, undoes=undoes)


def plan_merge(
    body: Organisation, successor: Organisation, step: Step, *, today: date
) -> OrganisationChange:
    """The merger of ``body`` into ``successor``, to which all that stands below it moves."""
    check_step_date(step.on_date, today)
    check_active(body.state, body.name)
    check_active(successor.state, successor.name, "successor_id")
    if body.id == successor.id:
        raise Refusal(t("A body cannot merge into itself."), field="successor_id")
    check_mergeable(Kind(body.kind), Kind(successor.kind))
    if is_below(successor.path, body.path) or is_below(successor.quota_path, body.quota_path):
        raise Refusal(t("The successor stands below the body itself."), field="successor_id")
    children = children_in_both_trees(body)
    for child in children:
        if child.parent_id == body.id:
            check_parent(Kind(child.kind), Kind(successor.kind), "successor_id")
    after = state_of(body) | {
        "state": OrganisationState.MERGED.value,
        "successor_id": successor.id,
        "successor_name": successor.name,
    }
    ids = [child.id for child in children]
    return _change(ChangeKind.MERGED, body, after, step, successor.id, ids)


def plan_close(body: Organisation, step: Step, *, today: date) -> OrganisationChange:
    """The closing of ``body``; refused while active bodies stand below it."""
    check_step_date(step.on_date, today)
    check_active(body.state, body.name)
    return _closed(body, step)


def _closed(body: Organisation, step: Step, undoes: int | None = None) -> OrganisationChange:
    left = sum(child.state == OrganisationState.ACTIVE for child in children_in_both_trees(body))
    if left:
        raise Refusal(
            t("%(count)s bodies stand below it still; move, merge or close them first.", count=left)
        )
    after = state_of(body) | {"state": OrganisationState.CLOSED.value}
    return _change(ChangeKind.CLOSED, body, after, step, undoes=undoes)


def plan_reopen(
    body: Organisation, step: Step, *, today: date, undoes: int | None = None
) -> OrganisationChange:
    """The reopening of a closed body; a merged one comes back by taking the merger back."""
    check_step_date(step.on_date, today)
    if body.state != OrganisationState.CLOSED:
        raise WrongState(t("Only a closed body can be opened again."))
    for above in (body.parent, body.quota_parent):
        if above is not None:
            check_active(above.state, above.name)
    after = state_of(body) | {"state": OrganisationState.ACTIVE.value}
    return _change(ChangeKind.REOPENED, body, after, step, undoes=undoes)


def plan_take_back(
    body: Organisation, event: OrganisationEvent, step: Step, *, today: date
) -> OrganisationChange:
    """The reverse of a body's last step; refused when something has been built on it."""
    check_step_date(step.on_date, today)
    last = can_take_back(body)
    if last is None or last.id != event.id:
        raise Refusal(t("Only the last step can be taken back; something follows this one."))
    kind = ChangeKind(event.kind)
    if kind is ChangeKind.RENAMED:
        after = state_of(body) | dict(event.before)
        return _change(ChangeKind.RENAMED, body, after, step, undoes=event.id)
    if kind is ChangeKind.MOVED:
        return _moved_back(body, event, step)
    if kind is ChangeKind.MERGED:
        return _parted(body, event, step)
    if kind is ChangeKind.CLOSED:
        return plan_reopen(body, step, today=today, undoes=event.id)
    return _closed(body, step, undoes=event.id)


def _moved_back(body: Organisation, event: OrganisationEvent, step: Step) -> OrganisationChange:
    check_active(body.state, body.name)
    parent = db.session.get_one(Organisation, event.before["parent_id"])
    giver = db.session.get_one(Organisation, event.before["quota_parent_id"])
    return _hung(body, parent, giver, step, undoes=event.id)


def _parted(body: Organisation, event: OrganisationEvent, step: Step) -> OrganisationChange:
    successor = db.session.get_one(Organisation, body.successor_id)
    check_active(successor.state, successor.name)
    for above in (body.parent, body.quota_parent):
        if above is not None:
            check_active(above.state, above.name)
    moved = children_moved(event)
    gone = [
        child.name
        for child in moved
        if (child.id in event.after["children"] and child.parent_id != successor.id)
        or (child.id in event.after["quota_children"] and child.quota_parent_id != successor.id)
    ]
    if gone:
        names = "、".join(gone[:5])
        raise Refusal(
            t("These have moved on since and must come back first: %(names)s.", names=names)
        )
    after = state_of(body) | {"state": OrganisationState.ACTIVE.value, "successor_id": None}
    ids = [child.id for child in moved]
    change = _change(ChangeKind.PARTED, body, after, step, successor.id, ids, event.id)
    change.before["successor_name"] = successor.name  # type: ignore[index]
    return change


def children_in_both_trees(body: Organisation) -> Sequence[Organisation]:
    """What stands straight below a body, administratively or by quota, in any state."""
    return db.session.scalars(
        select(Organisation)
        .where(or_(Organisation.parent_id == body.id, Organisation.quota_parent_id == body.id))
        .order_by(Organisation.sort_order, Organisation.id)
    ).all()


def children_moved(event: OrganisationEvent) -> Sequence[Organisation]:
    """The bodies that a merger moved to the successor."""
    ids = {*event.after["children"], *event.after["quota_children"]}
    return db.session.scalars(
        select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
    ).all()


def touched_count(body: Organisation) -> int:
    """How many bodies, itself included, get another path when this one moves."""
    either = or_(
        Organisation.path.like(body.path + "%"), Organisation.quota_path.like(body.quota_path + "%")
    )
    return db.session.scalar(select(func.count()).where(either)) or 0


def quota_giver(parent: Organisation, from_province: bool) -> Organisation:
    """Who hands out the places of a body below ``parent``."""
    root = province()
    return root if from_province and root is not None else parent


def _change(
    kind: ChangeKind,
    body: Organisation,
    after: dict[str, object],
    step: Step,
    successor_id: int | None = None,
    children: Sequence[int] = (),
    undoes: int | None = None,
) -> OrganisationChange:
    return OrganisationChange(
        kind=kind,
        organisation_id=body.id,
        before=state_of(body),
        after=after,
        on_date=step.on_date,
        reason=step.reason,
        successor_id=successor_id,
        document_number=step.document_number,
        children=children,
        undoes=undoes,
    )
