"""Changing the tree. Each act takes the tree's lock alone, plans under it, and keeps the history.

Nobody but ``desk.reorganisation`` and tests should call these: what hangs on the bodies must follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import case, func, or_, update

from provincial.core.db import db
from provincial.core.refusals import WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.organisations.actions import (
    check_version,
    hold_tree,
    locked,
    names_of,
    note_step,
    put_names,
)
from provincial.people.organisations.models import Organisation, OrganisationEvent
from provincial.people.organisations.rules import (
    ChangeKind,
    OrganisationChange,
    OrganisationState,
    Step,
    child_path,
    merged_aliases,
)
from provincial.people.structure.queries import (
    children_in_both_trees,
    children_moved,
    plan_close,
    plan_merge,
    plan_move,
    plan_reopen,
    plan_take_back,
    state_of,
)


def move(
    body: Organisation,
    parent: Organisation,
    quota_parent: Organisation,
    *,
    step: Step,
    today: date,
    by: Viewer | None,
    version: int | None = None,
) -> OrganisationChange:
    """Hang a body, with all that stands below it, under another superior."""
    hold_tree(alone=True)
    fresh = locked([body.id, parent.id, quota_parent.id])
    body = fresh[body.id]
    check_version(body, version)
    change = plan_move(body, fresh[parent.id], fresh[quota_parent.id], step, today=today)
    body.kind = str(change.after["kind"])
    _hang(body, fresh[parent.id], fresh[quota_parent.id])
    note_step(body, ChangeKind.MOVED, change.before, change.after, step, by=by)
    return change


def merge(
    body: Organisation,
    successor: Organisation,
    *,
    step: Step,
    today: date,
    by: Viewer | None,
    version: int | None = None,
) -> OrganisationChange:
    """Merge a body into another: what stands below it moves, its names become other names there."""
    hold_tree(alone=True)
    fresh = locked([body.id, successor.id])
    body, successor = fresh[body.id], fresh[successor.id]
    check_version(body, version)
    change = plan_merge(body, successor, step, today=today)
    children = list(children_in_both_trees(body))
    before = {child.id: state_of(child) for child in children}
    own = [child.id for child in children if child.parent_id == body.id]
    fed = [child.id for child in children if child.quota_parent_id == body.id]
    known = list(successor.aliases)
    names = [body.name, body.formal_name, *body.aliases]
    successor.aliases = merged_aliases(known, successor.name, names)
    added = [alias for alias in successor.aliases if alias not in known]
    body.state, body.successor_id = OrganisationState.MERGED.value, successor.id
    body.closed_on = step.on_date
    for child in children:
        above = successor if child.id in own else child.parent
        giver = successor if child.id in fed else child.quota_parent
        _hang(child, above, giver)
    facts = {"children": own, "quota_children": fed, "aliases_added": added}
    event = note_step(
        body, ChangeKind.MERGED, change.before, {**change.after, **facts}, step, by=by
    )
    _note_moved(children, before, step, event, by)
    return change


def close(
    body: Organisation,
    *,
    step: Step,
    today: date,
    by: Viewer | None,
    version: int | None = None,
) -> OrganisationChange:
    """Close a body that has nothing below it any more."""
    hold_tree(alone=True)
    body = locked([body.id])[body.id]
    check_version(body, version)
    change = plan_close(body, step, today=today)
    return _closed_or_open(body, change, step, by)


def reopen(
    body: Organisation,
    *,
    step: Step,
    today: date,
    by: Viewer | None,
    version: int | None = None,
) -> OrganisationChange:
    """Open a closed body again."""
    hold_tree(alone=True)
    body = locked([body.id])[body.id]
    check_version(body, version)
    change = plan_reopen(body, step, today=today)
    return _closed_or_open(body, change, step, by)


def take_back(
    body: Organisation,
    event: OrganisationEvent,
    *,
    step: Step,
    today: date,
    by: Viewer | None,
) -> OrganisationChange:
    """Take the last step of a body back, with a reason; the history keeps both."""
    hold_tree(alone=True)
    body = locked([body.id])[body.id]
    change = plan_take_back(body, event, step, today=today)
    if change.kind is ChangeKind.RENAMED:
        before = names_of(body)
        old = event.before
        put_names(body, old["name"], old["formal_name"], old["aliases"])
        note_step(body, change.kind, before, names_of(body), step, by=by, undoes=event.id)
    elif change.kind is ChangeKind.MOVED:
        body.kind = str(change.after["kind"])
        parent, giver = _above(change)
        _hang(body, parent, giver)
        note_step(body, change.kind, change.before, change.after, step, by=by, undoes=event.id)
    elif change.kind is ChangeKind.PARTED:
        _part(body, event, change, step, by)
    else:
        _closed_or_open(body, change, step, by)
    return change


def _part(
    body: Organisation,
    event: OrganisationEvent,
    change: OrganisationChange,
    step: Step,
    by: Viewer | None,
) -> None:
    successor = locked([body.successor_id or 0])[body.successor_id or 0]
    added = set(event.after["aliases_added"])
    successor.aliases = [alias for alias in successor.aliases if alias not in added]
    body.state, body.successor_id, body.closed_on = OrganisationState.ACTIVE.value, None, None
    children = list(children_moved(event))
    before = {child.id: state_of(child) for child in children}
    for child in children:
        above = body if child.id in event.after["children"] else child.parent
        giver = body if child.id in event.after["quota_children"] else child.quota_parent
        _hang(child, above, giver)
    after = change.after
    done = note_step(body, change.kind, change.before, after, step, by=by, undoes=event.id)
    _note_moved(children, before, step, done, by)


def _closed_or_open(
    body: Organisation, change: OrganisationChange, step: Step, by: Viewer | None
) -> OrganisationChange:
    body.state = str(change.after["state"])
    body.closed_on = step.on_date if change.kind is ChangeKind.CLOSED else None
    note_step(body, change.kind, change.before, change.after, step, by=by, undoes=change.undoes)
    return change


def _above(change: OrganisationChange) -> tuple[Organisation, Organisation]:
    parent, giver = change.after["parent_id"], change.after["quota_parent_id"]
    return db.session.get_one(Organisation, parent), db.session.get_one(Organisation, giver)


def _note_moved(
    children: Iterable[Organisation],
    before: dict[int, dict[str, object]],
    step: Step,
    cause: OrganisationEvent,
    by: Viewer | None,
) -> None:
    """Each body that was moved along keeps it in its own history."""
    for child in children:
        old, new = before[child.id], state_of(child)
        note_step(child, ChangeKind.MOVED, old, new, step, by=by, cause=cause.id)


def _hang(body: Organisation, parent: Organisation | None, giver: Organisation | None) -> None:
    """Set both superiors and rewrite the paths of the whole subtree in one statement."""
    if parent is None or giver is None:
        raise WrongState(t("The province itself stays where it is."))
    old_path, old_quota = body.path, body.quota_path
    body.parent_id, body.quota_parent_id = parent.id, giver.id
    db.session.flush()
    new_path = child_path(parent.path, body.id)
    new_quota = child_path(giver.quota_path, body.id)
    db.session.execute(
        update(Organisation)
        .where(
            or_(
                Organisation.path.like(old_path + "%"),
                Organisation.quota_path.like(old_quota + "%"),
            )
        )
        .values(
            path=_rewritten(Organisation.path, old_path, new_path),
            quota_path=_rewritten(Organisation.quota_path, old_quota, new_quota),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()


def _rewritten(column: object, old: str, new: str) -> object:
    rest = func.substr(column, len(old) + 1)
    return case((column.like(old + "%"), func.concat(new, rest)), else_=column)  # type: ignore[attr-defined]
