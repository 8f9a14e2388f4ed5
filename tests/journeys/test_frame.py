"""The frame of the site as people meet it: sign in, home, language, large text, without barriers."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/quotas/",
    "/bodies/",
    "/papers",
    "/imports/",
    "/jobs/",
    "/messages/",
    "/me",
    "/roles",
)


def signed_in(window: BrowserContext, site: Site, who: str) -> Page:
    page = window.new_page()
    page.goto(f"{site.address}/sign-in")
    page.fill("input[name=login]", site.logins[who])
    page.fill("input[name=password]", site.password)
    page.click("main form button[type=submit], main form [type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def test_sign_in_and_see_home(window: BrowserContext, site: Site) -> None:
    page = signed_in(window, site, "KA")
    assert page.locator("h1").count() == 1
    assert page.locator("main#main").is_visible()


def test_wrong_password_keeps_the_door_shut(window: BrowserContext, site: Site) -> None:
    page = window.new_page()
    page.goto(f"{site.address}/sign-in")
    page.fill("input[name=login]", site.logins["KA"])
    page.fill("input[name=password]", "not this one at all")
    page.click("main form [type=submit]")
    assert "/sign-in" in page.url
    assert page.input_value("input[name=login]") == site.logins["KA"]


def test_language_and_large_text_stay_chosen(window: BrowserContext, site: Site) -> None:
    page = signed_in(window, site, "PA")
    for button in ("form[action='/language'] button[value=en]", "form[action='/text-size'] button"):
        # On a phone they stand in the drawer: sent here as the drawer's button would send them.
        with page.expect_navigation():
            page.locator(button).last.evaluate("button => button.form.requestSubmit(button)")
    page.goto(f"{site.address}/bodies/")
    assert page.get_attribute("html", "lang") == "en"
    assert "large" in (page.get_attribute("html", "class") or "")


@pytest.mark.parametrize("who", ["PA", "KA", "SA"])
def test_pages_fit_and_axe_finds_nothing(window: BrowserContext, site: Site, who: str) -> None:
    page = signed_in(window, site, who)
    troubles: list[str] = []
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda fault: troubles.append(str(fault)))
    for path in PAGES:
        answer = page.goto(site.address + path)
        if answer is None or answer.status != 200:
            troubles.append(f"{path}: {answer.status if answer else 'nothing'}")
            continue
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            troubles.append(f"{path} is wider than the window")
        found = Axe().run(page).response["violations"]
        troubles += [f"{path} {v['id']} {v['nodes'][0]['html'][:120]}" for v in found]
    assert troubles == []


@pytest.mark.parametrize("width", [640, 900])
def test_at_twice_the_size_no_page_is_wider_than_the_window(
    browser: Browser, site: Site, width: int
) -> None:
    """200 % zoom of a 1280 pixel window leaves 640: lists scroll in their own box."""
    window = browser.new_context(viewport={"width": width, "height": 700}, locale="zh-CN")
    page = signed_in(window, site, "PA")
    wide = []
    for path in (*PAGES, "/teachers/", "/figures/"):
        page.goto(site.address + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    window.close()
    assert wide == []
