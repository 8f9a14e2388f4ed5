"""``flask journal``: seal, verify, and print the end of the chain."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from provincial.core.db import transaction
from provincial.office.journal import actions, queries

group = AppGroup("journal", help="The journal and its seals.")


@group.command("verify")
def verify() -> None:
    """Check the journal against its seals; exit 1 names the first event that does not agree."""
    fault = actions.verify()
    if fault is not None:
        what = f"event {fault.event}" if fault.event else "the seal itself"
        click.echo(f"Not as sealed: {what} (seal {fault.seal}).", err=True)
        sys.exit(1)
    head = queries.last_seal()
    rest = queries.unsealed(head.covers_until if head else None)
    click.echo(f"{queries.count_seals()} seals agree; {rest} newer events are not sealed yet.")
    if head is not None:
        click.echo(f"Head: {head.digest.hex()} (seal {head.id}, event {head.last_event_id}).")


@group.command("seal")
def seal() -> None:
    """Seal now what has settled."""
    with transaction():
        made = actions.seal()
        click.echo(f"Sealed {made.events} events." if made else "Nothing to seal.")
