"""Pages of rulebooks: list, one rulebook, a rule in its document, the editor, differences, steps."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.adapters.spreadsheet_output import Column, SheetOut, write_workbook
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.viewer import Viewer
from provincial.office.exports import actions as exports
from provincial.office.journal.queries import timeline
from provincial.planning.rulebooks import actions, documents, permissions, queries
from provincial.planning.rulebooks.forms import CopyForm, HeaderForm, entered, group_form
from provincial.planning.rulebooks.models import RulebookEdition
from provincial.planning.rulebooks.queries import edition_in_scope
from provincial.planning.rulebooks.rules import MACHINE, EditionState, field_of
from provincial.rulebook import schema
from provincial.rulebook.checker import check_rulebook
from provincial.rulebook.loader import Rulebook, builtin, builtin_codes
from provincial.rulebook.parameter import Group
from provincial.web.access import requires, signed_in
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.filters import translate
from provincial.web.formkit import Form, submission
from provincial.web.steps import carried_out, step_form, step_now

blueprint = Blueprint("rulebooks", __name__)


@blueprint.get("/")
@requires(signed_in)
def list_rulebooks() -> ResponseReturnValue:
    """The notices that come with the site, and the province's own editions."""
    who = current_viewer()
    page = queries.editions(
        who,
        state=request.args.get("state", ""),
        words=request.args.get("q", ""),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template(
        "planning/rulebooks/list.html",
        builtins=queries.builtin_rulebooks(),
        page=page,
        state_of=EditionState,
        state_choices=[(state.value, state.label) for state in EditionState],
        may_copy=permissions.may_copy(who),
    )


@blueprint.get("/built-in/<string:code>")
@requires(signed_in)
def show_builtin(code: str) -> ResponseReturnValue:
    """A notice that comes with the site, value by value."""
    rulebook = _builtin(code)
    return render_template(
        "planning/rulebooks/builtin.html",
        rulebook=rulebook,
        sections=documents.sections(rulebook),
        may_copy=permissions.may_copy(current_viewer()),
    )


@blueprint.post("/built-in/<string:code>/export")
@requires(signed_in)
def export_builtin(code: str) -> ResponseReturnValue:
    """A built-in rulebook as a workbook."""
    return _workbook(_builtin(code), None)


@blueprint.get("/rules/<string:rule_id>")
@requires(signed_in)
def rule(rule_id: str) -> ResponseReturnValue:
    """One rule: the quoted sentence in the context of its document, and what rests on it."""
    found = queries.rule_page(rule_id)
    if found is None:
        abort(404)
    return render_template("planning/rulebooks/rule.html", rule=found, in_words=documents.in_words)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(permissions.may_copy)
def copy() -> ResponseReturnValue:
    """Make an own edition from a built-in rulebook or a released edition."""
    form = CopyForm(queries.choices(), data={"source": request.args.get("source")})
    if form.validate_on_submit():
        with submission(form) as done:
            edition = actions.copy(
                form.source.data,
                code=form["code"].data,
                title=form["title"].data,
                by=current_viewer(),
                at=clock.now(),
            )
            done.answer = url_for("rulebooks.show", edition_id=edition.id)
        if done:
            flash(_("Copied. Change the values beside their articles."), "good")
            return redirect(done.answer, 303)
    return render_template("planning/rulebooks/copy.html", form=form), form.page_status


@blueprint.get("/editions/<int:edition_id>")
@requires(permissions.may_see, load=edition_in_scope)
def show(edition: RulebookEdition) -> ResponseReturnValue:
    """An own edition: facts, findings, values, steps, history."""
    rulebook = queries.content_of(edition)
    who = current_viewer()
    changed = queries.original_of(edition).differences(rulebook)
    return render_template(
        "planning/rulebooks/show.html",
        edition=edition,
        state=EditionState(edition.state),
        rulebook=rulebook,
        sections=documents.sections(rulebook),
        findings=check_rulebook(rulebook) if edition.state != EditionState.RELEASED else [],
        changed=len(changed),
        may_edit=permissions.may_edit(who, edition),
        steps=_open_steps(edition, who),
        events=timeline(edition) if permissions.reads_drafts(who) else [],
    )


@blueprint.post("/editions/<int:edition_id>/export")
@requires(permissions.may_see, load=edition_in_scope)
def export(edition: RulebookEdition) -> ResponseReturnValue:
    """An edition as a workbook."""
    return _workbook(queries.content_of(edition), edition.id)


@blueprint.get("/editions/<int:edition_id>/differences")
@requires(permissions.may_see, load=edition_in_scope)
def differences(edition: RulebookEdition) -> ResponseReturnValue:
    """What the edition has otherwise than the rulebook it was copied from."""
    found = queries.original_of(edition).differences(queries.content_of(edition))
    return render_template(
        "planning/rulebooks/differences.html",
        edition=edition,
        state=EditionState(edition.state),
        changes=documents.changes(found, edition.changes),
        steps=_open_steps(edition, current_viewer()),
    )


def _load_group(viewer: Viewer, edition_id: int, group: str) -> tuple[Any, Any, Any] | None:
    edition, found = edition_in_scope(viewer, edition_id), schema.group(group)
    if edition is None or found is None:
        return None
    rulebook = queries.content_of(edition)
    return (edition, found, rulebook) if rulebook.applies(group) else None


def _may_edit_group(viewer: Viewer, place: tuple[RulebookEdition, Any, Any]) -> bool:
    return permissions.may_edit(viewer, place[0])


@blueprint.route("/editions/<int:edition_id>/groups/<string:group>", methods=["GET", "POST"])
@requires(_may_edit_group, load=_load_group)
def edit_group(place: tuple[RulebookEdition, Group, Rulebook]) -> ResponseReturnValue:
    """The values of one group beside their articles."""
    edition, group, rulebook = place
    form = group_form(group, rulebook, version=edition.version)
    if form.validate_on_submit():
        with submission(form, _anchor(edition, group.code)) as done:
            touched = actions.edit_group(
                edition,
                group.code,
                entered(group, form),
                by=current_viewer(),
                at=clock.now(),
                expected_version=form.expected_version,
            )
        if done:
            flash(_("Saved: %(count)s values changed.", count=len(touched)), "good")
            return redirect(_anchor(edition, group.code), 303)
    return render_template(
        "planning/rulebooks/edit_group.html",
        edition=edition,
        group=group,
        rulebook=rulebook,
        form=form,
        field_of=field_of,
        theirs=_theirs(form, group),
    ), form.page_status


@blueprint.route("/editions/<int:edition_id>/header", methods=["GET", "POST"])
@requires(permissions.may_edit, load=edition_in_scope)
def edit_header(edition: RulebookEdition) -> ResponseReturnValue:
    """Title, number, issuer, date of the notice, and the groups it speaks of."""
    document = queries.content_of(edition).document
    names = ("title", "number", "issuer", "issued_on", "cite_as", "groups")
    data = {name: getattr(document, name) for name in names}
    form = HeaderForm(schema.GROUPS, data={**data, "version": edition.version})
    if form.validate_on_submit():
        answer = url_for("rulebooks.show", edition_id=edition.id)
        with submission(form, answer) as done:
            actions.edit_header(
                edition,
                actions.Header(**{name: form[name].data or data[name] for name in names}),
                reason=form["reason"].data,
                by=current_viewer(),
                at=clock.now(),
                expected_version=form.expected_version,
            )
        if done:
            flash(_("Saved."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/rulebooks/edit_header.html", edition=edition, form=form
    ), form.page_status


def _load_step(viewer: Viewer, edition_id: int, step: str) -> tuple[RulebookEdition, str] | None:
    edition = edition_in_scope(viewer, edition_id)
    known = any(one.action == step for one in MACHINE.transitions)
    return (edition, step) if edition is not None and known else None


def _may_step(viewer: Viewer, place: tuple[RulebookEdition, str]) -> bool:
    return permissions.may_step(viewer, place[0])


@blueprint.route("/editions/<int:edition_id>/steps/<string:step>", methods=["GET", "POST"])
@requires(_may_step, load=_load_step, grave=True)
def take_step(place: tuple[RulebookEdition, str]) -> ResponseReturnValue:
    """One step of the state machine: names the consequence, asks for the reason, then acts."""
    edition, step = place
    answer = url_for("rulebooks.show", edition_id=edition.id)
    transition = step_now(MACHINE, EditionState(edition.state), step)
    if transition is None:
        return redirect(answer, 303)
    form = step_form(transition, edition.version)
    done = carried_out(form, answer, lambda: _act(edition, step, form), transition)
    if done is not None:
        return done
    found = queries.original_of(edition).differences(queries.content_of(edition))
    return render_template(
        "planning/rulebooks/step.html",
        edition=edition,
        transition=transition,
        form=form,
        refused=form.refused.findings if form.refused else [],
        changes=documents.changes(found, edition.changes),
    ), form.page_status


def _act(edition: RulebookEdition, step: str, form: Form) -> None:
    who, reason = current_viewer(), form["reason"].data if "reason" in form else ""
    if step == "submit":
        actions.submit(edition, by=who)
    elif step == "release":
        actions.release(edition, by=who, at=clock.now(), expected_version=form.expected_version)
    elif step == "return":
        actions.return_to_draft(edition, by=who, reason=reason)
    elif step == "undo_release":
        actions.undo_release(edition, by=who, reason=reason)
    elif step == "withdraw":
        actions.withdraw(edition, by=who, reason=reason)
    else:
        actions.restore(edition, by=who, reason=reason)


def _open_steps(edition: RulebookEdition, who: Viewer) -> list[Any]:
    return MACHINE.open_to(EditionState(edition.state), who.role)


def _builtin(code: str) -> Rulebook:
    if code not in builtin_codes():
        abort(404)
    return builtin(code)


def _anchor(edition: RulebookEdition, group: str) -> str:
    return url_for("rulebooks.show", edition_id=edition.id) + f"#group-{group}"


def _theirs(form: Form, group: Group) -> list[tuple[str, object, object]]:
    """Both versions, when a colleague saved in between."""
    if form.stale is None:
        return []
    return [
        (
            form[parameter.key].label.text,
            form.stale.theirs.get(parameter.key),
            form[parameter.key].data,
        )
        for parameter in group.parameters
    ]


def _workbook(rulebook: Rulebook, edition_id: int | None) -> ResponseReturnValue:
    heads = [
        _("Group"),
        _("Parameter"),
        _("Value"),
        _("Article"),
        _("Quoted sentence"),
        _("Rule"),
        _("Standing"),
    ]
    rows = [
        [
            translate(section.label),
            translate(line.label),
            "\n".join(translate(word) for word in line.words),
            line.citation,
            line.quote,
            line.rule,
            translate(line.standing),
        ]
        for section in documents.sections(rulebook)
        for line in section.lines
    ]
    columns = [Column(head) for head in heads]
    sheet = SheetOut("规则", columns, rows, title=rulebook.document.title)
    with transaction():
        exports.note(
            "rulebooks.export",
            (RulebookEdition.__tablename__, edition_id),
            rulebook.document.title,
            len(rows),
            {"code": rulebook.document.code},
            by=current_viewer(),
        )
    return attachment(write_workbook([sheet]), f"{rulebook.document.code}.xlsx", XLSX)
