"""Starts the site and watches it: ``python -m provincial.launch [--check]``, called by ``./run``.

Reads PTP_INSTANCE (folder), HOST, PORT, DATABASE_URL and PTP_PRODUCTION. Without DATABASE_URL the
embedded server is used. ``--check`` starts the same on a free port with a throw-away instance,
walks the main job through HTTP and ends with 0 or 1.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import psycopg

from provincial.adapters.postgres_place import ServerError
from provincial.launcher import (
    PROJECT,
    Commands,
    Launcher,
    LaunchError,
    Settings,
    say,
    site_commands,
    stop_on_signals,
)
from provincial.trial import check
from provincial.walkthrough import Account


def launch(settings: Settings, commands: Commands, folder: Path) -> int:
    """Run the site until SIGTERM or SIGINT."""
    launcher = Launcher(settings, commands, folder)
    with stop_on_signals(launcher):
        try:
            launcher.start()
            _greet(settings, launcher.accounts)
            launcher.run()
            say("Stopping.")
        finally:
            launcher.stop()
    return 0


def _greet(settings: Settings, accounts: Sequence[Account]) -> None:
    say(f"\nThe site is up: {settings.address}/\nInstance: {settings.instance}")
    if accounts:
        say("\nDemonstration accounts (they never work on a production site):")
        rows = [("user", "password", "role", "organisation")]
        rows += [(a.user, a.password, a.role, a.organisation) for a in accounts]
        widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (
                cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
            )
            say("  " + "  ".join(cells).rstrip())
    say("\nStop with Ctrl-C.")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def main(arguments: Sequence[str], folder: Path = PROJECT) -> int:
    """The command: no argument to run, ``--check`` to try the site in ``folder``."""
    if list(arguments) not in ([], ["--check"]):
        sys.stderr.write("usage: ./run [--check]\n")
        return 2
    try:
        settings = Settings.read(os.environ)
        if not arguments:
            return launch(settings, site_commands(), folder)
        passed = check(settings, site_commands(), folder)
        say("The check passed." if passed else "The check FAILED.")
        return 0 if passed else 1
    except (LaunchError, ServerError, OSError, psycopg.Error) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
