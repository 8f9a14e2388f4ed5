"""Reorganising in the browser: what it touches is shown first, followers act in the same step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from provincial.core.findings import Finding, Severity
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.desk.reorganisation.rules import Follower
from provincial.people.organisations import actions, queries
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import ChangeKind, Kind, OrganisationChange
from tests.forms import post
from tests.people.factories import make_user, sign_in

DAY = date(2023, 9, 1)
SAID = {"on_date": "2023-09-01", "reason": "区划调整", "document_number": "豫政〔2023〕1号"}


@pytest.fixture
def tree(session: Session) -> dict[str, Organisation]:
    root = actions.found_province("410000", on=DAY)
    found = {"root": root}

    def add(kind: Kind, code: str, name: str, parent: str) -> None:
        found[name] = actions.register(kind, code, name, found[parent], on=DAY, by=None)

    add(Kind.PREFECTURE_CITY, "C1", "甲市", "root")
    add(Kind.PREFECTURE_CITY, "C2", "乙市", "root")
    add(Kind.COUNTY, "A1", "子县", "甲市")
    add(Kind.COUNTY, "A2", "丑县", "乙市")
    add(Kind.SCHOOL, "S1", "子县一小", "子县")
    add(Kind.SCHOOL, "S2", "子县二小", "子县")
    session.commit()
    return found


@pytest.fixture
def officer(client: FlaskClient, session: Session, tree: dict[str, Organisation]) -> FlaskClient:
    sign_in(client, make_user(session, tree["root"]))
    return client


@pytest.fixture
def followed(app: Flask) -> Iterator[list[OrganisationChange]]:
    """A follower that remembers, and refuses what is called 丑县."""
    seen: list[OrganisationChange] = []

    def preview(change: OrganisationChange) -> list[Finding]:
        stop = change.before["name"] == "丑县"
        severity = Severity.BLOCK if stop else Severity.PASS
        return [Finding(severity, t("7 places move along."), code="places")]

    def follow(change: OrganisationChange, _by: Viewer) -> None:
        seen.append(change)

    old = app.config["ORGANISATION_FOLLOWERS"]
    app.config["ORGANISATION_FOLLOWERS"] = (Follower("places", preview, follow),)
    yield seen
    app.config["ORGANISATION_FOLLOWERS"] = old


def confirmed(client: FlaskClient, address: str, data: dict[str, Any]) -> Any:
    """Both steps of a page: what it touches, then the confirmation as the page holds it."""
    first = post(client, address, data)
    assert first.status_code == 200, first.text[:500]
    mark = first.text.split('name="confirmed"')[1].split('value="')[1].split('"')[0]
    assert mark
    return first, post(client, address, {**data, "confirmed": mark})


def test_a_move_shows_what_it_touches_and_is_followed(
    officer: FlaskClient,
    session: Session,
    tree: dict[str, Organisation],
    followed: list[OrganisationChange],
) -> None:
    county = tree["子县"]
    data = {**SAID, "parent_id": str(tree["乙市"].id)}
    first, done = confirmed(officer, f"/reorganisation/{county.id}/move", data)
    assert "7 places move along." in first.text
    assert county.parent_id == tree["甲市"].id or done.status_code == 303
    assert done.status_code == 303
    session.expire_all()
    assert county.parent_id == tree["乙市"].id
    assert [change.kind for change in followed] == [ChangeKind.MOVED]
    assert followed[0].document_number == "豫政〔2023〕1号"
    page = officer.get(f"/bodies/{county.id}").text
    assert "区划调整" in page
    assert f"/reorganisation/{county.id}/take-back" in page
    last = queries.can_take_back(county)
    assert last is not None
    back = {**SAID, "event": str(last.id)}
    _, undone = confirmed(officer, f"/reorganisation/{county.id}/take-back", back)
    assert undone.status_code == 303
    session.expire_all()
    assert county.parent_id == tree["甲市"].id
    assert followed[1].undoes == last.id


def test_what_is_confirmed_is_what_was_shown(
    officer: FlaskClient, session: Session, tree: dict[str, Organisation]
) -> None:
    county = tree["子县"]
    address = f"/reorganisation/{county.id}/merge"
    first = post(officer, address, {**SAID, "successor_id": "A2"})
    mark = first.text.split('name="confirmed"')[1].split('value="')[1].split('"')[0]
    other = {**SAID, "successor_id": "A2", "reason": "另一个理由", "confirmed": mark}
    assert post(officer, address, other).status_code == 200
    session.expire_all()
    assert county.state == "active"


def test_a_follower_that_refuses_stops_the_step(
    officer: FlaskClient,
    session: Session,
    tree: dict[str, Organisation],
    followed: list[OrganisationChange],
) -> None:
    county = tree["丑县"]
    _, answer = confirmed(officer, f"/reorganisation/{county.id}/close", SAID)
    assert answer.status_code == 422
    session.expire_all()
    assert county.state == "active"
    assert followed == []


def test_a_merger_moves_the_schools(
    officer: FlaskClient, session: Session, tree: dict[str, Organisation]
) -> None:
    county = tree["子县"]
    address = f"/reorganisation/{county.id}/merge"
    _, done = confirmed(officer, address, {**SAID, "successor_id": "丑县"})
    assert done.status_code == 303
    session.expire_all()
    assert tree["子县一小"].parent_id == tree["丑县"].id
    unknown = post(
        officer, f"/reorganisation/{tree['丑县'].id}/merge", {**SAID, "successor_id": "寅县"}
    )
    assert unknown.status_code == 422
    assert "寅县" in unknown.text


def test_a_bureau_runs_its_schools_only(
    client: FlaskClient, session: Session, tree: dict[str, Organisation]
) -> None:
    """R3: the county may close its school, not itself; another city's school does not exist."""
    sign_in(client, make_user(session, tree["子县"], "bureau_officer"))
    school, county, city = tree["子县一小"], tree["子县"], tree["乙市"]
    assert client.get(f"/reorganisation/{school.id}/close").status_code == 200
    assert client.get(f"/reorganisation/{county.id}/close").status_code == 403
    assert client.get(f"/reorganisation/{city.id}/close").status_code == 404
    _, done = confirmed(client, f"/reorganisation/{school.id}/close", SAID)
    assert done.status_code == 303
    session.expire_all()
    assert school.state == "closed"
    assert client.get(f"/reorganisation/{school.id}/close").status_code == 403
    _, done = confirmed(client, f"/reorganisation/{school.id}/reopen", SAID)
    session.expire_all()
    assert school.state == "active"


def test_a_stale_page_is_refused(
    officer: FlaskClient, session: Session, tree: dict[str, Organisation]
) -> None:
    """R14: somebody else has changed the body in between."""
    school = tree["子县一小"]
    data = {**SAID, "version": "77"}
    _, answer = confirmed(officer, f"/reorganisation/{school.id}/close", data)
    assert answer.status_code == 409
    assert "区划调整" in answer.text
    session.expire_all()
    assert school.state == "active"
