"""Pages of a category: what it is, its columns, adding and taking away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core.viewer import Viewer
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.planning.plans.permissions import may_edit as may_edit_plan
from provincial.planning.plans.queries import current_rulebook, plan_in_scope
from provincial.planning.plans.rules import PlanState
from provincial.planning.projects import actions, permissions, queries
from provincial.planning.projects.forms import CategoryForm, ColumnsForm, ThemesForm
from provincial.planning.projects.queries import category_in_scope
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.formkit import ConfirmForm, ReasonForm, submission

blueprint = Blueprint("projects", __name__)
_DESCRIBED = tuple(actions.Description.__slots__)


def _category_form(plan: Plan, **data: Any) -> CategoryForm:
    names = current_rulebook(plan).names
    return CategoryForm(
        names("classification.themes"),
        names("classification.tiers"),
        names("classification.programme_lines"),
        data=data,
    )


def _description(form: CategoryForm) -> actions.Description:
    values = {name: form[name].data for name in _DESCRIBED}
    empty = {name: "" for name, value in values.items() if value is None}
    keep = {"face_days": values["face_days"], "online_hours": values["online_hours"]}
    return actions.Description(**{**values, **empty, **keep})


@blueprint.get("/<int:category_id>")
@requires(permissions.may_see, load=category_in_scope)
def show(category: ProjectCategory) -> ResponseReturnValue:
    """A category: what it is and its columns."""
    who = current_viewer()
    rulebook = current_rulebook(category.plan)
    return render_template(
        "planning/projects/show.html",
        category=category,
        plan=category.plan,
        state=PlanState(category.plan.state),
        projects=queries.columns(category),
        names=rulebook.names,
        may_edit=permissions.may_edit(who, category),
        may_edit_columns=permissions.may_edit_columns(who, category),
        columns_form=ColumnsForm(),
        category_links=[
            link
            for make in current_app.config.get("CATEGORY_LINKS", ())
            if (link := make(category, who))
        ],
    )


@blueprint.route("/new/<int:plan_id>", methods=["GET", "POST"])
@requires(may_edit_plan, load=plan_in_scope)
def add(plan: Plan) -> ResponseReturnValue:
    """Add a category to a draft."""
    form = _category_form(plan)
    if form.validate_on_submit():
        with submission(form, url_for("plans.show", plan_id=plan.id)) as done:
            actions.add_category(plan, form["code"].data, _description(form), by=current_viewer())
        if done:
            flash(_("The category has been added."), "good")
            return redirect(url_for("plans.show", plan_id=plan.id), 303)
    return render_template(
        "planning/projects/edit.html", form=form, plan=plan, category=None, theirs=[]
    ), form.page_status


@blueprint.route("/<int:category_id>/edit", methods=["GET", "POST"])
@requires(permissions.may_edit, load=category_in_scope)
def edit(category: ProjectCategory) -> ResponseReturnValue:
    """Describe a category (HN-05)."""
    data = {name: getattr(category, name) for name in (*_DESCRIBED, "version")}
    form = _category_form(category.plan, **data)
    answer = url_for("projects.show", category_id=category.id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.describe(
                category,
                _description(form),
                by=current_viewer(),
                expected_version=form.expected_version,
            )
        if done:
            flash(_("Saved."), "good")
            return redirect(answer, 303)
    theirs = form.stale.theirs if form.stale else {}
    return render_template(
        "planning/projects/edit.html",
        form=form,
        plan=category.plan,
        category=category,
        theirs=[(form[name].label.text, theirs[name], form[name].data) for name in theirs],
    ), form.page_status


@blueprint.route("/<int:category_id>/remove", methods=["GET", "POST"])
@requires(permissions.may_edit, load=category_in_scope)
def remove(category: ProjectCategory) -> ResponseReturnValue:
    """Take a category out of a draft, with a reason."""
    form, plan_id = ReasonForm(), category.plan_id
    if form.validate_on_submit():
        with submission(form, url_for("plans.show", plan_id=plan_id)) as done:
            actions.remove_category(category, by=current_viewer(), reason=form["reason"].data)
        if done:
            flash(_("The category has been taken out."), "good")
            return redirect(url_for("plans.show", plan_id=plan_id), 303)
    return render_template(
        "planning/projects/remove.html",
        form=form,
        category=category,
        heading=_("Take “%(name)s” out", name=category.name),
        consequence=_(
            "The category goes with its %(count)s columns.", count=len(category.projects)
        ),
    ), form.page_status


@blueprint.post("/<int:category_id>/columns")
@requires(permissions.may_edit_columns, load=category_in_scope)
def add_columns(category: ProjectCategory) -> ResponseReturnValue:
    """Add columns such as 小学语文."""
    form = ColumnsForm()
    answer = url_for("projects.show", category_id=category.id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            added = actions.add_columns(category, form["columns"].data, by=current_viewer())
        if done:
            flash(_("%(count)s columns added.", count=len(added)), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/projects/columns.html", form=form, category=category
    ), form.page_status


def _load_column(
    viewer: Viewer, category_id: int, project_id: int
) -> tuple[ProjectCategory, Project] | None:
    category = category_in_scope(viewer, category_id)
    if category is None:
        return None
    found = next((row for row in queries.columns(category) if row.id == project_id), None)
    return (category, found) if found else None


def _may_edit_column(viewer: Viewer, place: tuple[ProjectCategory, Project]) -> bool:
    return permissions.may_edit_columns(viewer, place[0])


def _may_edit_category(viewer: Viewer, place: tuple[ProjectCategory, Project]) -> bool:
    return permissions.may_edit(viewer, place[0])


@blueprint.route("/<int:category_id>/columns/<int:project_id>/remove", methods=["GET", "POST"])
@requires(_may_edit_column, load=_load_column)
def remove_column(place: tuple[ProjectCategory, Project]) -> ResponseReturnValue:
    """Take a column away while no places stand in it."""
    category, project = place
    form, answer = ReasonForm(), url_for("projects.show", category_id=category.id)
    heading = _("Take the column “%(name)s” out", name=project.name)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.remove_column(project, by=current_viewer(), reason=form["reason"].data)
        if done:
            flash(_("The column has been taken out."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/projects/remove.html",
        form=form,
        category=category,
        heading=heading,
        consequence=_("The quota table of this category loses one column."),
    ), form.page_status


def _load_move(
    viewer: Viewer, where: str, **ids: int
) -> tuple[ProjectCategory, Project, int] | None:
    found = _load_column(viewer, **ids)
    return (*found, -1 if where == "left" else 1) if found else None


def _may_move(viewer: Viewer, place: tuple[ProjectCategory, Project, int]) -> bool:
    return permissions.may_edit(viewer, place[0])


@blueprint.post("/<int:category_id>/columns/<int:project_id>/<any(left, right):where>")
@requires(_may_move, load=_load_move)
def move_column(place: tuple[ProjectCategory, Project, int]) -> ResponseReturnValue:
    """Move a column one place."""
    category, project, places = place
    with submission(ConfirmForm()) as done:
        actions.move_column(project, places, by=current_viewer())
    if not done:
        flash(_("The column could not be moved."), "attention")
    return redirect(url_for("projects.show", category_id=category.id), 303)


@blueprint.route("/<int:category_id>/columns/<int:project_id>", methods=["GET", "POST"])
@requires(_may_edit_category, load=_load_column)
def edit_column(place: tuple[ProjectCategory, Project]) -> ResponseReturnValue:
    """Themes and tier of one project (GP-01, GP-03, GP-08)."""
    category, project = place
    names = current_rulebook(category.plan).names
    form = ThemesForm(
        names("classification.themes"),
        names("classification.tiers"),
        data={"themes": project.themes, "tier": project.tier},
    )
    answer = url_for("projects.show", category_id=category.id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.set_project_themes(
                project, form.themes.data or [], form.tier.data or "", by=current_viewer()
            )
        if done:
            flash(_("Saved."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/projects/edit_column.html", form=form, category=category, project=project
    ), form.page_status
