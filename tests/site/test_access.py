"""Every endpoint, opened by everybody: who gets in is what the reviewed table says (R1, R2, R3)."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.site.access_table import line_of, read_table
from tests.site.walker import WHO, Walker

PEOPLE, TABLE = read_table()


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
        plain = re.sub(r"<[a-z]+:[a-z_]+>", "", rule.rule)
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
def test_r2_access(walker: Walker, endpoint: str, side: str) -> None:
    assert endpoint in walker.rules, "no such endpoint any more"
    found, wanted = signs(walker, endpoint, side), TABLE[endpoint, side]
    differing = [
        f"{who}: {a} instead of {b}" for who, a, b in zip(WHO, found, wanted, strict=True) if a != b
    ]
    assert not differing, f"{differing}\n{line_of(endpoint, side, found)}"


def signs(walker: Walker, endpoint: str, side: str) -> str:
    """What everybody gets today."""
    place = "near" if side == "-" else side
    return "".join(walker.look(endpoint, place, who).letter for who in WHO)
