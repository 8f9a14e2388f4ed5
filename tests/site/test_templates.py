"""Every template compiles, has a title, and holds neither style, script nor unescaped text."""

from __future__ import annotations

import ast
import re

import pytest
from flask import Flask

from tests.site.sources import TEMPLATES, modules, templates

NAMES = [name for name, _text in templates()]
#: Folders whose files are parts of pages, not pages.
PARTS = ("layout/", "components/")
#: The official papers are laid out by WeasyPrint, away from every browser: they carry their style.
PAPERS = "papers/"
#: Answers to the script of a page that is open, swapped into it.
FRAGMENTS = {"office/jobs/progress.html"}

#: What the frame of every page reads; a page's own value of that name would be shown there.
FRAME = {
    "viewer", "site", "locale", "large", "csp_nonce", "now", "places", "plans", "current_plan",
    "unread", "memberships", "support_view", "mandate",
}  # fmt: skip

_EXTENDS = re.compile(r"\{%-?\s*extends\s+[\"']([^\"']+)[\"']")
_TAGS = re.compile(r"<[a-zA-Z][^>]*>", re.S)


def _pages() -> list[str]:
    return [
        name
        for name in NAMES
        if not name.startswith((*PARTS, PAPERS))
        and not name.rpartition("/")[2].startswith("_")
        and name not in FRAGMENTS | _archetypes()
    ]


def _archetypes() -> set[str]:
    """Templates that pages of other rooms extend; the title is for those to give."""
    return {found for _name, text in templates() for found in _EXTENDS.findall(text)}


def _text(name: str) -> str:
    return dict(templates())[name]


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(app: Flask, name: str) -> None:
    app.jinja_env.get_template(name)


def _has_title(text: str) -> bool:
    return re.search(r"\{%-?\s*block title\b", text) is not None


@pytest.mark.parametrize("name", _pages())
def test_a_page_extends_a_layout_and_has_a_title(name: str) -> None:
    text = _text(name)
    above = _EXTENDS.search(text)
    assert above, "extends nothing"
    assert _has_title(text) or _has_title(_text(above[1])), "no title"


@pytest.mark.parametrize("name", NAMES)
def test_r16_nothing_is_unescaped(name: str) -> None:
    text = _text(name)
    assert not re.search(r"\|\s*safe\b", text)
    assert not re.search(r"\{%-?\s*autoescape\s+false", text)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(PAPERS)])
def test_r25_style_and_script_stay_in_their_files(name: str) -> None:
    text = _text(name)
    assert "<style" not in text
    assert not re.search(r"\sstyle\s*=", text)
    for script in re.findall(r"<script[^>]*>(.*?)</script>", text, re.S):
        assert not script.strip()
    for tag in _TAGS.findall(text):
        assert not re.search(r"\son[a-z]+\s*=", tag), tag
    assert "javascript:" not in text


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(PAPERS)])
def test_nothing_comes_from_elsewhere(name: str) -> None:
    """All files are local: the site works on a network of its own."""
    for tag in _TAGS.findall(_text(name)):
        loaded = re.findall(r"(?:src|action)\s*=\s*[\"']([^\"'{]+)", tag)
        if tag.startswith("<link"):
            loaded += re.findall(r"href\s*=\s*[\"']([^\"'{]+)", tag)
        assert not any(address.startswith(("http:", "https:", "//")) for address in loaded), tag


def test_templates_are_of_a_size_that_can_be_read() -> None:
    long = {name: text.count("\n") for name, text in templates() if text.count("\n") > 190}
    assert long == {}


def test_every_template_is_used() -> None:
    """A file that nobody renders, extends, includes or imports is left over."""
    sources = "\n".join(text for _name, text in templates())
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in (TEMPLATES.parent, TEMPLATES.parents[1] / "tests/web")
        for path in folder.rglob("*.py")
    )
    unused = [name for name in NAMES if name not in sources and name not in code]
    assert unused == []


def _has_title(text: str) -> bool:
    return re.search(r"\{%-?\s*block title\b", text) is not None


@pytest.mark.parametrize("name", _pages())
def test_a_page_leaves_the_words_of_the_frame_alone(name: str) -> None:
    """What a page sets at its top reaches the head and the menu as well."""
    found = set(re.findall(r"\{%-?\s*set\s+(\w+)", _text(name)))
    assert not found & FRAME


def test_a_view_leaves_the_words_of_the_frame_alone() -> None:
    """A page's own ``plans`` would stand in the plan switcher of the head."""
    found = [
        f"{path}:{node.lineno} {word.arg}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template"
        for word in node.keywords
        if word.arg in FRAME
    ]
    assert not found
