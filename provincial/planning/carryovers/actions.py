"""Carrying nominations along."""

from __future__ import annotations

from provincial.core import clock
from provincial.core.db import db
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import OrganisationChange
from provincial.people.teachers.rules import TeacherMerge
from provincial.people.transfers.rules import Move
from provincial.planning.carryovers import queries
from provincial.planning.carryovers.rules import refuse_twice
from provincial.planning.nominations import rules
from provincial.planning.nominations.actions import note, tell
from provincial.planning.nominations.queries import of_teacher, way_of


def follow_organisation_change(_change: OrganisationChange, by: Viewer) -> None:
    """Carry nominations along when the tree and its places have changed (after the ledger).

    A place that went to a successor takes its nominations along; scopes follow the new paths; what
    waited at a desk that is no longer on the way waits at the next one that is.
    """
    for nomination in queries.astray():
        holder = nomination.nominator
        if holder.state == "merged" and holder.successor_id is not None:
            holder = db.session.get_one(Organisation, holder.successor_id)
            nomination.nominator_id = holder.id
            nomination.nominator = holder
            nomination.cell_id = queries.cell_of(nomination.project, holder).id
        nomination.quota_path = holder.quota_path
        if nomination.waits_at_id is not None:
            way = way_of(holder, clock.today())
            if nomination.waits_at_id not in {desk.organisation_id for desk in way}:
                later = rules.next_desk(way, nomination.status)
                nomination.waits_at_id = later.organisation_id if later else None
        nomination.version += 1
        said = t("Moved along with the bodies of the tree")
        note("move", nomination, nomination.state, by, said)


def follow_teacher_merge(change: TeacherMerge, by: Viewer | None) -> list[int]:
    """Carry nominations of one record to the record it was merged into, or back; gives their ids.

    Refuses while both stand on places of one project: one of the two must be withdrawn first.
    """
    found = queries.following(change)
    refuse_twice(queries.twice(change))
    target = change.gone_id if change.undone else change.kept_id
    for nomination in found:
        nomination.teacher_id = target
        nomination.version += 1
        said = t("Moved with the teacher's record")
        note("merge", nomination, nomination.state, by, said)
    return [nomination.id for nomination in found]


def follow_teacher_move(move: Move, by: Viewer) -> None:
    """Tell both bodies that a nominee changes school: the place stays where it is (HN-37)."""
    sentence = t("%(name)s changes school; say whether the nomination is kept")
    for nomination in of_teacher(move.teacher_id):
        if nomination.status in rules.ALIVE:
            for organisation_id in sorted({nomination.nominator_id, move.from_id, move.to_id}):
                tell(nomination, organisation_id, sentence, by)
