"""R15: whatever stands in an address is answered with a page, never with a fault."""

from __future__ import annotations

import base64
import json

import pytest

from tests.site.walker import Walker

TOO_LARGE = ("9223372036854775808", "99999999999999999999", "9" * 5000)
FOREIGN_DIGITS = ("٣", "１", "²")
ADDRESSES = (
    "/quotas/sheets/{}", "/quotas/batches/{}", "/bodies/{}", "/papers/{}", "/plans/{}", "/users/{}",
    "/imports/{}", "/jobs/{}", "/allocations/tables/{}", "/figures/{}/2022", "/notices/{}",
)  # fmt: skip
LISTS = ("/bodies/", "/papers", "/plans/", "/jobs/", "/messages/", "/imports/", "/users", "/home")


@pytest.mark.parametrize("number", [*TOO_LARGE, *FOREIGN_DIGITS])
def test_r15_a_number_that_no_row_can_have_is_no_page(walker: Walker, number: str) -> None:
    for address in ADDRESSES:
        assert walker.request(address.format(number), "GET", "PO").status == 404, address


def test_r15_a_nul_in_an_address_is_refused(walker: Walker) -> None:
    assert walker.request("/rulebooks/rules/%00HN-38", "GET", "PO").status == 404
    assert walker.request("/search?q=%00", "GET", "PO").status == 400


def _token(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        _token([]), _token(["\x00", 1]), _token(["\ud800", 1]), _token([0, "\x00", 1]),
        _token([1, 10**30]), _token(b"[" * 3000), _token(b"[1e400]"), _token(b"[NaN, NaN]"),
        _token(["0001-01-01T00:00:00+14:00", 1]), "é", "=",
    ],
)  # fmt: skip
def test_r15_a_page_key_that_is_not_ours_gives_the_first_page(walker: Walker, token: str) -> None:
    for address in LISTS:
        for way in ("after", "before"):
            assert walker.request(f"{address}?{way}={token}", "GET", "PO").status < 500, address


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "10000-01-01", "2023-02-29"])
def test_r15_a_day_that_cannot_be_meant_is_asked_again(walker: Walker, day: str) -> None:
    assert walker.request(f"/journal/?since={day}&until={day}", "GET", "AU").status == 200
    assert walker.request(f"/quotas/{walker.sides['near']['category_id']}/board?at={day}", "GET", "PO").status < 500  # fmt: skip
