"""Record and end mandates; open and end support views."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update

from provincial.core.db import db
from provincial.core.identity import clean_line
from provincial.core.refusals import Refusal, WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.office.messages.actions import tell
from provincial.people.accounts.actions import renew_session
from provincial.people.accounts.models import Mandate, Membership, UserSession
from provincial.people.accounts.rules import SUPPORT_LIMIT, require_term, role_under_mandate
from provincial.people.acting.permissions import may_be_given
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind


def record_mandate(
    body: Organisation,
    reason: str,
    document_number: str,
    starts_on: date,
    ends_on: date | None,
    *,
    by: Viewer,
    on: date,
) -> Mandate:
    """Note that the actor's body may act for one below, from a date, and tell that body."""
    require_term(starts_on, ends_on, on)
    if not may_be_given(by, body):
        raise Refusal(t("This body does not stand below yours."), field="body")
    if role_under_mandate(Kind(body.kind), manages=True) is None:
        raise Refusal(t("Nobody acts for a body of this kind."), field="body")
    mandate = Mandate(
        for_organisation_id=body.id,
        by_organisation_id=by.organisation_id,
        reason=reason,
        document_number=clean_line(document_number),
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by_id=by.user_id,
    )
    db.session.add(mandate)
    db.session.flush()
    record(
        "acting.record_mandate",
        mandate,
        by=by,
        label=body.name,
        org_path=body.path,
        after={"body": body.name, "document": document_number, "until": ends_on},
        reason=reason,
        said=t("Recorded a mandate to act for %(body)s", body=body.name),
    )
    tell(
        organisation_id=body.id,
        kind="mandate",
        subject=t("%(body)s may act for you under a mandate", body=by.organisation_name),
        body=t("Reason: %(reason)s", reason=reason),
        url="/mandates",
        thing=mandate,
        by=by,
    )
    return mandate


def end_mandate(mandate: Mandate, reason: str, *, by: Viewer, at: datetime) -> None:
    """End a mandate; whoever acts under it is signed out at once."""
    db.session.refresh(mandate, with_for_update={"of": Mandate})
    if mandate.ended_at is not None:
        raise WrongState(t("This mandate has ended already."))
    mandate.ended_at = at
    db.session.execute(
        update(UserSession)
        .where(UserSession.mandate_id == mandate.id, UserSession.ended_at.is_(None))
        .values(ended_at=at, ended_reason="mandate ended")
    )
    body = mandate.for_organisation
    record(
        "acting.end_mandate",
        mandate,
        by=by,
        label=body.name,
        org_path=body.path,
        reason=reason,
        said=t("Ended the mandate to act for %(body)s", body=body.name),
    )
    tell(
        organisation_id=body.id,
        kind="mandate",
        subject=t("%(body)s no longer acts for you", body=by.organisation_name),
        body=t("Reason: %(reason)s", reason=reason),
        url="/mandates",
        thing=mandate,
        by=by,
    )


def open_support_view(
    session_id: int, membership: Membership, reason: str, *, by: Viewer, at: datetime
) -> str:
    """Look, read-only and for 30 minutes, as another person, who is told (R27); the new token."""
    session = db.session.get_one(UserSession, session_id, with_for_update=True)
    session.support_user_id = membership.user_id
    session.support_membership_id = membership.id
    session.support_ends_at = at + SUPPORT_LIMIT
    session.support_reason = reason
    record(
        "acting.open_support_view",
        membership.user,
        by=by,
        label=membership.user.name,
        org_path=membership.organisation.path,
        after={"user": membership.user_id, "until": session.support_ends_at},
        reason=reason,
        said=t("Opened a support view"),
    )
    tell(
        user_id=membership.user_id,
        kind="support_view",
        subject=t("%(name)s looks at the site as you, for 30 minutes at most", name=by.name),
        body=t("Nothing can be changed. Reason: %(reason)s", reason=reason),
        by=by,
    )
    return renew_session(session_id)


def end_support_view(session_id: int, *, by: Viewer) -> str:
    """Back to one's own eyes; the new token."""
    session = db.session.get_one(UserSession, session_id, with_for_update=True)
    if session.support_user_id is None:
        raise WrongState(t("No support view is open."))
    record(
        "acting.end_support_view",
        ("app_user", session.support_user_id),
        by=by,
        label=by.name,
        said=t("Ended the support view"),
    )
    session.support_user_id = None
    session.support_membership_id = None
    session.support_ends_at = None
    return renew_session(session_id)
