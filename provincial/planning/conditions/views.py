"""What the projects of a category ask of teachers, in words, and the form of one project."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from provincial.planning.conditions import actions, permissions, queries
from provincial.planning.conditions.forms import ConditionsForm
from provincial.planning.conditions.rules import Conditions
from provincial.planning.plans.models import Project, ProjectCategory
from provincial.planning.plans.rules import PlanState
from provincial.planning.projects.permissions import may_see as may_see_category
from provincial.planning.projects.queries import category_in_scope
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.formkit import submission

blueprint = Blueprint("conditions", __name__)
_ASKED = tuple(name for name in Conditions.__slots__ if name not in ("stage", "subject"))


@blueprint.get("/<int:category_id>")
@requires(may_see_category, load=category_in_scope)
def show(category: ProjectCategory) -> ResponseReturnValue:
    """The conditions of every project, for those who nominate."""
    rows = queries.of_category(category)
    may_edit = bool(rows) and permissions.may_edit(current_viewer(), rows[0].project)
    return render_template(
        "planning/conditions/show.html",
        category=category,
        rows=rows,
        article=queries.article_of(category.plan),
        may_edit=may_edit,
    )


@blueprint.route("/projects/<int:project_id>", methods=["GET", "POST"])
@requires(permissions.may_edit, load=queries.project_in_scope)
def edit(project: Project) -> ResponseReturnValue:
    """Write what one project, or every project of its category, asks for (HN-37)."""
    category, asked = project.category, queries.conditions_of(project)
    notices = queries.notices_in_force(category.plan)
    data = {name: getattr(asked, name) for name in _ASKED} | {"version": project.version}
    form = ConditionsForm([(one.id, f"{one.doc_number} {one.title}") for one in notices], data=data)
    answer = url_for("conditions.show", category_id=category.id)
    if form.validate_on_submit():
        others = [one for one in category.projects if one is not project]
        with submission(form, answer) as done:
            changed = actions.set_conditions(
                [project, *(others if form.everywhere.data else ())],
                _asked(form),
                by=current_viewer(),
                notice=next((one for one in notices if one.id == form.notice.data), None),
                reason=form.reason.data or "",
                expected_version=form.expected_version,
            )
        if done:
            told = ngettext(
                "The conditions of %(num)s project are saved.",
                "The conditions of %(num)s projects are saved.",
                changed,
            )
            flash(told, "good")
            return redirect(answer, 303)
    page = render_template(
        "planning/conditions/edit.html",
        form=form,
        project=project,
        category=category,
        is_draft=category.plan.state == PlanState.DRAFT,
    )
    return page, form.page_status


def _asked(form: ConditionsForm) -> Conditions:
    """What the form says; empty fields ask for nothing."""
    values = {name: form[name].data for name in _ASKED}
    return Conditions(**{name: value for name, value in values.items() if value not in (None, "")})
