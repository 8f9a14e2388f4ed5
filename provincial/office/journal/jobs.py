"""Sealing every minute."""

from __future__ import annotations

from provincial.core.db import transaction
from provincial.office.journal import actions


def seal_journal() -> None:
    """Seal what has settled; a tick of every minute."""
    with transaction():
        actions.seal()
