"""Sending a copy out, and booking what came back on one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from provincial.core.db import db, lock
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.people.organisations.models import Organisation
from provincial.people.teachers import actions as teachers
from provincial.people.teachers.rules import Source, Step
from provincial.planning.copies import queries
from provincial.planning.copies.models import NominationCopy
from provincial.planning.copies.rules import Change
from provincial.planning.nominations.actions import note
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.rules import OPEN_TO_CHANGE
from provincial.planning.plans.models import ProjectCategory
from provincial.rulebook.people_words import title_of


@dataclass(frozen=True, slots=True)
class Booking:
    """One nomination with what a copy changes of it."""

    nomination: Nomination
    changes: Sequence[Change]


def send_out(category: ProjectCategory, body: Organisation, *, by: Viewer) -> NominationCopy:
    """Keep what a list says now under the next number; the workbook or paper is made of it."""
    lock(category)
    found = queries.standing(category.id, body.quota_path)
    if not found:
        raise Refusal(t("No name stands on these places yet."))
    copy = NominationCopy(
        category_id=category.id,
        organisation_id=body.id,
        number=queries.last_number(category.id, body.id) + 1,
        rows={one.code: queries.fields_of(one) for one in found},
        by_user_id=by.user_id,
        by_name=by.name,
    )
    db.session.add(copy)
    db.session.flush()
    record(
        "copies.send_out",
        copy,
        by=by,
        after={"number": copy.number, "rows": len(found)},
        label=category.name,
        org_path=body.quota_path,
        said=t(
            "Sent copy %(number)s of the list out, %(n)s names", number=copy.number, n=len(found)
        ),
    )
    return copy


def note_taken(copy: NominationCopy, form: str, *, by: Viewer) -> None:
    """Note that a copy with its names left the site (R30)."""
    record(
        "copies.take_away",
        copy,
        by=by,
        after={"rows": len(copy.rows), "filter": {"copy": copy.number, "form": form}},
        label=copy.category.name,
        org_path=copy.organisation.quota_path,
        said=t("Took copy %(number)s of the list away (%(form)s)", number=copy.number, form=form),
    )


def book(bookings: Sequence[Booking], reason: str, *, by: Viewer, on: date) -> int:
    """Change what came back changed; answers how many names."""
    for booking in sorted(bookings, key=lambda one: one.nomination.id):
        nomination = booking.nomination
        lock(nomination)
        if nomination.status not in OPEN_TO_CHANGE:
            name = nomination.teacher.name
            raise Refusal(t("“%(name)s” has been passed on; it cannot be changed.", name=name))
        facts: dict[str, object] = {}
        for change in booking.changes:
            if change.field in ("grounds", "note"):
                setattr(nomination, change.field, change.back)
            elif change.field == "title":
                facts["title"] = title_of(change.back) if change.back else ""
            else:
                facts["since"] = date.fromisoformat(change.back) if change.back else None
        nomination.entered_by_id, nomination.entered_by = by.user_id, by.name
        nomination.version += 1
        said = t("Changed by a copy of the list that came back")
        note("change", nomination, nomination.state, by, said, reason)
        if facts:
            step = Step(on, by, reason, source=Source.NOMINATION)
            teachers.edit(nomination.teacher, facts, step, version=None)
    return len(bookings)
