"""Reading objections: those that wait, one in scope."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.viewer import Viewer
from provincial.office.files.models import StoredFile
from provincial.people.teachers.models import Teacher
from provincial.planning.bans.queries import ban_in_scope
from provincial.planning.integrity.models import Ban, BanObjection
from provincial.planning.integrity.queries import files_of
from provincial.planning.objections.rules import Decision


def list_objections(
    state: str = "open", *, after: str = "", before: str = ""
) -> Page[BanObjection]:
    """One page of objections of the province, the oldest first."""
    statement = select(BanObjection).options(
        joinedload(BanObjection.ban).joinedload(Ban.teacher).joinedload(Teacher.organisation)
    )
    if state:
        statement = statement.where(BanObjection.state == state)
    keys = [Key(BanObjection.id)]
    return paginate(db.session(), statement, keys, after=after, before=before)


def objection_in_scope(viewer: Viewer, objection_id: int) -> BanObjection | None:
    """An objection to a ban that the viewer may see."""
    found = db.session.get(BanObjection, objection_id)
    return found if found is not None and ban_in_scope(viewer, found.ban_id) else None


def open_of_kind(ban: Ban, kind: str) -> int:
    """How many objections of this kind are open."""
    statement = select(func.count(BanObjection.id)).where(
        BanObjection.ban_id == ban.id, BanObjection.kind == kind, BanObjection.state == "open"
    )
    return db.session.scalar(statement) or 0


def decision_of(objection: BanObjection) -> Decision:
    """What is decided so far, as a plain value."""
    return Decision(
        state=objection.state,
        verdict=objection.verdict,
        reason=objection.decision_reason,
        first=objection.decided_by_id,
        second=objection.second_decided_by_id,
    )


def evidence_of(objection: BanObjection) -> Sequence[StoredFile]:
    """The files that came with it."""
    return files_of(objection.evidence_file_ids)
