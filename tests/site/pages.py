"""What can be wrong with one page: its HTML, headings, ids, labels, forms and links."""

from __future__ import annotations

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.site.walker import Answer

UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


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
