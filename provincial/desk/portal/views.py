"""Public pages: front page, notices, their documents, help."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template
from flask.typing import ResponseReturnValue

from provincial.core import clock
from provincial.desk.portal import documents
from provincial.office.files import queries as files
from provincial.people.accounts.rules import DUTIES, Role
from provincial.planning.plans import queries as plans
from provincial.planning.plans.documents import window_lines
from provincial.planning.plans.rules import PUBLICITY, PlanState
from provincial.web.access import public, viewer_or_none
from provincial.web.downloads import attachment

blueprint = Blueprint("portal", __name__)

#: In which order help speaks of the roles: by who reads it most.
_HELP = (
    ("province", (Role.PROVINCE_ADMINISTRATOR, Role.PROVINCE_OFFICER)),
    ("bureau", (Role.BUREAU_ADMINISTRATOR, Role.BUREAU_OFFICER)),
    ("school", (Role.SCHOOL_ADMINISTRATOR, Role.PRINCIPAL)),
    ("institution", (Role.INSTITUTION_ADMINISTRATOR, Role.INSTITUTION_OFFICER)),
    ("expert", (Role.EXPERT, Role.QUALITY_MONITOR)),
    ("teacher", (Role.TEACHER,)),
    ("others", (Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR)),
)


@blueprint.get("/")
@public("the front page of the site")
def front() -> ResponseReturnValue:
    """Notices, dates and documents for visitors; people with an account go to their home."""
    if viewer_or_none() is not None:
        return redirect("/home", 303)
    notices = plans.published_plans()
    latest = notices[0] if notices else None
    lines = window_lines(latest.windows, clock.now()) if latest else []
    return render_template(
        "desk/portal/front.html",
        notices=notices,
        latest=latest,
        state_of=PlanState,
        supplements=plans.published_supplements(),
        windows=[line for line in lines if line.phase != "closed"][:4] or lines[-4:],
        documents=plans.published_documents(),
    )


@blueprint.get("/notices/<int:plan_id>")
@public("notices are addressed to the public (PE-160)")
def notice(plan_id: int) -> ResponseReturnValue:
    """The notice of an issued plan, with its publication metadata (PE-159, PE-160)."""
    plan = plans.published_plan(plan_id)
    if plan is None:
        abort(404)
    rulebook = plans.current_rulebook(plan)
    return render_template(
        "desk/portal/notice.html",
        plan=plan,
        issuer=rulebook.document.issuer,
        publicity=PUBLICITY[plan.publicity],
        state=PlanState(plan.state),
        blocks=documents.blocks(plan.notice_text, plan.title, plan.doc_number),
        documents=plans.documents(plan, public_only=True),
        windows=window_lines(plan.windows, clock.now()),
        supplements=[one for one in plans.notices(plan) if one.state == "in_force"],
    )


@blueprint.get("/notices/<int:plan_id>/documents/<int:document_id>")
@public("documents marked public are for everybody (ZJ20-52)")
def document(plan_id: int, document_id: int) -> ResponseReturnValue:
    """A public document of a published plan, as a download."""
    found = plans.published_document(document_id)
    if found is None or found.plan_id != plan_id:
        abort(404)
    return attachment(files.content(found.file), found.file.name, found.file.media_type)


@blueprint.get("/help")
@public("help is for everybody")
def help_page() -> ResponseReturnValue:
    """What each role does here, in words."""
    chapters = [(name, [(role, DUTIES[role]) for role in roles]) for name, roles in _HELP]
    return render_template("desk/portal/help.html", chapters=chapters)
