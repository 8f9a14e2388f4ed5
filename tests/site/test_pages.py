"""Every page of everybody: valid, titled, labelled, in both languages, and without foreign names."""

from __future__ import annotations

import html5lib
import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.site.access_table import read_table
from tests.site.walker import FILES, STRANGER, WHO, Answer, Walker
from tests.site.world import CANARY

_PEOPLE, TABLE = read_table()
PLACES = [key for key in TABLE if key[0] not in FILES]
#: Who must not see anything of the far side.
NEAR = ("EX", "CA", "CO", "KA", "KO", "SA", "PR", "TE", "IA", "IO")
#: Whoever holds the token or code of a paper or invitation sees what it is about (R40, R24).
BY_TOKEN = {"papers.verify", "papers.compare", "invitations.use_code"}
ENGLISH = ("PA", "CA", "SA", STRANGER)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Request-Id": "",
    "Cache-Control": "",
}
#: Whose pages are read word by word; the others see the same pages with fewer parts.
READ = ("PA", "SY", "CA", "KA", "SA", STRANGER)
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


def seen(walker: Walker, endpoint: str, side: str) -> list[tuple[str, Answer]]:
    """What those who may get to see."""
    place = "near" if side == "-" else side
    answers = ((who, walker.look(endpoint, place, who)) for who in READ)
    return [(who, answer) for who, answer in answers if answer.letter == "+"]


@pytest.mark.parametrize(("endpoint", "side"), PLACES)
def test_pages_are_whole(walker: Walker, endpoint: str, side: str) -> None:
    """R15: nothing undefined (StrictUndefined), valid HTML, one heading, labels, living forms."""
    troubles = {
        f"{who}: {trouble}"
        for who, answer in seen(walker, endpoint, side)
        if answer.is_page
        for trouble in page_troubles(walker.app, answer)
    }
    assert not troubles


@pytest.mark.parametrize(("endpoint", "side"), [key for key in PLACES if key[1] != "far"])
def test_pages_are_whole_in_english(walker: Walker, endpoint: str, side: str) -> None:
    for who in ENGLISH:
        answer = walker.look(endpoint, "near", who, "en")
        if answer.letter == "+" and answer.is_page:
            assert '<html lang="en"' in answer.text
            assert not page_troubles(walker.app, answer), who


@pytest.mark.parametrize(("endpoint", "side"), PLACES)
def test_r25_every_answer_has_its_headers(walker: Walker, endpoint: str, side: str) -> None:
    for who in ("PA", "SA", STRANGER):
        headers = walker.look(endpoint, "near" if side == "-" else side, who).headers
        for name, word in HEADERS.items():
            assert word in headers.get(name, "missing"), (who, name)
        if endpoint not in FILES:
            assert "no-store" in headers["Cache-Control"]
            assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(("endpoint", "side"), PLACES)
def test_r26_reading_never_writes(walker: Walker, endpoint: str, side: str) -> None:
    place = "near" if side == "-" else side
    wrote = {
        who: answer.wrote
        for who in WHO
        if (answer := walker.look(endpoint, place, who)).method == "GET" and answer.wrote
    }
    assert wrote == {}


@pytest.mark.parametrize(("endpoint", "side"), [key for key in PLACES if key[0] not in BY_TOKEN])
def test_r5_nothing_foreign_is_shown(walker: Walker, endpoint: str, side: str) -> None:
    """No page, list, menu or refusal of the near side names anybody of the far side."""
    place = "near" if side == "-" else side
    leaks = []
    for who in NEAR:
        text = walker.look(endpoint, place, who).text
        if CANARY in text:
            at = text.index(CANARY)
            leaks.append(f"{who}: …{text[max(0, at - 120) : at + 30]}…")
    assert not leaks


@pytest.mark.parametrize(("endpoint", "side"), PLACES)
def test_refusals_are_pages_too(walker: Walker, endpoint: str, side: str) -> None:
    """403 and 404 are whole pages of the house, not of the framework."""
    place = "near" if side == "-" else side
    for who in ("KO", "TE"):
        answer = walker.look(endpoint, place, who)
        if answer.letter in "34":
            assert answer.is_page
            assert answer.text.count("<h1") == 1


@pytest.mark.parametrize(("endpoint", "who"), [("papers.show", "TE"), ("quotas.split", "PA")])
def test_a_refusal_is_valid_html(walker: Walker, endpoint: str, who: str) -> None:
    assert not page_troubles(walker.app, walker.look(endpoint, "near", who))


def test_r26_every_post_needs_its_token(app: Flask, walker: Walker) -> None:
    """A form from elsewhere is refused before anything is decided."""
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for endpoint in walker.rules:
            if "POST" in walker.methods(endpoint):
                answer = walker.request(walker.address(endpoint, "near"), "POST", "KA")
                assert answer.status == 400, endpoint
                assert not answer.wrote, endpoint
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def page_troubles(app: Flask, answer: Answer) -> list[str]:
    """What is wrong with one page."""
    troubles = []
    parser = html5lib.HTMLParser()
    parser.parse(answer.text)
    troubles += [f"{where}: {what} {values}" for where, what, values in parser.errors]
    page = BeautifulSoup(answer.text, "html.parser")
    if len(page.find_all("h1")) != 1:
        troubles.append(f"{len(page.find_all('h1'))} h1")
    if page.title is None or not page.title.get_text().partition("·")[0].strip():
        troubles.append("no title")
    ids = [tag["id"] for tag in page.find_all(id=True)]
    troubles += [f"id {name} stands twice" for name in {i for i in ids if ids.count(i) > 1}]
    for name in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
        for tag in page.find_all(attrs={name: True}):
            troubles += [
                f"{name}={one} leads nowhere" for one in str(tag[name]).split() if one not in ids
            ]
    troubles += [
        f"no label: {str(tag)[:100]}"
        for tag in page.find_all(["input", "select", "textarea"])
        if tag.get("type") not in UNLABELLED and not _labelled(page, tag)
    ]
    troubles += [
        f"no words: {str(tag)[:100]}" for tag in page.find_all(["button", "a"]) if not _words(tag)
    ]
    for form in page.find_all("form"):
        troubles += _form_troubles(app, answer, form)
    for link in page.find_all("a", href=True):
        target = str(link["href"])
        if target.startswith("/") and not _resolves(app, target, "GET"):
            troubles.append(f"dead link {target}")
    return troubles


def _labelled(page: BeautifulSoup, tag: Tag) -> bool:
    if tag.get("aria-label") or tag.get("aria-labelledby") or tag.find_parent("label"):
        return True
    return bool(tag.get("id") and page.find("label", attrs={"for": tag["id"]}))


def _words(tag: Tag) -> bool:
    picture = tag.find("img", alt=True)
    return bool(
        tag.get_text(strip=True)
        or tag.get("aria-label")
        or tag.get("title")
        or (isinstance(picture, Tag) and picture["alt"])
    )


def _form_troubles(app: Flask, answer: Answer, form: Tag) -> list[str]:
    method = str(form.get("method", "get")).upper()
    action = str(form.get("action") or answer.url)
    troubles = []
    if not _resolves(app, action, method):
        troubles.append(f"{method} form to {action} leads nowhere")
    senders = [*form.find_all("button"), *form.find_all("input", type="submit")]
    if not senders:
        troubles.append(f"form to {action} cannot be sent")
    return troubles


def _resolves(app: Flask, url: str, method: str) -> bool:
    adapter = app.url_map.bind("localhost")
    try:
        adapter.match(url.partition("#")[0].partition("?")[0], method=method)
    except HTTPException as problem:
        return getattr(problem, "code", 0) in (301, 308)
    return True
