"""Sweeping objects that no row names: what a crash between store and commit left behind."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice

from provincial.adapters.services import storage
from provincial.core import clock
from provincial.office.files import queries
from provincial.office.files.rules import SWEEP_AFTER

logger = logging.getLogger(__name__)
BATCH = 500


def sweep() -> None:
    """Delete objects older than the limit that no row names; a tick of the night."""
    keys = storage().keys_before(clock.now() - SWEEP_AFTER)
    gone = 0
    while batch := list(islice(keys, BATCH)):
        for key in _unknown(batch):
            storage().delete(key)
            gone += 1
    if gone:
        logger.info("swept %s stored objects without a row", gone)


def _unknown(batch: list[str]) -> Iterator[str]:
    known = queries.known_keys(batch)
    return (key for key in batch if key not in known)
