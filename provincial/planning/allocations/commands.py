"""``flask quotas import``: a province's table from the command line, as in the browser."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from provincial.core import clock
from provincial.core.db import db, transaction
from provincial.core.findings import Finding, blocking
from provincial.core.refusals import Refusal
from provincial.core.viewer import Viewer
from provincial.office.imports import actions as imports
from provincial.people.accounts import queries as accounts
from provincial.planning.allocations import actions, importer, queries
from provincial.planning.plans.models import ProjectCategory
from provincial.web.filters import translate

quotas_cli = AppGroup("quotas", help="Places of a plan's categories.")


@quotas_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--plan", "plan_code", required=True, help="The plan's code, as henan-2023.")
@click.option("--project-category", "category_code", required=True, help="The category's code.")
@click.option("--dry-run", is_flag=True, help="Say what the file says; save nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--as", "maker", help="Account of the officer who prepares the table.")
@click.option("--approved-by", "approver", help="Account of the second officer who issues it.")
@click.option("--reason", default="", help="Why a table in force is corrected.")
def import_table(
    file: Path,
    plan_code: str,
    category_code: str,
    dry_run: bool,
    as_json: bool,
    maker: str | None,
    approver: str | None,
    reason: str,
) -> None:
    """Read the quota table FILE; without --dry-run import and issue it by two officers (HN-32)."""
    with force_locale("zh_Hans"):
        category = queries.category_by_code(plan_code, category_code)
        if category is None:
            raise click.ClickException(f"没有计划 {plan_code} 或其类别 {category_code}。")
        data = file.read_bytes()
        try:
            understood = importer.understand(category, data, file.name)
            answer = _answer(category, understood)
            issued = None
            if not dry_run and not blocking(understood.findings):
                issued = _issue(category, data, file.name, understood, maker, approver, reason)
        except Refusal as refusal:
            answer = {"units": {}, "total": 0, "findings": _plain(refusal.as_findings())}
            _print(answer, as_json)
            sys.exit(1)
        _print(answer | ({"issued": issued} if issued is not None else {}), as_json)
        if blocking(understood.findings):
            sys.exit(1)


def _answer(category: ProjectCategory, understood: importer.Understood) -> dict[str, object]:
    supply = queries.supply(category, importer.wanted(category, understood.table))
    return {
        "units": understood.by_name,
        "total": understood.table.total,
        "findings": _plain([*understood.findings, *([supply] if supply else [])]),
    }


def _plain(findings: list[Finding]) -> list[dict[str, str]]:
    return [
        {
            "severity": finding.severity.value,
            "cell": finding.cell,
            "message": translate(finding.message),
            "rule": finding.rule,
            "mend": translate(finding.mend) if finding.mend else "",
        }
        for finding in findings
    ]


def _issue(
    category: ProjectCategory,
    data: bytes,
    name: str,
    understood: importer.Understood,
    maker: str | None,
    approver: str | None,
    reason: str,
) -> dict[str, object]:
    """Import, submit and issue in one transaction; nothing stays when any step refuses."""
    first, second = _officer(maker, "--as"), _officer(approver, "--approved-by")
    cells = importer.wanted(category, understood.table)
    with transaction():
        if not queries.view_of(category, cells).changes:
            return {"changed_cells": 0, "batch": None}
        run = imports.receive(
            queries.KIND,
            data,
            name,
            organisation_id=first.organisation_id,
            context={"category": category.id},
            by=first,
        )
        kept = {"cells": queries.as_data(cells)}
        imports.record_check(run, kept, understood.findings, understood.counts)
        table = actions.prepare(
            category, cells, "import", by=first, findings=understood.findings, run=run
        )
        changed = len(queries.view_of(category, cells).changes)
        actions.submit(table, reason=reason or "重新导入名额分配表", by=first)
        batch = actions.issue(table, by=second, on=clock.today())
        return {"changed_cells": changed, "batch": batch.id, "table": table.id}


def _officer(login: str | None, option: str) -> Viewer:
    if not login:
        raise click.ClickException(f"不带 --dry-run 时必须给出 {option}。")
    user = accounts.find_user(login)
    memberships = accounts.current_memberships(user.id, clock.today()) if user else []
    for membership in memberships:
        viewer = accounts.viewer_for(membership.user, membership)
        if viewer.is_any("province_administrator", "province_officer"):
            return viewer
    db.session.rollback()
    raise click.ClickException(f"{option}：{login} 不是省级工作人员的账号。")


def _print(answer: dict[str, object], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    units = answer["units"]
    assert isinstance(units, dict)  # noqa: S101  made above
    for unit, row in units.items():
        click.echo(f"{unit}：{sum(row.values())}")
    click.echo(f"合计：{answer['total']}")
    findings = answer["findings"]
    assert isinstance(findings, list)  # noqa: S101  made above
    for finding in findings:
        place = f"{finding['cell']} " if finding["cell"] else ""
        click.echo(f"[{finding['severity']}] {place}{finding['message']} {finding['rule']}")
