"""R30: a refusal changes nothing and leaves one event: who, which endpoint, which answer; no names."""

from __future__ import annotations

import pytest
from sqlalchemy import Row, text

from provincial.core.db import db
from tests.site.walker import Walker
from tests.site.world import CANARY

_EVENTS = text(
    "SELECT e.thing_label, e.after, e.org_path, u.login, e::text AS whole FROM journal_event e "
    "JOIN app_user u ON u.id = e.actor_id WHERE e.action = 'access.deny' ORDER BY e.id"
)


def _denials(walker: Walker, url: str, method: str, who: str) -> tuple[int, list[Row]]:
    found: list[Row] = []
    with walker.app.app_context(), db.engine.engine.begin() as connection:
        connection.execute(text("DELETE FROM rate_counter WHERE bucket LIKE 'denied:%'"))
    answer = walker.request(url, method, who, look=lambda c: found.extend(c.execute(_EVENTS)))
    assert answer.wrote <= {"journal_event"}
    return answer.status, found


@pytest.mark.parametrize(
    ("endpoint", "side", "who", "status"),
    [
        ("audit.search", "near", "KO", 403),
        ("quotas.split", "near", "CO", 403),
        ("papers.withdraw", "near", "KA", 403),
        ("organisations.show", "far", "KO", 404),
        ("jobs.download", "near", "SY", 403),
    ],
)
def test_r30_a_refusal_leaves_an_event(
    walker: Walker, endpoint: str, side: str, who: str, status: int
) -> None:
    url = walker.address(endpoint, side)
    method = "GET" if "GET" in walker.methods(endpoint) else "POST"
    answered, events = _denials(walker, url, method, who)
    assert answered == status
    (event,) = events
    assert event.thing_label == endpoint
    assert event.login == f"matrix-{who.lower()}"
    assert event.after == {"endpoint": endpoint, "method": method, "path": url, "status": status}
    assert CANARY not in event.whole


def test_r30_the_same_refusal_is_noted_once_a_minute(walker: Walker) -> None:
    url = walker.address("audit.search", "near")
    assert len(_denials(walker, url, "GET", "KO")[1]) == 1
    found: list[Row] = []
    walker.request(url, "GET", "KO", look=lambda c: found.extend(c.execute(_EVENTS)))
    assert found == [], "the first was rolled back by the walker, the second was not written"


def test_r30_what_is_allowed_or_does_not_exist_for_anybody_is_no_refusal(walker: Walker) -> None:
    assert _denials(walker, "/home", "GET", "KO") == (200, [])
    assert _denials(walker, "/no-such-page", "GET", "KO") == (404, [])
    assert _denials(walker, "/journal/", "GET", "--")[1] == []
