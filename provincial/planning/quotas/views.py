"""Pages of a holder: my places, a sheet, the split, single places, locking, an act and its undoing."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from provincial.core import clock
from provincial.office.journal.queries import timeline
from provincial.people.accounts.viewer import current_viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import body_in_scope
from provincial.planning.deadlines.queries import deadline
from provincial.planning.ledger.models import QuotaBatch, QuotaSheet
from provincial.planning.ledger.permissions import may_see, may_see_batch
from provincial.planning.ledger.queries import act as one_act
from provincial.planning.ledger.queries import acts, batch_in_scope, sheet_in_scope
from provincial.planning.letters.queries import letters_of
from provincial.planning.plans.rules import heads_by_stage
from provincial.planning.quotas import actions, forms, permissions, queries, rules
from provincial.planning.quotas.queries import Grid
from provincial.planning.reversals.queries import undo_rows
from provincial.planning.reversals.rules import undo_obstacles
from provincial.web.access import requires
from provincial.web.formkit import ConfirmForm, Form, ReasonForm, ids_from, submission

blueprint = Blueprint("quotas", __name__)


def _to_sheet(sheet_id: int) -> ResponseReturnValue:
    return redirect(url_for("quotas.sheet", sheet_id=sheet_id), 303)


@blueprint.get("/")
@requires(permissions.may_see_board)
def my_places() -> ResponseReturnValue:
    """What the viewer's body holds in every category; for the province, every category."""
    viewer = current_viewer()
    province = permissions.oversees(viewer)
    return render_template(
        "planning/quotas/my_places.html",
        lines=[] if province else queries.my_lines(viewer.organisation_id),
        categories=queries.province_categories() if province else [],
        today=clock.today(),
        body=None,
    )


@blueprint.get("/bodies/<int:body_id>")
@requires(permissions.may_see_places_of, load=body_in_scope)
def places_of(body: Organisation) -> ResponseReturnValue:
    """What a body within the viewer's scope holds in every category."""
    return render_template(
        "planning/quotas/my_places.html",
        lines=queries.my_lines(body.id),
        categories=[],
        today=clock.today(),
        body=body,
    )


@blueprint.get("/sheets/<int:sheet_id>")
@requires(may_see, load=sheet_in_scope)
def sheet(sheet: QuotaSheet) -> ResponseReturnValue:
    """What one body holds of one category, what it may do now, and what it has done."""
    viewer = current_viewer()
    return render_template(
        "planning/quotas/sheet.html",
        sheet=sheet,
        view=queries.sheet_view(sheet),
        steps=permissions.steps(viewer, sheet),
        letters=letters_of(sheet),
        acts=acts(sheet),
        today=clock.today(),
        unlock_form=ReasonForm(),
        events=timeline(sheet),
    )


@blueprint.route("/sheets/<int:sheet_id>/split", methods=["GET", "POST"])
@requires(permissions.may_split, load=sheet_in_scope)
def split(sheet: QuotaSheet) -> ResponseReturnValue:
    """The grid in which a body hands its places to those directly below."""
    form = forms.SplitForm()
    grid = queries.grid(sheet)
    held = grid.held
    if request.method == "GET":
        form.remember(sheet.version, held)
    typed = forms.typed_cells(request.form, grid.all_cells)
    read = rules.read_cells(typed, form.opened(), grid.passed_on)
    clashes: dict[rules.Cell, tuple[int, int]] = {}
    if form.validate_on_submit() and not read.errors:
        with submission(form, request.full_path) as done:
            batch = actions.split(
                sheet,
                read.wanted,
                by=current_viewer(),
                now=clock.now(),
                expected_version=form.expected_version,
            )
        if done:
            flash(_("Saved.") if batch else _("Nothing was changed."), "good" if batch else "")
            return redirect(request.full_path.rstrip("?"), 303)
        grid = queries.grid(sheet)
        if form.stale:
            merged = rules.merge_saves(read.figures, read.wanted, grid.held, set(grid.all_cells))
            typed = {cell: str(n) if n else "" for cell, n in merged.figures.items()}
            read = rules.CellsRead(merged.figures, {}, {})
            clashes = dict(merged.clashes)
            form.remember(sheet.version, grid.held)
    page = _split_page(sheet, grid, typed, read)
    status = 422 if read.errors else form.page_status
    return render_template(
        "planning/quotas/split.html", form=form, sheet=sheet, clashes=clashes, read=read, **page
    ), status


def _split_page(
    sheet: QuotaSheet, grid: Grid, typed: dict[rules.Cell, str], read: rules.CellsRead
) -> dict[str, object]:
    """The rows that the filter asks for, as the grid component wants them."""
    words = request.args.get("q", "").strip()
    found = [body for body in grid.children if words in body.name]
    start = request.args.get("from", 0, type=int)
    whole = bool(request.args.get("all"))
    start = 0 if whole or not 0 <= start < len(found) else start
    shown = found if whole else found[start : start + forms.SCREENFUL]
    figures = {**grid.held, **read.figures}
    ids = {body.id for body in shown}
    elsewhere: dict[int, int] = {}
    for (body_id, project_id), n in figures.items():
        if body_id not in ids:
            elsewhere[project_id] = elsewhere.get(project_id, 0) + n
    groups = heads_by_stage(grid.words)
    shorts = [
        subject if groups else name
        for (_id, name, _held), (_stage, subject) in zip(grid.columns, grid.words, strict=True)
    ]
    columns, rows = forms.grid_page(
        grid.columns,
        shorts,
        [(body.id, body.name) for body in shown],
        figures,
        elsewhere,
        typed=typed,
        errors=read.errors,
        passed_on=grid.passed_on,
        fixed=sheet.locked_at is not None,
    )
    return {
        "columns": columns,
        "groups": groups,
        "rows": rows,
        "names": grid.names,
        "words": words,
        "found": len(found),
        "start": start,
        "whole": whole,
        "screenful": forms.SCREENFUL,
        "due": deadline(sheet),
        "today": clock.today(),
    }


@blueprint.route("/sheets/<int:sheet_id>/swap", methods=["GET", "POST"])
@requires(permissions.may_split, load=sheet_in_scope)
def swap(sheet: QuotaSheet) -> ResponseReturnValue:
    """Move places between two bodies below, with a reason."""
    bodies, projects = queries.choices(sheet)
    form = forms.SwapForm().choose(giver_id=bodies, taker_id=bodies, project_id=projects)
    if request.method == "GET" and len(bodies) > 1:
        form.taker_id.data = bodies[1][0]
    forms.prefill(form, request)
    if _done(form, sheet, actions.swap):
        flash(_("The places have been moved."), "good")
        return _to_sheet(sheet.id)
    return _act_page(form, sheet, _("Swap places"), _("Moves places between two bodies below you."))


@blueprint.route("/sheets/<int:sheet_id>/top-up", methods=["GET", "POST"])
@requires(permissions.may_split, load=sheet_in_scope)
def top_up(sheet: QuotaSheet) -> ResponseReturnValue:
    """Give one body below more of what is unassigned, with a reason."""
    bodies, projects = queries.choices(sheet)
    form = forms.TopUpForm().choose(organisation_id=bodies, project_id=projects)
    forms.prefill(form, request)
    if _done(form, sheet, actions.top_up):
        flash(_("The places have been added."), "good")
        return _to_sheet(sheet.id)
    return _act_page(form, sheet, _("Top up"), _("Adds unassigned places to one body below you."))


def _done(form: forms.Choosing, sheet: QuotaSheet, act: Callable[..., QuotaBatch]) -> bool:
    """Do ``act`` with what was chosen, when the form was sent and nothing stands against it."""
    if not form.validate_on_submit():
        return False
    with submission(form, url_for("quotas.sheet", sheet_id=sheet.id)) as done:
        act(sheet, **form.chosen, by=current_viewer(), now=clock.now())
    return bool(done)


@blueprint.route("/sheets/<int:sheet_id>/give-back", methods=["GET", "POST"])
@requires(permissions.may_give_back, load=sheet_in_scope)
def give_back(sheet: QuotaSheet) -> ResponseReturnValue:
    """Give unassigned places back to the body above, with a reason."""
    form = forms.GiveBackForm().choose(project_id=queries.choices(sheet)[1])
    forms.prefill(form, request)
    if form.validate_on_submit():
        with submission(form, url_for("quotas.sheet", sheet_id=sheet.id)) as done:
            actions.give_back(
                sheet,
                {form.project_id.data: form.places.data},
                reason=form.reason.data,
                by=current_viewer(),
            )
        if done:
            flash(_("The places have been given back."), "good")
            return _to_sheet(sheet.id)
    return _act_page(
        form, sheet, _("Give places back"), _("Unassigned places return to the body above you.")
    )


@blueprint.route("/sheets/<int:sheet_id>/due-below", methods=["GET", "POST"])
@requires(permissions.may_split, load=sheet_in_scope)
def due_below(sheet: QuotaSheet) -> ResponseReturnValue:
    """Set an earlier last day for those below, or take it away."""
    form = forms.DueForm(due_below=sheet.due_below)
    if form.validate_on_submit():
        with submission(form, url_for("quotas.sheet", sheet_id=sheet.id)) as done:
            actions.set_due_below(sheet, form.due_below.data, by=current_viewer(), on=clock.today())
        if done:
            flash(_("The day for those below is saved."), "good")
            return _to_sheet(sheet.id)
    words = _("You may set an earlier day for those below you, never a later one.")
    return _act_page(form, sheet, _("Last day for those below"), words)


def _act_page(form: Form, sheet: QuotaSheet, title: str, purpose: str) -> ResponseReturnValue:
    return render_template(
        "planning/quotas/act.html",
        form=form,
        sheet=sheet,
        view=queries.sheet_view(sheet),
        title=title,
        purpose=purpose,
    ), form.page_status


@blueprint.route("/sheets/<int:sheet_id>/lock", methods=["GET", "POST"])
@requires(permissions.may_split, load=sheet_in_scope)
def lock(sheet: QuotaSheet) -> ResponseReturnValue:
    """Close the table: names the bodies and places, then writes to each of them."""
    form = ConfirmForm(version=sheet.version)
    if form.validate_on_submit():
        with submission(form, url_for("quotas.sheet", sheet_id=sheet.id)) as done:
            written = actions.lock(
                sheet,
                by=current_viewer(),
                on=clock.today(),
                expected_version=form.expected_version,
            )
        if done:
            message = ngettext(
                "The table is locked; %(num)s letter is on its way.",
                "The table is locked; %(num)s letters are on their way.",
                len(written),
            )
            flash(message, "good")
            return _to_sheet(sheet.id)
    return render_template(
        "planning/quotas/lock.html",
        form=form,
        sheet=sheet,
        view=queries.sheet_view(sheet),
        handed=queries.handed_down(sheet),
    ), form.page_status


@blueprint.post("/sheets/<int:sheet_id>/unlock")
@requires(permissions.may_split, load=sheet_in_scope)
def unlock(sheet: QuotaSheet) -> ResponseReturnValue:
    """Open a locked table again, with a reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        with submission(form, url_for("quotas.sheet", sheet_id=sheet.id)) as done:
            actions.unlock(sheet, reason=form.reason.data or "", by=current_viewer())
        if done:
            flash(_("The table is open again. The letters stay valid until you lock it."), "good")
            return _to_sheet(sheet.id)
    words = _("The letters stay valid until the table is locked again.")
    return _act_page(form, sheet, _("Unlock the table"), words)


@blueprint.get("/batches/<int:batch_id>")
@requires(may_see_batch, load=batch_in_scope)
def batch(batch: QuotaBatch) -> ResponseReturnValue:
    """One act cell by cell, and what stands in the way of taking it back."""
    return _batch_page(batch, forms.UndoForm(), set())


@blueprint.post("/batches/<int:batch_id>/undo")
@requires(permissions.may_undo, load=batch_in_scope)
def undo(batch: QuotaBatch) -> ResponseReturnValue:
    """Take an act back as a whole, or only the rows that were ticked."""
    form = forms.UndoForm()
    ticked = set(ids_from(request.form.getlist("entry")))
    whole = request.form.get("whole") == "1"
    if form.validate_on_submit():
        with submission(form, url_for("quotas.batch", batch_id=batch.id)) as done:
            actions.undo(
                batch,
                reason=form.reason.data or "",
                by=current_viewer(),
                on=clock.today(),
                entry_ids=None if whole else sorted(ticked),
            )
        if done:
            flash(_("Taken back."), "good")
            return redirect(url_for("quotas.batch", batch_id=batch.id), 303)
    return _batch_page(batch, form, ticked)


def _batch_page(batch: QuotaBatch, form: forms.UndoForm, ticked: set[int]) -> ResponseReturnValue:
    entries = undo_rows(batch)
    rows = list(zip(entries, undo_obstacles(entries), strict=True))
    return render_template(
        "planning/quotas/batch.html",
        batch=batch,
        act=one_act(batch),
        rows=rows,
        free=sum(1 for _row, obstacle in rows if obstacle is None),
        ticked=ticked,
        form=form,
        may_undo=permissions.may_undo(current_viewer(), batch),
    ), form.page_status
