"""Reminding those who hold idle places, asking for places, and preparing their re-issue."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from provincial.core import clock
from provincial.core.db import db, lock
from provincial.core.refusals import Refusal, WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.office.messages import actions as messages
from provincial.office.messages.models import Message
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.planning.allocations.actions import prepare
from provincial.planning.allocations.models import QuotaTable
from provincial.planning.allocations.queries import held_now
from provincial.planning.idle import queries, rules
from provincial.planning.idle.models import PlaceWish
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.plans.models import Project, ProjectCategory

_KIND = "fillings.remind"


def remind(
    category: ProjectCategory, top: Organisation, *, by: Viewer | None, now: datetime
) -> int:
    """Remind every body below ``top`` that holds idle places; each at most once a day (HN-39).

    Answers how many were reminded. Bureaus get mail too, schools find it in their feed.
    """
    idle = [
        one
        for one in queries.idle_sheets(category, top)
        if one[1] != (by.organisation_id if by else top.id)
    ]
    midnight = datetime.combine(clock.china_date(now), time.min, clock.CHINA)
    told = set(
        db.session.scalars(
            select(Message.thing_id).where(
                Message.kind == _KIND,
                Message.created_at >= midnight,
                Message.thing_id.in_([sheet for sheet, _b, _k, _n in idle]),
            )
        )
    )
    last_day = queries.days_of(category, top, now).last_day
    wanted = [one for one in idle if one[0] not in told]
    for sheet_id, organisation_id, kind, places in wanted:
        messages.tell(
            kind=_KIND,
            subject=rules.reminder(category.name, places, last_day),
            organisation_id=organisation_id,
            url=f"/fillings/{category.id}/idle",
            thing=("quota_sheet", sheet_id),
            by=by,
            mail=kind != Kind.SCHOOL,
        )
    if wanted:
        record(
            _KIND,
            category,
            by=by,
            after={"bodies": len(wanted), "places": sum(one[3] for one in wanted)},
            label=category.name,
            org_path=top.quota_path,
            said=t("Reminded %(n)s bodies of idle places", n=len(wanted)),
        )
    return len(wanted)


def ask(sheet: QuotaSheet, project: Project, places: int, reason: str, *, by: Viewer) -> PlaceWish:
    """Ask the body above for more places of a project."""
    if sheet.parent is None or project.category_id != sheet.category_id:
        raise WrongState(t("There is nobody above to ask for places."))
    already = any(one.project_id == project.id for one in queries.own_wishes(sheet))
    reason = rules.check_wish(places, reason, already=already)
    wish = PlaceWish(
        sheet=sheet,
        project=project,
        places=places,
        reason=reason,
        by_user_id=by.user_id,
        by_name=by.name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(wish)
            db.session.flush()
    except IntegrityError as error:
        rules.check_wish(places, reason, already=True)
        raise AssertionError from error
    said = t("Asked for %(n)s places of %(project)s", n=places, project=project.name)
    record(
        "fillings.ask",
        sheet,
        by=by,
        after={"project": project.id, "places": places},
        reason=reason,
        org_path=sheet.organisation.quota_path,
        said=said,
    )
    messages.tell(
        kind="fillings.ask",
        subject=t(
            "%(body)s asks for %(n)s places of %(project)s",
            body=sheet.organisation.name,
            n=places,
            project=project.name,
        ),
        body=t("Reason: %(reason)s", reason=reason),
        organisation_id=sheet.parent.organisation_id,
        url=f"/fillings/{sheet.category_id}/idle",
        thing=sheet,
        by=by,
        mail=False,
    )
    return wish


def close(wish: PlaceWish, *, by: Viewer) -> None:
    """Close a wish: taken back by who asked, or answered by the body above."""
    lock(wish)
    if wish.state != "open":
        raise WrongState(t("This wish is closed already."))
    wish.state, wish.closed_by = "closed", by.name
    own = wish.sheet.organisation_id == by.organisation_id
    values = {"n": wish.places, "project": wish.project.name}
    said = (
        t("Took back the wish for %(n)s places of %(project)s", **values)
        if own
        else t("Closed the wish for %(n)s places of %(project)s", **values)
    )
    record(
        "fillings.close",
        wish.sheet,
        by=by,
        after={"wish": wish.id},
        org_path=wish.sheet.organisation.quota_path,
        said=said,
    )


def reissue(sheet: QuotaSheet, *, by: Viewer) -> QuotaTable:
    """Prepare a table of the province that meets the wishes from what lies unassigned in its hand.

    A draft like any other: it is submitted and issued by two officers (R14).
    """
    own = {one.project_id: one.places for one in queries.own_idle(sheet)}
    offers = rules.offers(own, [], queries.wishes_to(sheet))
    if not offers:
        raise Refusal(t("Nobody has asked for what lies unassigned here."), rule="HN-39")
    cells = dict(held_now(sheet.category))
    for offer in offers:
        cell = (offer.taker_id, offer.project_id)
        cells[cell] = cells.get(cell, 0) + offer.places
    return prepare(sheet.category, cells, "form", by=by)
