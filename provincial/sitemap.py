"""THE table of pages: blueprint, url prefix, places of the menu; and of commands and services."""

from __future__ import annotations

from typing import Any

import click
from flask import Blueprint, Flask

from provincial import schedule
from provincial.core.text import t
from provincial.office.files import models as files_tables
from provincial.office.imports import models as imports_tables
from provincial.office.imports import views as imports_views
from provincial.office.jobs import commands as jobs_commands
from provincial.office.jobs import models as jobs_tables
from provincial.office.jobs import views as jobs_views
from provincial.office.journal import commands as journal_commands
from provincial.office.journal import models as journal_tables
from provincial.office.journal import views as journal_views
from provincial.office.journal.permissions import may_audit
from provincial.office.messages import models as messages_tables
from provincial.office.messages import views as messages_views
from provincial.office.messages.permissions import may_run_mail
from provincial.office.messages.queries import unread_count
from provincial.office.papers import models as papers_tables
from provincial.office.papers import views as papers_views
from provincial.people.accounts import models as accounts_tables
from provincial.people.organisations import models as organisations_tables
from provincial.planning.allocations import models as allocations_tables
from provincial.planning.ledger import models as ledger_tables
from provincial.planning.plans import models as plans_tables
from provincial.planning.rulebooks import models as rulebooks_tables
from provincial.web import health
from provincial.web.access import signed_in, viewer_or_none
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
PAGES: tuple[tuple[Blueprint, str], ...] = (
    (health.blueprint, ""),
    (imports_views.blueprint, "/imports"),
    (jobs_views.blueprint, "/jobs"),
    (journal_views.blueprint, "/journal"),
    (messages_views.blueprint, "/messages"),
    (papers_views.blueprint, ""),
)

#: The menu, in the order of a plan's life.
PLACES: tuple[Place, ...] = (
    Place(t("Papers and files"), t("Papers"), "papers.list_papers", signed_in, "file-earmark-text"),
    Place(t("Papers and files"), t("Imports"), "imports.list_runs", signed_in, "table"),
    Place(
        t("Papers and files"), t("Background work"), "jobs.list_jobs", signed_in, "hourglass-split"
    ),
    Place(t("Administration"), t("Audit log"), "journal.search", may_audit, "journal-text"),
    Place(t("Administration"), t("Mail log"), "messages.mail_log", may_run_mail, "envelope"),
)

COMMANDS: tuple[click.Command, ...] = (
    jobs_commands.worker,
    journal_commands.group,
)


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
    who = viewer_or_none()
    return {"unread": unread_count(who)} if who else {}
