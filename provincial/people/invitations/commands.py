"""``flask province``: the beginning of an empty site."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from provincial.adapters.migrations import ensure_tables
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.people.invitations import actions, queries

province = AppGroup("province", help="The beginning of an empty site.")


@province.command("init")
@click.option("--name", default="河南省教育厅", show_default=True, help="The provincial office.")
@click.option("--code", default="410000", show_default=True, help="Its administrative code.")
@click.option("--admin-name", default="", help="The first administrator, as the link greets them.")
@click.option("--divisions", is_flag=True, help="Register the cities, zones and counties too.")
def init(name: str, code: str, admin_name: str, *, divisions: bool) -> None:
    """Found the province and print one single-use link for the first administrator."""
    ensure_tables()
    try:
        with transaction():
            link = actions.found_province(name, code, admin_name, clock.now(), divisions=divisions)
    except Refusal as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo("The first administrator's link (single use, 24 hours):")
    click.echo(actions.link_of(link))


@province.command("first-link")
@click.option("--admin-name", default="", help="The first administrator, as the link greets them.")
def first_link(admin_name: str) -> None:
    """Print a new link when the first one is lost and nobody administers the office yet."""
    try:
        with transaction():
            root = queries.root()
            if root is None:
                raise click.ClickException("There is no province yet: use “flask province init”.")
            link = actions.first_link(root, admin_name, clock.now())
    except Refusal as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(actions.link_of(link))
