"""A session that runs out while a person sits before the page, in a real browser (R20, R26)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import update

from provincial.core import clock
from provincial.core.db import db
from provincial.people.accounts.models import UserSession
from tests.journeys.conftest import Site
from tests.journeys.test_frame import signed_in

pytestmark = pytest.mark.browser


def test_r20_the_page_warns_five_minutes_before_and_a_button_keeps_the_session(
    window: BrowserContext, site: Site
) -> None:
    page = signed_in(window, site, "KA")
    page.clock.install()
    page.goto(f"{site.address}/me/contact")
    warning = page.locator("[data-idle]")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("10:10")
    expect(page.locator("[data-idle-soon]")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert Axe().run(page).response["violations"] == []
    with page.expect_response("**/session") as answer:
        warning.locator("button").click()
    assert answer.value.status == 204
    expect(warning).to_be_hidden()
    page.clock.fast_forward("16:00")
    expect(page.locator("[data-idle-over]")).to_be_visible()
    expect(warning.locator("button")).to_be_hidden()


def test_r26_what_was_typed_survives_the_end_of_the_session(
    app: Flask, window: BrowserContext, site: Site
) -> None:
    page = signed_in(window, site, "KO")
    page.goto(f"{site.address}/me/contact")
    page.fill("input[name=email]", "ko@example.org")
    with app.app_context():
        ends = update(UserSession).values(last_seen_at=clock.now() - timedelta(minutes=15))
        db.session.execute(ends)
        db.session.commit()
    page.click("main form [type=submit]")
    page.fill("input[name=login]", site.logins["KO"])
    page.fill("input[name=password]", site.password)
    page.click("main form [type=submit]")
    page.click("main form [type=submit]")
    page.wait_for_url("**/me")
    assert "ko@example.org" in page.inner_text("main")
    # A page that was opened before a sign-in in another window is sent with one more press.
    page.goto(f"{site.address}/me/contact")
    page.fill("input[name=email]", "second@example.org")
    window.clear_cookies()
    signed_in(window, site, "KO")
    page.click("main form [type=submit]")
    page.click("main form [type=submit]")
    page.wait_for_url("**/me")
    assert "second@example.org" in page.inner_text("main")
