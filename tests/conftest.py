"""The real database for every test: one server, one database per worker, one savepoint per test."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from provincial import create_app
from provincial.adapters.postgres import ensure_server
from provincial.core.db import db
from tests.schema import build_schema

SHARED = Path(tempfile.gettempdir()) / f"provincial-tests-{os.getuid()}"


@pytest.fixture(scope="session")
def database_url(worker_id: str) -> str:
    """A database of this worker's own, copied from a template that one worker builds."""
    server = os.environ.get("TEST_DATABASE_URL") or ensure_server(SHARED)
    SHARED.mkdir(exist_ok=True)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"alone-{os.getpid()}")
    template = f"template_{run[:12].replace('-', '_')}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with (SHARED / "build.lock").open("w") as lock, admin.connect() as connection:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = connection.scalar(
            text("select 1 from pg_database where datname = :n"), {"n": template}
        )
        if not known:
            connection.execute(text(f'create database "{template}"'))
            build_schema(str(make_url(server).set(database=template).render_as_string(False)))
        own = f"test_{run[:12].replace('-', '_')}_{worker_id}"
        connection.execute(text(f'drop database if exists "{own}" with (force)'))
        connection.execute(text(f'create database "{own}" template "{template}"'))
    admin.dispose()
    return make_url(server).set(database=own).render_as_string(False)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The xdist worker's name, or ``main`` when run without xdist."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance folder of this worker: keys and files."""
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def app(database_url: str, instance: Path) -> Flask:
    """The whole site, on this worker's database."""
    app = create_app({"DATABASE_URL": database_url, "PTP_INSTANCE": str(instance)})
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session inside a transaction that is rolled back after the test; commits are savepoints."""
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        outer = connection.begin()
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        # Flask-SQLAlchemy looks the engine up for each statement and ignores the session's own bind.
        db.engines[None] = connection  # type: ignore[index]
        try:
            yield db.session()
        finally:
            db.session.remove()
            db.engines[None] = engine  # type: ignore[index]
            outer.rollback()
            connection.close()


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser without script that sees the test's own transaction."""
    return app.test_client()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium with the font wheel, so that Chinese is drawn on a machine without fonts.

    One for the whole worker: a second driver cannot start while the first is open.
    """
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
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox"],
            env={"FONTCONFIG_FILE": str(fonts), "HOME": str(fonts.parent)},
        )
        yield browser
        browser.close()
