"""R30: whatever leaves the site as a workbook leaves an event: who, what, how many rows, which filter."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.site.access_table import read_table
from tests.site.walker import WHO, Answer, Walker

_PEOPLE, TABLE = read_table()
#: Workbooks without data: an empty form to fill in, and annexes that the notice itself publishes.
NO_DATA = {
    "attachments.download",
    "banlists.template",
    "namelists.template",
    "portal.document",
    "rosters.template",
    "schools.template",
}
#: The last event, and the sign-in name of who did it.
_LAST = text(
    "SELECT event.action, event.thing_type, event.after, u.login FROM journal_event event "
    "JOIN app_user u ON u.id = event.actor_id ORDER BY event.id DESC LIMIT 1"
)


def _is_table(answer: Answer) -> bool:
    name = answer.headers.get("Content-Disposition", "").lower()
    return answer.status == 200 and name.endswith((".xlsx", ".xls", ".ods", ".csv"))


def _who_may(endpoint: str) -> tuple[str, str] | None:
    """Somebody whom the access table lets in, and the side on which."""
    for side in ("-", "near", "far"):
        signs = TABLE.get((endpoint, side), "")
        for who, sign in zip(WHO, signs, strict=False):
            if sign == "+":
                return who, "near" if side == "-" else side
    return None


@pytest.fixture(scope="module")
def tables(walker: Walker) -> dict[str, tuple[str, Answer, object]]:
    """Every endpoint that answers with a table: who asked, the answer, and the last event then."""
    found: dict[str, tuple[str, Answer, object]] = {}
    for endpoint in walker.rules:
        place = _who_may(endpoint)
        if place is None or endpoint in ("static", "bootstrap.static"):
            continue
        who, side = place
        for method in sorted(walker.methods(endpoint)):
            events: list[object] = []
            answer = walker.request(
                walker.address(endpoint, side, who),
                method,
                who,
                look=lambda c, r=events: r.append(c.execute(_LAST).one_or_none()),
            )
            if _is_table(answer):
                found[endpoint] = (who, answer, events[0])
    return found


def test_r30_the_lists_are_found(tables: dict[str, tuple[str, Answer, object]]) -> None:
    wanted = {
        "acting.export", "allocations.export", "allocations.template", "allocations.workbook",
        "audit.export", "boards.export", "exports.background_work", "figures.workbook",
        "imports.export", "imports.original", "imports.results", "jobs.download",
        "messages.export", "messages.export_mail", "organisations.export", "papers.export",
        "plans.export", "rulebooks.export", "rulebooks.export_builtin", "staff.export_users",
        "selection.export", "teachers.export", "workbooks.workbook",
    }  # fmt: skip
    missing = ", ".join(sorted(wanted - tables.keys()))
    assert not missing


def test_r30_every_export_leaves_an_event(
    tables: dict[str, tuple[str, Answer, object]],
) -> None:
    troubles = []
    for endpoint, (who, answer, event) in tables.items():
        if endpoint in NO_DATA:
            continue
        if "journal_event" not in answer.wrote or event is None:
            troubles.append(f"{endpoint}: no event")
            continue
        if event.login != f"matrix-{who.lower()}":  # type: ignore[attr-defined]
            troubles.append(f"{endpoint}: the event does not say who")
        after = event.after or {}  # type: ignore[attr-defined]
        if not isinstance(after.get("rows"), int):
            troubles.append(f"{endpoint}: the event does not say how many rows")
        if not isinstance(after.get("filter"), dict):
            troubles.append(f"{endpoint}: the event does not say under which filter")
    assert not troubles, "\n".join(troubles)


def test_r30_r26_no_export_hides_behind_a_get(
    tables: dict[str, tuple[str, Answer, object]],
) -> None:
    """A GET writes nothing, so it could not leave an event."""
    hidden = [e for e, (_w, answer, _e) in tables.items() if answer.method == "GET"]
    assert set(hidden) <= NO_DATA
