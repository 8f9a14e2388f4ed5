"""THE table of pages: blueprint, url prefix, places of the menu; and of commands and services."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask
from flask.cli import AppGroup

from provincial import schedule
from provincial.web.navigation import Place

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
