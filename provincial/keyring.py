"""``./run keys new``: make the secrets of a new production site, once.

A production site refuses to start without its keys and never makes them by itself: a lost key
folder must be restored from its backup, not silently replaced (R6, R29). So this stands outside
the application.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from provincial.adapters.keys import KeyRingError, new_keys

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> int:
    """Make the keys below the instance folder; 1 when there are some already."""
    if list(arguments) != ["new"]:
        sys.stderr.write("Usage: ./run keys new\n")
        return 2
    folder = Path(os.environ.get("PTP_INSTANCE") or ROOT / "instance").resolve() / "keys"
    try:
        new_keys(folder)
    except KeyRingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Keys were made in {folder}. Back them up apart from the data.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
