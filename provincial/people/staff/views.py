"""Pages about the people of a body."""

from __future__ import annotations

from collections.abc import Callable

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.adapters.spreadsheet_output import Column, SheetOut
from provincial.adapters.spreadsheet_output import Kind as ColumnKind
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import written
from provincial.office.journal.queries import timeline
from provincial.people.accounts import queries as accounts
from provincial.people.accounts.models import Membership
from provincial.people.accounts.rules import Role, roles_for
from provincial.people.accounts.viewer import current_viewer, forget_session
from provincial.people.acting.permissions import may_open_support
from provincial.people.invitations import actions as invitations
from provincial.people.invitations import queries as invitation_queries
from provincial.people.invitations.permissions import BodyUsers, may_handle, may_invite
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.people.proofs import actions as proofs
from provincial.people.proofs.queries import hands_open, same_hands
from provincial.people.staff import actions, queries
from provincial.people.staff.forms import DeputyForm, HandOverForm
from provincial.people.staff.permissions import (
    Person,
    may_confirm_owner,
    may_hand_over,
    may_manage_membership,
    may_manage_person,
    may_see_body,
    may_see_own_body,
    may_see_person,
)
from provincial.web.access import requires
from provincial.web.downloads import XLSX, attachment
from provincial.web.filters import translate
from provincial.web.formkit import ConfirmForm, ReasonForm, submission

blueprint = Blueprint("staff", __name__)


def _own_body(viewer: Viewer) -> Organisation | None:
    return queries.body_in_scope(viewer, viewer.organisation_id)


@blueprint.get("/users")
@requires(may_see_own_body, load=_own_body)
def own_users(body: Organisation) -> ResponseReturnValue:
    """The people of one's own body."""
    return _list(body)


@blueprint.get("/users/bodies/<int:body_id>")
@requires(may_see_body, load=queries.body_in_scope)
def users_of(body: Organisation) -> ResponseReturnValue:
    """The people of a body within one's scope."""
    return _list(body)


def _list(body: Organisation) -> ResponseReturnValue:
    viewer, on = current_viewer(), clock.today()
    ended = request.args.get("state") == "ended"
    page = queries.members(
        body.id,
        on,
        name=request.args.get("q", "")[:40],
        role=request.args.get("role", "")[:40],
        ended=ended,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    facts = BodyUsers(body, len(accounts.administrators(body.id, on)))
    roles = [(role.value, translate(role.label)) for role in roles_for(Kind(body.kind))]
    return render_template(
        "people/staff/users.html",
        body=body,
        page=page,
        rows=[queries.member(row, on) for row in page.rows],
        roles=[("", _("All")), *roles],
        role_label=lambda role: Role(role).label,
        pending=[
            (row, invitation_queries.state_of(row, clock.now()), may_handle(viewer, row))
            for row in invitation_queries.pending(body.id)
        ],
        may_invite=may_invite(viewer, facts),
        facts=facts,
        form=ConfirmForm(),
    )


@blueprint.post("/users/bodies/<int:body_id>/export")
@requires(may_see_body, load=queries.body_in_scope)
def export_users(body: Organisation) -> ResponseReturnValue:
    """The people of a body as a workbook, past ones too; an event of the journal (R30)."""
    on = clock.today()
    titles = [
        _("Full name"),
        _("Sign-in name"),
        _("Role"),
        _("First day"),
        _("Last day"),
        _("State"),
    ]
    dates = (_("First day"), _("Last day"))
    columns = [
        Column(title, ColumnKind.DATE if title in dates else ColumnKind.TEXT) for title in titles
    ]
    rows = []
    for membership in queries.members_for_export(body.id):
        shown = queries.member(membership, on)
        rows.append(
            (
                membership.user.name,
                membership.user.login,
                translate(shown.role.label),
                membership.starts_on,
                membership.ends_on,
                translate(shown.term.label),
            )
        )
    title = _("Users of %(body)s", body=body.name)
    what, table = t("Users of %(body)s", body=body.name), {"body": body.code}
    with transaction():
        exports.note(
            "staff.export_users",
            body,
            what,
            len(rows),
            table,
            by=current_viewer(),
            org_path=body.path,
        )
    return attachment(*written(SheetOut(_("Users"), columns, rows, title=title)), XLSX)


@blueprint.get("/users/<int:user_id>")
@requires(may_see_person, load=queries.person_in_scope)
def person(found: Person) -> ResponseReturnValue:
    """One person: bodies, state, what the viewer may do, history."""
    return _person_page(found, ReasonForm())


def _person_page(found: Person, form: ReasonForm, opened: str = "") -> ResponseReturnValue:
    viewer, on = current_viewer(), clock.today()
    page = render_template(
        "people/staff/person.html",
        person=found,
        state=queries.state_of(found.user),
        rows=[queries.member(m, on) for m in found.current if _in_sight(viewer, m)],
        past=[queries.member(m, on) for m in found.past if _in_sight(viewer, m)],
        may_manage=may_manage_person(viewer, found),
        may_confirm=may_confirm_owner(viewer, found)
        and viewer.user_id not in same_hands(found.user.id),
        in_hand=hands_open(found.user.id),
        may_end={m.id: may_manage_membership(viewer, m) for m in found.current},
        may_hand_over={m.id: may_hand_over(viewer, m) for m in found.current},
        may_support={m.id: may_open_support(viewer, m) for m in found.current},
        events=timeline(found.user),
        form=form,
        opened=opened,
    )
    return page, form.page_status


def _in_sight(viewer: Viewer, membership: Membership) -> bool:
    """What a person does for bodies outside the viewer's scope is not shown (R3)."""
    return may_see_body(viewer, membership.organisation)


@blueprint.post("/users/<int:user_id>/disable")
@requires(may_manage_person, load=queries.person_in_scope, grave=True)
def disable(found: Person) -> ResponseReturnValue:
    """Close the account."""
    return _with_reason(
        found,
        "disable",
        lambda reason: actions.disable(found, reason, by=current_viewer(), at=clock.now()),
        _("The account is disabled; its sessions have ended."),
    )


@blueprint.post("/users/<int:user_id>/enable")
@requires(may_manage_person, load=queries.person_in_scope, grave=True)
def enable(found: Person) -> ResponseReturnValue:
    """Open the account again."""
    return _with_reason(
        found,
        "enable",
        lambda reason: actions.enable(found, reason, by=current_viewer(), at=clock.now()),
        _("The account is open again."),
    )


def _with_reason(
    found: Person, opened: str, act: Callable[[str], object], said: str
) -> ResponseReturnValue:
    """One act with a reason on the person's page; a refusal shows the page again with it."""
    form = ReasonForm()
    back = url_for("staff.person", user_id=found.user.id)
    if form.validate_on_submit():
        with submission(form, back) as done:
            act(form.reason.data or "")
        if done:
            flash(said, "good")
            return redirect(back, 303)
    return _person_page(found, form, opened)


@blueprint.post("/users/<int:user_id>/reset")
@requires(may_manage_person, load=queries.person_in_scope, grave=True)
def reset(found: Person) -> ResponseReturnValue:
    """A code on paper for a new password, shown once; the person is told."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _person_page(found, form, "reset")
    try:
        with transaction():
            code = invitations.reset_by_manager(
                found.user, form.reason.data or "", by=current_viewer(), at=clock.now()
            )
            name = found.user.name
    except Refusal as refusal:
        form.refuse(refusal)
        return _person_page(found, form, "reset")
    back = url_for("staff.person", user_id=found.user.id)
    return render_template("people/staff/reset_code.html", name=name, code=code, back=back)


@blueprint.post("/users/<int:user_id>/mail-reset")
@requires(may_manage_person, load=queries.person_in_scope, grave=True)
def mail_reset(found: Person) -> ResponseReturnValue:
    """A link for a new password, mailed to the person and shown to nobody."""
    return _with_reason(
        found,
        "mail-reset",
        lambda reason: invitations.mail_reset(
            found.user, reason, by=current_viewer(), at=clock.now()
        ),
        _("The link is on its way to the person."),
    )


@blueprint.post("/users/<int:user_id>/reset-factor")
@requires(may_manage_person, load=queries.person_in_scope, grave=True)
def reset_factor(found: Person) -> ResponseReturnValue:
    """Take a lost second factor off; the person is told."""
    return _with_reason(
        found,
        "reset-factor",
        lambda reason: proofs.reset_factor(found.user, reason, by=current_viewer(), at=clock.now()),
        _("The second factor is off; the person's sessions have ended."),
    )


@blueprint.post("/users/<int:user_id>/confirm-owner")
@requires(may_confirm_owner, load=queries.person_in_scope, grave=True)
def confirm_owner(found: Person) -> ResponseReturnValue:
    """A third person confirms that an account is with its owner again."""
    return _with_reason(
        found,
        "confirm-owner",
        lambda reason: proofs.confirm_owner(found.user, reason, by=current_viewer()),
        _("The account counts as its owner's again."),
    )


def _membership_page(membership: Membership) -> str:
    return url_for("staff.person", user_id=membership.user_id)


@blueprint.route("/memberships/<int:membership_id>/end", methods=["GET", "POST"])
@requires(may_manage_membership, load=queries.membership_in_scope, grave=True)
def end_membership(membership: Membership) -> ResponseReturnValue:
    """End a person's acting for a body."""
    form = ReasonForm()
    back = url_for("staff.users_of", body_id=membership.organisation_id)
    if form.validate_on_submit():
        with submission(form, back) as done:
            actions.end_membership(
                membership, form.reason.data or "", by=current_viewer(), at=clock.now()
            )
        if done:
            flash(_("The person no longer acts for this body."), "good")
            return redirect(back, 303)
    page = render_template(
        "people/staff/end_membership.html",
        form=form,
        membership=membership,
        role=Role(membership.role).label,
    )
    return page, form.page_status


@blueprint.route("/memberships/<int:membership_id>/deputy", methods=["GET", "POST"])
@requires(may_hand_over, load=queries.membership_in_scope, grave=True)
def appoint_deputy(membership: Membership) -> ResponseReturnValue:
    """Name a colleague who stands in between two days."""
    on = clock.today()
    people = queries.colleagues(membership, on)
    form = DeputyForm([(user.id, user.name) for user in people], data={"starts_on": on})
    if people and form.validate_on_submit():
        deputy = queries.colleague(membership, form.deputy.data, on)
        if deputy is None:
            abort(404)
        with submission(form, _membership_page(membership)) as done:
            actions.appoint_deputy(
                membership,
                deputy,
                form.starts_on.data or on,
                form.ends_on.data or on,
                form.reason.data or "",
                by=current_viewer(),
                on=on,
            )
        if done:
            flash(_("%(name)s stands in between these days.", name=deputy.name), "good")
            return redirect(_after(membership), 303)
    page = render_template(
        "people/staff/deputy.html", form=form, membership=membership, people=people
    )
    return page, form.page_status


def _after(membership: Membership) -> str:
    """Where to go after acting on a post: one's own account or the person's page."""
    own = membership.user_id == current_viewer().user_id
    return url_for("accounts.me") if own else _membership_page(membership)


@blueprint.route("/memberships/<int:membership_id>/hand-over", methods=["GET", "POST"])
@requires(may_hand_over, load=queries.membership_in_scope, grave=True)
def hand_over(membership: Membership) -> ResponseReturnValue:
    """Give a post to a successor; the page lists the tasks that wait for them."""
    viewer, on = current_viewer(), clock.today()
    people = queries.colleagues(membership, on)
    form = HandOverForm([(user.id, user.name) for user in people])
    if people and form.validate_on_submit():
        successor = queries.colleague(membership, form.successor.data, on)
        if successor is None:
            abort(404)
        with submission(form, "/me") as done:
            actions.hand_over(
                membership, successor, form.reason.data or "", by=viewer, at=clock.now()
            )
        if done:
            return _after_hand_over(membership, successor.name)
    page = render_template(
        "people/staff/hand_over.html",
        form=form,
        membership=membership,
        role=Role(membership.role).label,
        people=people,
        tasks=_open_tasks(membership),
        on=on,
    )
    return page, form.page_status


def _after_hand_over(membership: Membership, successor: str) -> ResponseReturnValue:
    flash(_("Handed over to %(name)s.", name=successor), "good")
    if membership.id == current_viewer().membership_id:
        return forget_session(redirect(url_for("accounts.sign_in"), 303))
    return redirect(_after(membership), 303)


def _open_tasks(membership: Membership) -> list[object]:
    """What waits for whoever holds this post, from every room."""
    holder = accounts.viewer_for(membership.user, membership)
    sources = current_app.config.get("TODO_SOURCES", ())
    return [item for source in sources for item in source(holder)]
