"""The visible frame: every layout and component is valid, labelled, and keeps the policy."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup, Tag
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

import provincial
from tests.web.gallery_app import make_gallery

ROOT = Path(provincial.__file__).parent
TEMPLATES = sorted(
    path
    for folder in ("layout", "components", "errors", "desk/home")
    for path in (ROOT / "templates" / folder).rglob("*.html")
)
CATALOGUE = ROOT / "translations/web/zh_Hans/LC_MESSAGES/messages.po"
ADDRESSES = [
    "/",
    "/?empty=1",
    "/gallery/list",
    "/gallery/list?sort=-places&support=1&large=1",
    "/gallery/thing",
    "/gallery/grid",
    "/gallery/board",
    "/gallery/form",
    "/public/portal",
    "/public/signin",
    "/error/404",
    "/error/422",
]

# One of each archetype is enough for the slow look in the browser.
LOOKED_AT = [
    "/",
    "/gallery/list?sort=-places&support=1&large=1",
    "/gallery/thing",
    "/gallery/grid",
    "/gallery/board",
    "/gallery/form",
    "/error/422",
]


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The gallery in Chinese, with the catalogue compiled as the site compiles it."""
    folder = tmp_path_factory.mktemp("translations")
    compiled = folder / "zh_Hans/LC_MESSAGES/messages.mo"
    compiled.parent.mkdir(parents=True)
    buffer = BytesIO()
    with CATALOGUE.open("rb") as source:
        write_mo(buffer, read_po(source, locale="zh_Hans"))
    compiled.write_bytes(buffer.getvalue())
    return make_gallery(str(folder))


def soup(gallery: Flask, address: str) -> BeautifulSoup:
    answer = gallery.test_client().get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html5lib")


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_page_is_valid_html(gallery: Flask, address: str, language: str) -> None:
    joint = "&" if "?" in address else "?"
    text = gallery.test_client().get(f"{address}{joint}lang={language}")
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(text.get_data(as_text=True))


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_is_named_and_labelled(gallery: Flask, address: str) -> None:
    page = soup(gallery, address)
    assert page.title is not None
    assert not (page.title.string or "·").startswith(" ·")
    assert len(page.find_all("h1")) == 1
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for control in page.select("input:not([type=hidden]), select, textarea"):
        named = control.get("aria-label") or control.find_parent("label")
        assert named or page.select_one(f'label[for="{control["id"]}"]'), control
    for described in page.select("[aria-describedby]"):
        for target in str(described["aria-describedby"]).split():
            assert page.find(id=target), (described, target)
    for link in page.select('a[href^="#"]'):
        assert page.find(id=str(link["href"])[1:]), link


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_posting_form_carries_the_token(gallery: Flask, address: str) -> None:
    """R26: no form that writes goes without its token."""
    forms = soup(gallery, address).select('form[method="post"]')
    bare = [f for f in forms if f.get("action") and not f.select_one('[name="csrf_token"]')]
    # The sample form of the gallery is built without a token so that its errors can be shown.
    assert [f["class"] for f in bare if f.get("class") != ["form"]] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_template_keeps_the_page_policy(path: Path) -> None:
    """R25: nothing inline, nothing marked safe, nothing from elsewhere."""
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=\"https?:", text)
    assert text.startswith("{#-") or path.name == "_mark.html", (
        "say what it is for and what it takes"
    )
    assert len(text.splitlines()) <= 150


def test_module_is_small() -> None:
    lines = sum(len(p.read_text().splitlines()) for p in (ROOT / "static").glob("*.js"))
    assert lines <= 400


def test_text_is_printed_in_the_readers_language(gallery: Flask) -> None:
    assert soup(gallery, "/").html["lang"] == "zh-Hans"  # type: ignore[index]
    assert "待办" in soup(gallery, "/").get_text()
    assert "To do" in soup(gallery, "/?lang=en").get_text()


def test_nothing_to_do_reads_as_a_pleasure(gallery: Flask) -> None:
    page = soup(gallery, "/?empty=1")
    assert page.select_one(".empty-mark-good")
    assert "都办完了" in page.get_text()


def test_large_text_is_a_class_of_the_root(gallery: Flask) -> None:
    root = soup(gallery, "/?large=1").html
    assert isinstance(root, Tag)
    assert root["class"] == ["large"]


def test_finding_says_verdict_measure_article_and_quote(gallery: Flask) -> None:
    blocked = soup(gallery, "/gallery/thing").select_one(".finding-block")
    assert blocked is not None
    text = " ".join(blocked.get_text(" ").split())
    for part in (
        "不通过",
        "实际 135，规定 132",
        "教办师〔2023〕389号 三(二)",
        "名额到校、通知到人",
        "请收回 3 个名额",
    ):
        assert part in text


def test_errors_are_listed_at_the_top_and_at_their_field(gallery: Flask) -> None:
    page = soup(gallery, "/gallery/form")
    summary = page.select_one(".error-summary")
    assert summary is not None
    linked = {str(a["href"])[1:] for a in summary.select("a")}
    assert {"name", "opens"} <= linked
    for name in linked:
        field = page.find(id=name)
        assert isinstance(field, Tag)
        assert field["aria-invalid"] == "true"
        assert page.find(id=f"{name}-error")


def test_sort_link_turns_round_and_keeps_the_filter(gallery: Flask) -> None:
    page = soup(gallery, "/gallery/list?q=a&sort=places&after=x")
    head = page.select_one('th[aria-sort="ascending"] a')
    assert head is not None
    assert head["href"] == "/gallery/list?q=a&sort=-places"


@pytest.fixture(scope="module")
def address(gallery: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, gallery, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


def opened(browser: Browser, url: str, width: int, script: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=script
    )
    page = context.new_page()
    page.goto(url)
    return page


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_fit_and_axe_finds_nothing(browser: Browser, address: str, width: int) -> None:
    troubles: list[str] = []
    page = opened(browser, address, width)
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: troubles.append(str(e)))
    for path in LOOKED_AT:
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            troubles.append(f"{path} is wider than {width}")
        found = Axe().run(page).response["violations"]
        troubles += [f"{path} {v['id']} {v['nodes'][0]['html'][:120]}" for v in found]
    page.context.close()
    assert troubles == []


@pytest.mark.browser
def test_drawer_and_confirmation_work_without_script(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/gallery/thing", 390, script=False)
    assert not page.is_visible("#site-places")
    page.click(".drawer-open")
    assert page.is_visible("#site-places")
    page.click(".drawer-head a")
    assert not page.is_visible("#site-places")
    page.click(".confirm > summary")
    assert page.is_visible(".confirm-body .btn-grave")
    page.context.close()


@pytest.mark.browser
def test_grave_act_opens_as_a_dialog(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/gallery/thing", 1280)
    page.click(".confirm > summary")
    assert page.is_visible("dialog[open] .btn-grave")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.context.close()


@pytest.mark.browser
def test_grid_moves_pastes_and_sums(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/gallery/grid", 1280)
    page.focus('[name="cell-0-0"]')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.name") == "cell-1-1"
    page.evaluate(
        """() => { const data = new DataTransfer();
        data.setData("text/plain", "20\\t７\\r\\n40\\t1,000\\r\\n");
        document.activeElement.dispatchEvent(
          new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    assert page.input_value('[name="cell-2-1"]') == "40"
    heads = page.locator("[data-column-left]").all_inner_texts()
    assert heads[1:3] == ["超出 16", "超出 992"]
    assert page.get_attribute('[name="cell-2-1"]', "aria-invalid") == "true"
    assert "有内容尚未保存" in page.inner_text("[data-grid-state]")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    assert page.input_value('[name="cell-1-1"]') == "1"
    assert page.evaluate("document.activeElement.name") == "cell-2-1"
    page.context.close()


@pytest.mark.browser
def test_filter_swaps_the_list_and_stays_in_the_address(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/gallery/list", 1280)
    page.evaluate("window.same = true")
    page.fill("#filter-q", "平山")
    page.click(".filters button")
    page.wait_for_url("**/gallery/list?q=*")
    assert page.evaluate("window.same")
    assert page.locator("#results").count() == 1
    page.context.close()
