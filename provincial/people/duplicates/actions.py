"""Merging two records, taking a merge back, noting that two records are two people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update

from provincial.core.db import db
from provincial.core.findings import blocking
from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.people.duplicates.models import TeacherDistinct, TeacherMergeRecord
from provincial.people.duplicates.permissions import Pair
from provincial.people.duplicates.queries import dry_run
from provincial.people.duplicates.rules import MergeState, require_reason
from provincial.people.organisations.actions import hold_tree
from provincial.people.teachers import actions as teachers
from provincial.people.teachers import queries as register
from provincial.people.teachers.models import Teacher, TeacherEducation, TeacherEvent
from provincial.people.teachers.rules import (
    EventKind,
    Source,
    Step,
    TeacherFollower,
    TeacherMerge,
    TeacherState,
)

Followers = Sequence[TeacherFollower]


def merge(
    kept_id: int,
    gone_id: int,
    reason: str,
    *,
    on: date,
    followers: Followers,
    by: Viewer,
    versions: tuple[int, int] | None = None,
) -> TeacherMergeRecord:
    """Merge one record into another; what hangs on it follows, what the kept one lacks it takes over.

    ``versions`` of (kept, gone) as they were compared: a later change of either refuses.
    """
    require_reason(reason)
    hold_tree()
    both = teachers.locked([kept_id, gone_id])
    kept, gone = both[kept_id], both[gone_id]
    if versions is not None and versions != (kept.version, gone.version):
        raise StaleVersion(t("One of the two records has changed since. Compare them again."))
    change = TeacherMerge(kept.id, gone.id, on)
    taken, findings = dry_run(kept, gone, change, followers)
    stops = blocking(findings)
    if stops:
        raise Refusal(stops[0].message, rule=stops[0].rule, findings=stops)
    was = {"state": gone.state, "left_on": gone.left_on and gone.left_on.isoformat()}
    moved: dict[str, Any] = {"_was": was, "_account": _move_account(gone, kept)}
    moved["_merged_before"] = _repoint(gone.id, kept.id)
    moved["_education"] = _move_education(gone, kept)
    step = Step(on, by, reason.strip(), kind=EventKind.MERGED)
    event = _take_over(kept, gone, taken, step)
    state = {"state": TeacherState.MERGED.value, "merged_into_id": kept.id, "left_on": None}
    teachers.apply(gone, state)
    db.session.flush()
    for one in followers:
        moved[one.name] = list(one.follow(change, by))
    said = t("Merged into another record")
    teachers.add_event(gone, step, was, {"merged_into_id": kept.id})
    teachers.note("merged", gone, step, said, {"into": kept.id})
    merged = TeacherMergeRecord(
        kept_id=kept.id,
        gone_id=gone.id,
        on_date=on,
        reason=reason.strip(),
        moved=moved,
        event_id=event.id,
        merged_by_id=by.user_id,
    )
    db.session.add(merged)
    db.session.flush()
    return merged


def take_back(
    merge: TeacherMergeRecord, reason: str, *, on: date, followers: Followers, by: Viewer
) -> None:
    """Part two merged records again; refuses when a later merge or another room builds on it."""
    require_reason(reason)
    hold_tree()
    both = teachers.locked([merge.kept_id, merge.gone_id])
    kept, gone = both[merge.kept_id], both[merge.gone_id]
    db.session.refresh(merge, with_for_update={"of": TeacherMergeRecord})
    if merge.state != MergeState.MERGED:
        raise WrongState(t("This merge has been taken back already."))
    _refuse_built_on(merge, gone)
    for one in reversed(followers):
        ids = tuple(merge.moved.get(one.name, ()))
        change = TeacherMerge(kept.id, gone.id, on, undone=True, moved=ids)
        stops = blocking(one.preview(change))
        if stops:
            raise Refusal(stops[0].message, rule=stops[0].rule, findings=stops)
        one.follow(change, by)
    step = Step(*(on, by, reason.strip()), kind=EventKind.TAKEN_BACK, undoes_id=merge.event_id)
    _give_back(kept, merge, step)
    was = merge.moved["_was"]
    left_on = date.fromisoformat(was["left_on"]) if was["left_on"] else None
    teachers.apply(gone, {"state": was["state"], "left_on": left_on, "merged_into_id": None})
    _restore_links(kept, gone, merge.moved)
    back = Step(on, by, reason.strip(), kind=EventKind.TAKEN_BACK)
    teachers.add_event(gone, back, {"merged_into_id": kept.id}, was)
    teachers.note("unmerged", gone, back, t("The merge was taken back"), {"from": kept.id})
    merge.state = MergeState.TAKEN_BACK.value
    db.session.flush()


def keep_apart(pair: Pair, reason: str, *, by: Viewer) -> None:
    """Note that the two records are two people; the pair is not shown again."""
    require_reason(reason)
    db.session.add(
        TeacherDistinct(
            one_id=pair.one.id, two_id=pair.two.id, reason=reason.strip(), said_by_id=by.user_id
        )
    )
    db.session.flush()
    for teacher, other in ((pair.one, pair.two), (pair.two, pair.one)):
        record(
            "duplicates.apart",
            teacher,
            by=by,
            after={"other": other.id},
            reason=reason.strip(),
            label=teacher.name,
            org_path=teacher.organisation.path,
            said=t("Noted as another person than record %(number)s", number=f"{other.id:06d}"),
        )


def _take_over(kept: Teacher, gone: Teacher, taken: dict[str, Any], step: Step) -> TeacherEvent:
    """The kept record takes over what it did not know, each field with its own source."""
    said = t("Took over a second record of the same person")
    event = teachers.change(kept, taken, step, said=said)
    own = {name: gone.sources.get(name, Source.FORM.value) for name in taken}
    kept.sources = {**kept.sources, **own}
    return event


def _give_back(kept: Teacher, merge: TeacherMergeRecord, step: Step) -> None:
    """Undo what the kept record took over, except what somebody has changed since."""
    event = db.session.get_one(TeacherEvent, merge.event_id)
    now = {name: getattr(kept, name) for name in event.after}
    plain = {k: v.isoformat() if isinstance(v, date) else v for k, v in now.items()}
    same = {name for name, value in event.after.items() if plain[name] == value}
    before = {k: v for k, v in event.before.items() if k in same}
    before["sources"] = {k: v for k, v in event.before.get("sources", {}).items() if k in same}
    shown = TeacherEvent(before=before, after={k: event.after[k] for k in same})
    teachers.take_back(kept, shown, step, said=t("The merge was taken back"))


def _refuse_built_on(merge: TeacherMergeRecord, gone: Teacher) -> None:
    later = db.session.scalar(
        select(TeacherMergeRecord.id).where(
            TeacherMergeRecord.id > merge.id,
            TeacherMergeRecord.state == MergeState.MERGED,
            TeacherMergeRecord.kept_id.in_([merge.kept_id, merge.gone_id])
            | TeacherMergeRecord.gone_id.in_([merge.kept_id, merge.gone_id]),
        )
    )
    if later is not None:
        raise Refusal(t("A later merge builds on this one; take that back first."))
    number = register.id_number_of(gone)
    if number in register.by_id_numbers([number]):
        raise Refusal(t("The ID number of the merged record is on the register again."))


def _move_account(gone: Teacher, kept: Teacher) -> int | None:
    """The account goes along when the kept record has none; else it is only taken off."""
    account, gone.user_id = gone.user_id, None
    db.session.flush()
    if account is not None and kept.user_id is None:
        kept.user_id = account
    return account


def _repoint(gone_id: int, kept_id: int) -> list[int]:
    """Records merged into the gone one before now stand for the kept one."""
    rows = db.session.scalars(
        update(Teacher)
        .where(Teacher.merged_into_id == gone_id)
        .values(merged_into_id=kept_id)
        .returning(Teacher.id)
    )
    return list(rows)


def _move_education(gone: Teacher, kept: Teacher) -> list[int]:
    known = set(register.educations(kept))
    blocks = [one for kind, one in register.educations(gone).items() if kind not in known]
    for block in blocks:
        block.teacher_id = kept.id
    return [block.id for block in blocks]


def _restore_links(kept: Teacher, gone: Teacher, moved: dict[str, Any]) -> None:
    account = moved["_account"]
    if account is not None:
        if kept.user_id == account:
            kept.user_id = None
            db.session.flush()
        gone.user_id = account
    for model, ids, values in (
        (Teacher, moved["_merged_before"], {"merged_into_id": gone.id}),
        (TeacherEducation, moved["_education"], {"teacher_id": gone.id}),
    ):
        if ids:
            db.session.execute(update(model).where(model.id.in_(ids)).values(values))
