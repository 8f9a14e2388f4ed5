"""THE table of pages: blueprint, url prefix, places of the menu; and of commands and services."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask
from flask.cli import AppGroup

from provincial import schedule
from provincial.office.files import models as files_tables
from provincial.office.imports import models as imports_tables
from provincial.office.jobs import models as jobs_tables
from provincial.office.journal import models as journal_tables
from provincial.office.messages import models as messages_tables
from provincial.office.papers import models as papers_tables
from provincial.people.accounts import models as accounts_tables
from provincial.people.organisations import models as organisations_tables
from provincial.planning.allocations import models as allocations_tables
from provincial.planning.ledger import models as ledger_tables
from provincial.planning.plans import models as plans_tables
from provincial.planning.rulebooks import models as rulebooks_tables
from provincial.web.navigation import Place

#: Every module of tables, so that the metadata is whole whatever else is imported.
TABLES = (
    journal_tables,
    files_tables,
    jobs_tables,
    imports_tables,
    messages_tables,
    papers_tables,
    organisations_tables,
    accounts_tables,
    rulebooks_tables,
    plans_tables,
    ledger_tables,
    allocations_tables,
)

#: (blueprint, url prefix)
PAGES: tuple[tuple[Blueprint, str], ...] = ()

#: The menu, in the order of a plan's life.
PLACES: tuple[Place, ...] = ()

COMMANDS: tuple[AppGroup, ...] = ()


def mount(app: Flask) -> None:
    """Put every room on the map."""
    for blueprint, prefix in PAGES:
        app.register_blueprint(blueprint, url_prefix=prefix or None)
    for group in COMMANDS:
        app.cli.add_command(group)
    app.config["PLACES"] = PLACES
    app.config["JOB_HANDLERS"] = schedule.JOBS
    app.config["TICKS"] = schedule.TICKS


def surroundings() -> dict[str, Any]:
    """What rooms add to the frame of every page."""
    return {}
