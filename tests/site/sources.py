"""The project's own files, and what is written in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "provincial"
TEMPLATES = CODE / "templates"


@lru_cache(maxsize=1)
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    """Every module of the house with its syntax tree."""
    return tuple(
        (path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(CODE.rglob("*.py"))
    )


@lru_cache(maxsize=1)
def templates() -> tuple[tuple[str, str], ...]:
    """Every HTML template: its name as Jinja knows it, its text without Jinja's comments."""
    return tuple(
        (
            path.relative_to(TEMPLATES).as_posix(),
            re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S),
        )
        for path in sorted(TEMPLATES.rglob("*.html"))
    )


def calls(tree: ast.Module, attribute: str) -> Iterator[ast.Call]:
    """Calls of a method of this name."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == attribute
        ):
            yield node
