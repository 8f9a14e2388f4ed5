"""The page of the workbench: type a total and weights, look at the proposal, keep it as a draft."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from provincial.core.refusals import Refusal
from provincial.people.accounts.viewer import current_viewer
from provincial.planning.allocations import actions
from provincial.planning.allocations import permissions as may
from provincial.planning.ledger import queries as ledger
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.workbench import queries
from provincial.planning.workbench.forms import WorkbenchForm
from provincial.web.access import requires
from provincial.web.formkit import submission

blueprint = Blueprint("workbench", __name__)


@blueprint.route("/<int:category_id>/workbench", methods=["GET", "POST"])
@requires(may.may_propose_for, load=ledger.category_with_table)
def propose(category: ProjectCategory) -> ResponseReturnValue:
    """Propose a table from a total by weights; every cell says how it came about (HN-35)."""
    bench = queries.bench_of(category)
    form = WorkbenchForm(data=bench.defaults)
    form.year.choices = [(year, str(year)) for year in bench.years]
    proposal = None
    if bench.years and form.validate_on_submit():
        try:
            proposal = bench.propose(form.data)
        except Refusal as refusal:
            form.refuse(refusal)
        if proposal is not None and request.form.get("keep"):
            with submission(form) as done:
                table = actions.prepare(
                    category,
                    proposal.cells,
                    "workbench",
                    by=current_viewer(),
                    workings=proposal.as_data(),
                )
                done.answer = url_for("allocations.edit", table_id=table.id)
            if done:
                return redirect(done.answer, 303)
    page = render_template(
        "planning/workbench/propose.html",
        category=category,
        form=form,
        bench=bench,
        proposal=proposal,
    )
    return page, form.page_status
