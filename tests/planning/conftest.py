"""Fixtures of the planning wing."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.planning.office import Office, make_office


@pytest.fixture
def office(session: Session) -> Office:
    """A provincial office with two officers."""
    return make_office(session)
