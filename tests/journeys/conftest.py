"""The real site on a committed database of its own, and a real browser with Chinese fonts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from provincial.adapters.passwords import hash_password
from provincial.core import clock
from provincial.core.db import db
from tests.people.factories import PASSWORD
from tests.schema import living_on, new_database
from tests.site.world import World, build_world


@dataclass
class Site:
    """Where the site answers, and who is in it."""

    address: str
    logins: dict[str, str]
    password: str = PASSWORD


@pytest.fixture(scope="module")
def site(app: Flask, database_url: str) -> Iterator[Site]:
    """The small province, served over HTTP; everybody has the same password."""
    with new_database(database_url) as url, living_on(app, url):
        world = build_world(db.session())
        logins = _passwords(db.session(), world)
        db.session.remove()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Site(f"http://127.0.0.1:{server.port}", logins)
        server.shutdown()
        thread.join()


def _passwords(session: Session, world: World) -> dict[str, str]:
    secret = hash_password(PASSWORD)
    for user in world.people.values():
        user.password_hash, user.password_set_at = secret, clock.now()
    session.commit()
    return {who: user.login for who, user in world.people.items()}


@pytest.fixture(params=[1280, 390], ids=["wide", "narrow"])
def window(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser window of either width."""
    context = browser.new_context(viewport={"width": request.param, "height": 900}, locale="zh-CN")
    context.set_default_timeout(30_000)
    yield context
    context.close()
