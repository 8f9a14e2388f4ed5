"""Who looks, in the tests of the office: a plain viewer, without accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from provincial.core.identity import match_key
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation

BrowseAs = Callable[[Viewer], FlaskClient]


def make_body(session: Session, name: str, kind: str, parent: Organisation | None) -> Organisation:
    """A body of the tree."""
    body = Organisation(
        kind=kind,
        code=f"T-{name}",
        name=name,
        name_key=match_key(name),
        parent_id=parent.id if parent else None,
        quota_parent_id=parent.id if parent else None,
        path="/",
        quota_path="/",
    )
    session.add(body)
    session.flush()
    body.path = body.quota_path = (parent.path if parent else "/") + f"{body.id}/"
    session.flush()
    return body


def viewer_of(body: Organisation, role: str, user_id: int = 1, name: str = "李明") -> Viewer:
    """Somebody who acts for a body."""
    return Viewer(
        user_id=user_id,
        name=name,
        organisation_id=body.id,
        organisation_name=body.name,
        organisation_kind=body.kind,
        path=body.path,
        quota_path=body.quota_path,
        role=role,
    )


@pytest.fixture
def office(session: Session) -> Organisation:
    """The provincial office."""
    return make_body(session, "省教育厅", "provincial_office", None)


@pytest.fixture
def city(session: Session, office: Organisation) -> Organisation:
    """A city below it."""
    return make_body(session, "甲市教育局", "city_bureau", office)


@pytest.fixture
def other_city(session: Session, office: Organisation) -> Organisation:
    """Its neighbour, who must see nothing of it."""
    return make_body(session, "乙市教育局", "city_bureau", office)


@pytest.fixture
def officer(office: Organisation) -> Viewer:
    """An officer of the province."""
    return viewer_of(office, "province_officer")


@pytest.fixture
def administrator(officer: Viewer) -> Viewer:
    """An administrator of the province."""
    return replace(officer, role="province_administrator", user_id=2, name="王芳")


@pytest.fixture
def auditor(officer: Viewer) -> Viewer:
    """The auditor, who changes nothing."""
    return replace(officer, role="auditor", user_id=3, name="赵静")


@pytest.fixture
def clerk(city: Organisation) -> Viewer:
    """An officer of the city."""
    return viewer_of(city, "bureau_officer", 11, "张伟")


@pytest.fixture
def neighbour(other_city: Organisation) -> Viewer:
    """An officer of the neighbouring city."""
    return viewer_of(other_city, "bureau_officer", 12, "刘洋")


@pytest.fixture
def browse_as(app: Flask, client: FlaskClient) -> Iterator[BrowseAs]:
    """A browser in which the given person is signed in."""
    seats: list[Viewer] = []

    def sit() -> None:
        if seats:
            g.viewer = seats[-1]

    hooks = app.before_request_funcs.setdefault(None, [])
    hooks.append(sit)
    app.config["WTF_CSRF_ENABLED"] = False

    def browse(who: Viewer) -> FlaskClient:
        seats.append(who)
        return client

    yield browse
    hooks.remove(sit)
    app.config["WTF_CSRF_ENABLED"] = True
