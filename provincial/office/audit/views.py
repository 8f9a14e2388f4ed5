"""The auditor's page: search, and export (R32)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from provincial.core.db import transaction
from provincial.office.audit import actions, documents, permissions
from provincial.office.audit.forms import SearchForm
from provincial.office.audit.rules import EXPORT_AT_ONCE
from provincial.office.journal import queries
from provincial.web.access import requires, viewer
from provincial.web.downloads import CSV, XLSX, attachment

blueprint = Blueprint("audit", __name__)


@blueprint.get("/")
@requires(permissions.may_audit)
def search() -> ResponseReturnValue:
    """Events by person, organisation, act, thing and date, newest first."""
    form = SearchForm(request.args)
    page = queries.search(
        viewer(),
        _wanted(form),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    rows = [(event, queries.who(event), queries.said(event)) for event in page.rows]
    return render_template(
        "office/audit/search.html", form=form, page=page, rows=rows, seal=queries.last_seal()
    )


@blueprint.post("/export")
@requires(permissions.may_audit)
def export() -> ResponseReturnValue:
    """The events of a search as Excel or CSV; many of them as a job."""
    who = viewer()
    wanted = _wanted(SearchForm(request.args))
    ending = "csv" if request.form.get("format") == "csv" else "xlsx"
    with transaction():
        job = actions.request_export(wanted, ending, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    rows = [documents.row(event) for event in queries.chunk(who, wanted, None, EXPORT_AT_ONCE)]
    if ending == "csv":
        return attachment(documents.table(rows), "审计日志.csv", CSV)
    return attachment(documents.workbook(rows), "审计日志.xlsx", XLSX)


def _wanted(form: SearchForm) -> queries.Search:
    """What was asked for; a field that cannot be read asks for nothing and says so on the page."""
    form.validate()
    good = {name: value for name, value in form.data.items() if not form[name].errors}
    texts = ("person", "body", "action", "thing", "request")
    return queries.Search(
        **{name: str(good.get(name) or "") for name in texts},
        since=good.get("since"),
        until=good.get("until"),
    )
