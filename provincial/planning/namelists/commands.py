"""``flask nominations import``: a list of names from the command line, as in the browser."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from provincial.core import clock
from provincial.core.db import db, transaction
from provincial.core.findings import Finding
from provincial.core.refusals import Refusal
from provincial.core.viewer import Viewer
from provincial.people.accounts import queries as accounts
from provincial.people.organisations.models import Organisation
from provincial.planning.conditions.queries import articles
from provincial.planning.namelists import documents, importer, permissions, queries
from provincial.planning.namelists.importer import Checked
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.plans.queries import current_rulebook

nominations_cli = AppGroup("nominations", help="Nominations of teachers.")


@nominations_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--plan", "plan_code", required=True, help="The plan's code, as henan-2023.")
@click.option("--project-category", "category_code", required=True, help="The category's code.")
@click.option("--unit", "unit_code", required=True, help="The code of the unit whose list it is.")
@click.option("--dry-run", is_flag=True, help="Say what the list says; save nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--as", "login", help="Account of the officer who enters the list.")
@click.option("--reason", default="", help="Why rows with warnings are entered all the same.")
def import_list(
    file: Path,
    plan_code: str,
    category_code: str,
    unit_code: str,
    dry_run: bool,
    as_json: bool,
    login: str | None,
    reason: str,
) -> None:
    """Judge the list FILE row by row; without --dry-run take its good rows in (HN-37)."""
    with force_locale("zh_Hans"):
        category = queries.category_by_code(plan_code, category_code)
        if category is None:
            raise click.ClickException(f"没有计划 {plan_code} 或其类别 {category_code}。")
        unit = queries.unit_by_code(unit_code)
        if unit is None:
            raise click.ClickException(f"没有代码为 {unit_code} 的单位。")
        cited = articles(current_rulebook(category.plan))
        taken: dict[str, Any] = {}
        try:
            if dry_run:
                now = clock.now()
                checked = importer.check(file.read_bytes(), file.name, category, unit, now)
                db.session.rollback()
            else:
                checked = _take_in(file, category, unit, login, reason)
                taken = {"entered": len(checked.good)}
        except Refusal as refusal:
            found = [_plain(one, cited) for one in refusal.as_findings()]
            _print({"rows": [], "counts": {}, "findings": found}, as_json)
            sys.exit(1)
        _print(_answer(checked, cited) | taken, as_json)
        sys.exit(1 if checked.stops else 0)


def _take_in(
    file: Path, category: ProjectCategory, unit: Organisation, login: str | None, reason: str
) -> Checked:
    by = _officer(login, unit)
    with transaction():
        run = importer.receive(file.read_bytes(), file.name, category, unit, by=by, now=clock.now())
        return importer.take_in(run, reason, by=by, now=clock.now())


def _answer(checked: Checked, cited: dict[str, str]) -> dict[str, Any]:
    return {
        "rows": [documents.row_as_data(row, cited) for row in checked.rows],
        "counts": checked.counts | {"findings": checked.by_code},
        "findings": [_plain(one, cited) for one in checked.of_list],
    }


def _plain(finding: Finding, cited: dict[str, str]) -> dict[str, str]:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "cell": finding.cell,
        "message": documents.sentence(finding, cited),
        "rule": finding.rule,
    }


def _officer(login: str | None, unit: Organisation) -> Viewer:
    if not login:
        raise click.ClickException("不带 --dry-run 时必须给出 --as。")
    user = accounts.find_user(login)
    memberships = accounts.current_memberships(user.id, clock.today()) if user else []
    for membership in memberships:
        viewer = accounts.viewer_for(membership.user, membership)
        if permissions.may_bring(viewer) and viewer.organisation_id == unit.id:
            return viewer
    db.session.rollback()
    raise click.ClickException(f"--as：{login} 不是{unit.name}可以推荐教师的账号。")


def _print(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for row in answer["rows"]:
        for finding in row["findings"]:
            click.echo(
                f"{row['number']} [{row['verdict']}] {finding['column']}：{finding['message']}"
            )
    for finding in answer.get("findings", ()):
        click.echo(f"[{finding['severity']}] {finding['message']}")
    click.echo(json.dumps(answer["counts"], ensure_ascii=False))
