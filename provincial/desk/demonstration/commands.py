"""``flask demo``: the demonstration province and its accounts."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from provincial.adapters.migrations import ensure_tables
from provincial.adapters.services import services
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.desk.demonstration import actions, queries
from provincial.desk.demonstration.rules import PASSWORD
from provincial.web.filters import translate

group = AppGroup("demo", help="The demonstration province.")


@group.command("load")
def load() -> None:
    """Fill an empty site with the demonstration province; refuses anything else."""
    ensure_tables()
    try:
        with transaction():
            actions.load(production=services().settings.production, now=clock.now())
    except Refusal as refusal:
        raise click.ClickException(translate(refusal.message)) from refusal
    click.echo("The demonstration province is loaded. Its accounts: flask demo accounts", err=True)


@group.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
def accounts(as_json: bool) -> None:
    """List the demonstration accounts with their shared password."""
    ensure_tables()
    rows = [
        {
            "user": account.user,
            "password": PASSWORD,
            "role": account.role.value,
            "role_label": translate(account.role.label),
            "organisation": account.organisation,
            "organisation_code": account.organisation_code,
        }
        for account in queries.accounts()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(
            "  ".join(
                (row["user"].ljust(16), row["password"], row["role_label"], row["organisation"])
            )
        )
