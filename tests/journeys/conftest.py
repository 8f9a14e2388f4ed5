"""The real site on a committed database of its own, and a real browser with Chinese fonts."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from provincial.adapters.passwords import hash_password
from provincial.core import clock
from provincial.core.db import db
from tests.people.factories import PASSWORD
from tests.schema import living_on, new_database
from tests.site.world import World, build_world

CHROMIUM = "/usr/bin/chromium"


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


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium with the font wheel, so that Chinese is drawn on a machine without fonts."""
    fonts = tmp_path_factory.mktemp("fonts") / "fonts.conf"
    wheel = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    assert wheel is not None
    assert wheel.submodule_search_locations
    folder = Path(wheel.submodule_search_locations[0])
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{folder}</dir><dir>/usr/share/fonts</dir>"
        f"<cachedir>{fonts.parent / 'cache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox"],
            env={"FONTCONFIG_FILE": str(fonts), "HOME": str(fonts.parent)},
        )
        yield browser
        browser.close()


@pytest.fixture(params=[1280, 390], ids=["wide", "narrow"])
def window(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser window of either width."""
    context = browser.new_context(viewport={"width": request.param, "height": 900}, locale="zh-CN")
    context.set_default_timeout(30_000)
    yield context
    context.close()
