"""Invite, resend, withdraw, print slips, use a code, reset a password, found the province."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update

from provincial.adapters.passwords import new_slip_code, new_token, token_digest
from provincial.adapters.services import public_url
from provincial.core import clock
from provincial.core.db import db
from provincial.core.identity import clean_line
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.office.messages.actions import send_mail, tell
from provincial.people.accounts.actions import (
    add_membership,
    count_failure,
    create_user,
    end_sessions,
    set_password,
)
from provincial.people.accounts.models import Invitation, User
from provincial.people.accounts.queries import administrators
from provincial.people.accounts.rules import (
    ADDRESS_FAILURES,
    ADDRESS_WINDOW,
    FIRST_LINK_LIFE,
    GUARDED,
    INVITATION_LIFE,
    RESET_MAIL_LIFE,
    RESET_SLIP_LIFE,
    InvitationState,
    Role,
    UserState,
    first_role,
    require_email,
    require_role,
)
from provincial.people.invitations import queries
from provincial.people.invitations.permissions import BodyUsers
from provincial.people.organisations import actions as organisations
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.people.proofs.actions import note_in_hand, release_by_mail
from provincial.web import limits


def invite(
    body: BodyUsers, name: str, email: str, role: str, *, by: Viewer, at: datetime
) -> tuple[Invitation, str]:
    """Invite a person into a body; mails the link when there is an address.

    From above only a managing role can be given. Gives the invitation and its code, for the page
    that shows a link once when there is no address.
    """
    organisation = body.organisation
    known = _role_from(body, role, by)
    address = require_email(email)
    if not clean_line(name):
        raise Refusal(t("Say whom you invite."), field="name")
    invitation, code = issue_code(
        purpose="join",
        form="link",
        life=INVITATION_LIFE,
        at=at,
        by=by,
        organisation=organisation,
        role=known,
        name=name,
        email=address,
    )
    _mail_invitation(invitation, code)
    record(
        "invitations.invite",
        organisation,
        by=by,
        label=organisation.name,
        org_path=organisation.path,
        after={"name": invitation.name, "role": known},
        said=t("Invited %(name)s as %(role)s", name=invitation.name, role=known.label),
    )
    return invitation, code


def resend(invitation: Invitation, *, by: Viewer, at: datetime) -> str:
    """A new code and 14 new days for an invitation not yet used; the old code is void."""
    db.session.refresh(invitation, with_for_update=True)
    if invitation.used_at is not None or invitation.withdrawn_at is not None:
        raise Refusal(t("This invitation has been used or withdrawn."))
    code = new_token()
    invitation.token_digest = token_digest(code)
    invitation.form = "link"
    invitation.expires_at = at + INVITATION_LIFE
    _mail_invitation(invitation, code)
    _note(invitation, "invitations.resend", by, t("Renewed the invitation"))
    return code


def withdraw(invitation: Invitation, *, by: Viewer, at: datetime) -> None:
    """Make an invitation void."""
    db.session.refresh(invitation, with_for_update=True)
    if queries.state_of(invitation, at) in (InvitationState.USED, InvitationState.WITHDRAWN):
        raise Refusal(t("This invitation has been used or withdrawn."))
    invitation.withdrawn_at = at
    _note(invitation, "invitations.withdraw", by, t("Withdrew the invitation"))


def print_slip(body: BodyUsers, name: str, role: str, *, by: Viewer, at: datetime) -> str:
    """A code on paper for one person of a body; shown once, single use, 14 days."""
    known = _role_from(body, role, by)
    invitation, code = issue_code(
        purpose="join",
        form="slip",
        life=INVITATION_LIFE,
        at=at,
        by=by,
        organisation=body.organisation,
        role=known,
        name=name,
    )
    _note(invitation, "invitations.print_slip", by, t("Printed an activation slip"))
    return code


def print_first_slips(
    bodies: Sequence[Organisation], *, by: Viewer, at: datetime
) -> list[tuple[Organisation, str]]:
    """One slip for the first administrator of each body below; earlier slips become void."""
    ids = [body.id for body in bodies]
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.organisation_id.in_(ids),
            Invitation.form == "slip",
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )
    slips = []
    for body in bodies:
        role = first_role(Kind(body.kind))
        if role is not None:
            slips.append((body, print_slip(BodyUsers(body, 0), "", role.value, by=by, at=at)))
    return slips


def issue_code(
    *,
    purpose: str,
    form: str,
    life: timedelta,
    at: datetime,
    by: Viewer | None,
    organisation: Organisation | None = None,
    role: Role | str = "",
    user: User | None = None,
    name: str = "",
    email: str = "",
) -> tuple[Invitation, str]:
    """A single-use way in; gives the row and the code, which is shown or mailed once (R24)."""
    code = new_slip_code() if form == "slip" else new_token()
    invitation = Invitation(
        token_digest=token_digest(code),
        purpose=purpose,
        form=form,
        organisation=organisation,
        role=str(role),
        user_id=user.id if user else None,
        name=clean_line(name)[:40],
        email=email,
        expires_at=at + life,
        invited_by_id=by.user_id if by else None,
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation, code


def link_of(code: str) -> str:
    """The address that a mail or a slip names; never from the Host header (R28)."""
    return public_url(f"/activate/{code}")


def join_with_new_account(
    invitation: Invitation, login: str, name: str, password: str, at: datetime
) -> User:
    """Use an invitation: choose a sign-in name and password, and act for the body from now on."""
    _take(invitation, at)
    user = create_user(login, name, password, email=invitation.email)
    _join(invitation, user, at)
    return user


def join_with_own_account(invitation: Invitation, *, by: Viewer, at: datetime) -> None:
    """Use an invitation with the account one already has: one more body to act for."""
    _take(invitation, at)
    _join(invitation, db.session.get_one(User, by.user_id), at)


def ask_for_reset(typed: str, address: str, at: datetime) -> None:
    """Mail a 30-minute link to whoever this names; outwardly the same for nobody (R24)."""
    bucket = f"reset:{address}"
    if limits.is_over(bucket, ADDRESS_FAILURES, ADDRESS_WINDOW):
        return
    count_failure(bucket)
    for user in queries.users_for_reset(typed):
        _withdraw_resets(user, at)
        _, code = issue_code(
            purpose="reset",
            form="link",
            life=RESET_MAIL_LIFE,
            at=at,
            by=None,
            user=user,
            email=user.email,
        )
        body = t(
            "%(name)s, somebody (probably you) asked for a new password. Open this address within "
            "30 minutes to set one: %(link)s If it was not you, nothing has changed.",
            name=user.name,
            link=link_of(code),
        )
        _mail_reset(user, body)
        said = t("Asked for a new password by mail")
        record("invitations.ask_for_reset", user, by=None, label=user.name, said=said)


def reset_by_manager(user: User, reason: str, *, by: Viewer, at: datetime) -> str:
    """A code on paper with which a person sets a new password: 24 hours, single use.

    The person is told, so that a manager cannot quietly take over an account; once the code is used
    without a second factor, the two no longer count as two persons (R14).
    """
    _require_open(user)
    _withdraw_resets(user, at)
    _, code = issue_code(
        purpose="reset", form="slip", life=RESET_SLIP_LIFE, at=at, by=by, user=user
    )
    tell(
        user_id=user.id,
        kind="password_reset",
        subject=t("%(name)s has issued a code to reset your password", name=by.name),
        body=t("Reason: %(reason)s", reason=reason),
        url="/me",
        by=by,
    )
    said = t("Issued a code to reset the password")
    record("invitations.reset", user, by=by, label=user.name, reason=reason, said=said)
    return code


def mail_reset(user: User, reason: str, *, by: Viewer, at: datetime) -> None:
    """Mail a person, at the own address, a link to set a new password; nobody else sees it."""
    _require_open(user)
    if not user.email:
        raise Refusal(t("This account has no mail address. Issue a code instead."))
    _withdraw_resets(user, at)
    _, code = issue_code(
        purpose="reset",
        form="link",
        life=RESET_SLIP_LIFE,
        at=at,
        by=by,
        user=user,
        email=user.email,
    )
    body = t(
        "%(name)s, %(manager)s lets you set a new password. Open this address within 24 hours: "
        "%(link)s",
        name=user.name,
        manager=by.name,
        link=link_of(code),
    )
    _mail_reset(user, body)
    said = t("Had a link to reset the password mailed to the person")
    record("invitations.mail_reset", user, by=by, label=user.name, reason=reason, said=said)


def _require_open(user: User) -> None:
    if user.state != UserState.ACTIVE:
        raise Refusal(t("This account is disabled. Enable it first."))


def _mail_reset(user: User, body: Text) -> None:
    subject = t("Set a new password")
    send_mail(user.email, subject, body, kind="password_reset", to_user_id=user.id)


def reset_password(invitation: Invitation, password: str, at: datetime) -> User:
    """Set a new password by a reset code: the code is used up, all sessions end, the lock goes.

    A code that a colleague has seen leaves its mark unless a second factor stands behind it; a link
    that has reached the person's own address takes such marks away (R14).
    """
    _take(invitation, at)
    user = db.session.get_one(User, invitation.user_id, with_for_update=True)
    if user.state != UserState.ACTIVE:
        raise Refusal(t("This account is disabled. Ask the administrator of your organisation."))
    set_password(user, password)
    user.failures = 0
    user.locked_until = None
    end_sessions(user.id, "password reset", at)
    if invitation.form == "slip" and invitation.invited_by_id and user.factor_on_at is None:
        note_in_hand(user, "password", by_user_id=invitation.invited_by_id)
    elif invitation.email:
        release_by_mail(user, invitation.email, at)
    record(
        "invitations.reset_password", user, by=None, label=user.name, said=t("Set a new password")
    )
    return user


def found_province(
    name: str, code: str, administrator: str, at: datetime, *, divisions: bool = False
) -> str:
    """Found the province and give the code of the first administrator's link.

    ``name`` is the provincial office's. With ``divisions`` the cities, zones and counties that the
    table of divisions knows for ``code`` are registered too. Refuses on a site that holds bodies.
    """
    on = clock.china_date(at)
    root = organisations.found_province(code, office=name, on=on)
    if divisions:
        organisations.load_divisions(code, on=on)
    return first_link(root, administrator, at)


def first_link(root: Organisation, administrator: str, at: datetime) -> str:
    """The code of a link for the first administrator, while the office has none; 24 hours."""
    if administrators(root.id, clock.china_date(at)):
        raise Refusal(t("The provincial office has an administrator already."))
    db.session.execute(
        update(Invitation)
        .where(Invitation.purpose == "first", Invitation.used_at.is_(None))
        .values(withdrawn_at=at)
    )
    invitation, code = issue_code(
        purpose="first",
        form="link",
        life=FIRST_LINK_LIFE,
        at=at,
        by=None,
        organisation=root,
        role=Role.PROVINCE_ADMINISTRATOR,
        name=administrator,
    )
    _note(invitation, "invitations.first_link", None, t("Made the first administrator's link"))
    return code


def _role_from(body: BodyUsers, role: str, by: Viewer) -> Role:
    """The role as one that exists here; who invites from above may only name a manager."""
    known = require_role(Kind(body.organisation.kind), role)
    if by.role == Role.SYSTEM_ADMINISTRATOR and known in GUARDED:
        raise Refusal(t("This role is given by the provincial administrator only."), field="role")
    from_above = by.organisation_id != body.organisation.id and by.role != Role.SYSTEM_ADMINISTRATOR
    if from_above and known is not first_role(Kind(body.organisation.kind)):
        raise Refusal(
            t(
                "From above only the first administrator is invited; that person invites the others."
            ),
            field="role",
        )
    return known


def _mail_invitation(invitation: Invitation, code: str) -> None:
    if not invitation.email or invitation.organisation is None:
        return
    body = t(
        "%(name)s, you are invited to act for %(body)s as %(role)s. Open this address within 14 days "
        "and choose your sign-in name and password: %(link)s",
        name=invitation.name,
        body=invitation.organisation.name,
        role=Role(invitation.role).label,
        link=link_of(code),
    )
    subject = t("Invitation to %(body)s", body=invitation.organisation.name)
    send_mail(invitation.email, subject, body, kind="invitation")


def _join(invitation: Invitation, user: User, at: datetime) -> None:
    if invitation.organisation is None:
        raise Refusal(t("This code does not lead to a body."))
    if invitation.organisation.state != "active":
        raise Refusal(t("The body has been closed or merged since."))
    add_membership(user, invitation.organisation, invitation.role, starts_on=clock.china_date(at))
    invitation.user_id = user.id
    tell(
        organisation_id=invitation.organisation.id,
        kind="member_joined",
        subject=t("%(name)s has activated an account here", name=user.name),
        url="/users",
        mail=False,
    )


def _take(invitation: Invitation, at: datetime) -> None:
    """Use the code up, under its row lock, or refuse (R24)."""
    db.session.refresh(invitation, with_for_update={"of": Invitation})
    state = queries.state_of(invitation, at)
    if state is not InvitationState.OPEN:
        raise Refusal(
            t("This code opens nothing any more (%(state)s). Ask for a new one.", state=state.label)
        )
    invitation.used_at = at


def _withdraw_resets(user: User, at: datetime) -> None:
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.user_id == user.id,
            Invitation.purpose == "reset",
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )


def _note(invitation: Invitation, action: str, by: Viewer | None, said: Text) -> None:
    body = invitation.organisation
    record(
        action,
        body if body is not None else invitation,
        by=by,
        label=invitation.name or (body.name if body else ""),
        org_path=body.path if body else "",
        after={"invitation": invitation.id, "name": invitation.name, "role": invitation.role},
        said=said,
    )
