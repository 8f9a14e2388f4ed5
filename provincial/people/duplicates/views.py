"""Pages of duplicates: the pairs, one pair side by side with the dry run, one merge."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.findings import blocking
from provincial.people.duplicates import actions, queries
from provincial.people.duplicates.forms import MergeForm
from provincial.people.duplicates.models import TeacherMergeRecord
from provincial.people.duplicates.permissions import Pair, may_look, may_merge, may_take_back
from provincial.people.duplicates.queries import merge_in_scope, pair_in_scope
from provincial.people.duplicates.rules import REASONS, MergeState, differing_fields
from provincial.people.teachers.documents import words
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import FIELDS, TeacherFollower, TeacherMerge
from provincial.rulebook.people_words import SEXES
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.formkit import ReasonForm, submission

blueprint = Blueprint("duplicates", __name__)


@blueprint.get("/duplicates")
@requires(may_look)
def list_pairs() -> ResponseReturnValue:
    """Pairs in scope that may be one person."""
    return render_template(
        "people/duplicates/list.html",
        found=queries.candidates(current_viewer()),
        reasons=REASONS,
        shown=queries.SHOWN,
    )


@blueprint.route("/duplicates/<int:one_id>/<int:two_id>", methods=["GET", "POST"])
@requires(may_merge, load=pair_in_scope)
def compare(pair: Pair) -> ResponseReturnValue:
    """Two records side by side; what a merge would move; the merge."""
    form = MergeForm()
    kept, gone = _chosen(pair, form.keep.data or request.args.get("keep", ""))
    followers, today = _followers(), clock.today()
    if not form.is_submitted():
        form.keep.data = str(kept.id)
    if form.validate_on_submit():
        with submission(form) as done:
            merge = actions.merge(
                kept.id,
                gone.id,
                form.reason.data or "",
                on=today,
                followers=followers,
                by=current_viewer(),
                versions=form.versions,
            )
            done.answer = url_for("duplicates.show_merge", merge_id=merge.id)
        if done:
            flash(_("The two records are merged."), "good")
            return redirect(done.answer, 303)
    form.seen.data = f"{kept.version}-{gone.version}"
    change = TeacherMerge(kept.id, gone.id, today)
    taken, findings = queries.dry_run(kept, gone, change, followers)
    page = render_template(
        "people/duplicates/compare.html",
        form=form,
        apart=ReasonForm(formdata=None),
        pair=pair,
        kept=kept,
        gone=gone,
        rows=_rows(kept, gone),
        taken=[FIELDS[name] for name in FIELDS if name in taken],
        findings=findings,
        stopped=bool(blocking(findings)),
    )
    return page, form.page_status


@blueprint.post("/duplicates/<int:one_id>/<int:two_id>/apart")
@requires(may_merge, load=pair_in_scope)
def apart(pair: Pair) -> ResponseReturnValue:
    """The two records are two people."""
    form, address = ReasonForm(), url_for("duplicates.list_pairs")
    if form.validate_on_submit():
        with submission(form, address) as done:
            actions.keep_apart(pair, form.reason.data or "", by=current_viewer())
        if done:
            flash(_("Noted: two people. The pair is not shown again."), "good")
            return redirect(address, 303)
    page = render_template("people/duplicates/apart.html", form=form, pair=pair)
    return page, form.page_status


@blueprint.route("/merges/<int:merge_id>", methods=["GET", "POST"])
@requires(may_take_back, load=merge_in_scope)
def show_merge(merge: TeacherMergeRecord) -> ResponseReturnValue:
    """One merge, and the way back."""
    form, address = ReasonForm(), url_for("teachers.show", teacher_id=merge.gone_id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            actions.take_back(
                merge,
                form.reason.data or "",
                on=clock.today(),
                followers=_followers(),
                by=current_viewer(),
            )
        if done:
            flash(_("The merge is taken back; both records stand again."), "good")
            return redirect(address, 303)
    page = render_template(
        "people/duplicates/merge.html", form=form, merge=merge, state=MergeState(merge.state)
    )
    return page, form.page_status


def _chosen(pair: Pair, keep: str) -> tuple[Teacher, Teacher]:
    """Which record is kept: the one that was chosen, else the older one that is in use."""
    two_first = keep == str(pair.two.id) or (
        keep != str(pair.one.id) and pair.one.state != "active" and pair.two.state == "active"
    )
    return (pair.two, pair.one) if two_first else (pair.one, pair.two)


def _rows(kept: Teacher, gone: Teacher) -> list[tuple[object, object, object, bool]]:
    """Field by field: label, both values (numbers masked), whether they differ in full."""
    mine, theirs = words(kept), words(gone)
    differs = differing_fields(queries.values_of(kept), queries.values_of(gone))
    rows: list[tuple[object, object, object, bool]] = [
        (
            _("School"),
            kept.organisation.name,
            gone.organisation.name,
            kept.organisation_id != gone.organisation_id,
        ),
        (_("Sex"), SEXES[kept.sex], SEXES[gone.sex], kept.sex != gone.sex),
        (
            _("Year of birth"),
            kept.birth_on.year,
            gone.birth_on.year,
            kept.birth_on != gone.birth_on,
        ),
    ]
    return rows + [(FIELDS[n], mine[n] or "—", theirs[n] or "—", n in differs) for n in FIELDS]


def _followers() -> Sequence[TeacherFollower]:
    return tuple(current_app.config["TEACHER_FOLLOWERS"])
