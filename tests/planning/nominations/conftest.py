"""Fixtures of nominations: the race needs a site on a database of its own."""

from __future__ import annotations

from tests.planning.quotas.conftest import site

__all__ = ["site"]
