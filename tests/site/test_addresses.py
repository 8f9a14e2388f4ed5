"""R15: whatever stands in an address is answered with a page, never with a fault."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.site.walker import Walker

TOO_LARGE = ("9223372036854775808", "99999999999999999999", "9" * 5000)
FOREIGN_DIGITS = ("٣", "１", "²")


@pytest.fixture
def officer(walker: Walker) -> FlaskClient:
    """Somebody who may open nearly everything."""
    return walker.clients["province_officer"]


@pytest.mark.parametrize("number", [*TOO_LARGE, *FOREIGN_DIGITS])
def test_r15_a_number_that_no_row_can_have_is_no_page(officer: FlaskClient, number: str) -> None:
    for address in ("/quotas/sheets/{}", "/bodies/{}", "/papers/{}", "/plans/{}", "/users/{}"):
        assert officer.get(address.format(number)).status_code == 404, address
