"""``flask plans``: the plans of this instance."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from provincial.core.db import transaction
from provincial.planning.plans.queries import every_plan
from provincial.planning.plans.rules import PlanState
from provincial.web.filters import translate

group = AppGroup("plans", help="The plans of this instance.")


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_plans(as_json: bool) -> None:
    """Print code, number, title and state of every plan."""
    with transaction(), force_locale("zh_Hans"):
        rows = [
            {
                "code": plan.code,
                "doc_number": plan.doc_number,
                "title": plan.title,
                "year": plan.year,
                "state": plan.state,
                "categories": [category.code for category in plan.categories],
            }
            for plan in every_plan()
        ]
        words = {state.value: translate(state.label) for state in PlanState}
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        state = words[str(row["state"])]
        click.echo(f"{row['code']}\t{row['doc_number']}\t{state}\t{row['title']}")
