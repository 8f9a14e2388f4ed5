"""Every endpoint, opened by everybody: who gets in, and what they get.

One test per endpoint and side opens it once as each of the people and holds the answers against the
access table (R2, R3), the names of the far side (R5), the headers (R25), what was written (R26) and
the rules of a page (R15); it lists everything that is wrong at once.
"""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.site.access_table import line_of, read_table
from tests.site.pages import page_troubles
from tests.site.walker import FILES, STRANGER, WHO, Answer, Walker
from tests.site.world import CANARY

PEOPLE, TABLE = read_table()
#: Who must not see anything of the far side.
NEAR = ("EX", "CA", "CO", "KA", "KO", "SA", "PR", "TE", "IA", "IO")
#: Whose pages are read word by word; the others see the same pages with fewer parts.
READ = ("PA", "KA", "SA", STRANGER)
IN_ENGLISH = ("PA", STRANGER)
#: Whoever holds the token or code of a paper or invitation sees what it is about (R40, R24).
BY_TOKEN = {"papers.verify", "papers.compare", "invitations.use_code"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Request-Id": "",
    "Cache-Control": "",
}


def test_the_table_has_the_people_of_the_province() -> None:
    assert PEOPLE == WHO


def test_r1_every_endpoint_declares_who_may_open_it(app: Flask) -> None:
    silent = [name for name, view in app.view_functions.items() if not hasattr(view, "access")]
    assert silent == []


def test_r1_public_endpoints_say_why(app: Flask) -> None:
    for name, view in app.view_functions.items():
        access = view.access  # type: ignore[attr-defined]
        if access.startswith("public"):
            assert len(access) > len("public: ") + 10, name


def test_addresses_are_typed_and_in_kebab_case(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ("static", "bootstrap.static"):
            continue
        plain = re.sub(r"<[a-z]+(?:\([a-z, -]+\))?:[a-z_]+>", "", rule.rule)
        assert "<" not in plain, f"{rule.rule}: a value without a type"
        assert re.fullmatch(r"[a-z0-9/.-]*", plain), f"{rule.rule} is not in kebab-case"


def test_r2_the_table_has_every_endpoint_and_no_other(walker: Walker) -> None:
    """A new endpoint fails here until a person has written down who may open it."""
    wanted = {
        (endpoint, side)
        for endpoint in walker.rules
        for side in (("near", "far") if walker.has_far(endpoint) else ("-",))
    }
    missing = wanted - TABLE.keys()
    lines = "\n".join(line_of(*key, signs(walker, *key)) for key in sorted(missing))
    assert not missing, f"The site would do this today; copy what is right:\n{lines}"
    assert TABLE.keys() - wanted == set()


@pytest.mark.parametrize(("endpoint", "side"), TABLE)
def test_endpoint(walker: Walker, endpoint: str, side: str) -> None:
    """R2, R3, R5, R15, R25, R26: who gets in, and that what they get is whole and theirs."""
    assert endpoint in walker.rules, "no such endpoint any more: take its lines out of the table"
    place = "near" if side == "-" else side
    answers = {who: walker.look(endpoint, place, who) for who in WHO}
    troubles = _access(endpoint, side, answers)
    for who, answer in answers.items():
        troubles += [f"{who}: {trouble}" for trouble in _answer(endpoint, who, answer)]
        if who in READ and answer.is_page:
            troubles += [f"{who} page: {t}" for t in page_troubles(walker.app, answer)]
    if side != "far":
        troubles += _english(walker, endpoint, answers)
    assert not troubles, "\n".join(troubles)


def _access(endpoint: str, side: str, answers: dict[str, Answer]) -> list[str]:
    found = "".join(answer.letter for answer in answers.values())
    wanted = TABLE[endpoint, side]
    differing = [
        f"{who} gets {a} instead of {b}"
        for who, a, b in zip(WHO, found, wanted, strict=True)
        if a != b
    ]
    return [f"R2: {', '.join(differing)}", line_of(endpoint, side, found)] if differing else []


def _answer(endpoint: str, who: str, answer: Answer) -> list[str]:
    troubles = [
        f"R25: {name} is {answer.headers.get(name)!r}"
        for name, word in HEADERS.items()
        if word not in answer.headers.get(name, "missing")
    ]
    if "unsafe" in answer.headers.get("Content-Security-Policy", ""):
        troubles.append("R25: the policy allows what is unsafe")
    if endpoint not in FILES and "no-store" not in answer.headers.get("Cache-Control", ""):
        troubles.append("R25: may be kept by a cache")
    refused = answer.letter in "34"
    wrote = answer.wrote - {"journal_event"} if refused else answer.wrote
    if (answer.method == "GET" or refused) and wrote:
        troubles.append(f"R26: reading wrote {', '.join(sorted(wrote))}")
    if who in NEAR and endpoint not in BY_TOKEN and CANARY in answer.text:
        at = answer.text.index(CANARY)
        troubles.append(f"R5: a foreign name: …{answer.text[max(0, at - 120) : at + 30]}…")
    if answer.letter in "34" and not (answer.is_page and answer.text.count("<h1") == 1):
        troubles.append("a refusal that is no page of the house")
    return troubles


def _english(walker: Walker, endpoint: str, answers: dict[str, Answer]) -> list[str]:
    troubles = []
    for who in IN_ENGLISH:
        if not (answers[who].letter == "+" and answers[who].is_page):
            continue
        answer = walker.look(endpoint, "near", who, "en")
        if '<html lang="en"' not in answer.text:
            troubles.append(f"{who}: not in English")
        troubles += [f"{who} in English: {t}" for t in page_troubles(walker.app, answer)]
    return troubles


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


def signs(walker: Walker, endpoint: str, side: str) -> str:
    """What everybody gets today, for a new line of the table."""
    place = "near" if side == "-" else side
    return "".join(walker.look(endpoint, place, who).letter for who in WHO)
