"""Rules of the house that the code itself must show (design parts 4 and 9)."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys

import pytest

from provincial import sitemap
from provincial.core.db import Base
from tests.site.sources import CODE, ROOT, calls, modules, templates

RULE_ID = re.compile(r"\b(?:HN|GP|PE|ZJ20|ZJ22|A|C)-[0-9]{2,3}\b")
ROOM_FILES = {
    "__init__.py",
    "rules.py",
    "models.py",
    "permissions.py",
    "queries.py",
    "actions.py",
    "forms.py",
    "importer.py",
    "documents.py",
    "views.py",
    "jobs.py",
    "commands.py",
}
#: Files of a room beyond the usual names, each with its reason in its docstring.
MORE_FILES = {"people/accounts/viewer.py"}
WINGS = ("office", "people", "planning", "desk")
FLOORS = ("core", "rulebook", "adapters", "web")
#: Tables whose rows are counters or marks with an instant of another name; of a cell of places its
#: entries say when.
UNDATED = {"paper_number", "message_read", "tick_run", "sign_in_failure", "rate_counter", "quota"}


def test_import_contracts_hold() -> None:
    """Floors, wings, rooms and the files inside a room import in one direction only."""
    command = "from importlinter.cli import lint_imports_command as c; c()"
    answer = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout[-4000:]


def test_only_transaction_commits() -> None:
    found = [
        f"{path}:{call.lineno}"
        for path, tree in modules()
        for call in calls(tree, "commit")
        if str(path) != "provincial/core/db.py"
    ]
    assert found == []


def test_rooms_hold_only_the_usual_files() -> None:
    rooms = {path.parent for wing in WINGS for path in (CODE / wing).glob("*/__init__.py")}
    strange = [
        path.relative_to(CODE).as_posix()
        for room in rooms
        for path in room.glob("*.py")
        if path.name not in ROOM_FILES and path.relative_to(CODE).as_posix() not in MORE_FILES
    ]
    assert strange == []


@pytest.mark.parametrize("wing", WINGS)
def test_a_room_says_what_it_is_for(wing: str) -> None:
    """``__init__.py`` of a room is its docstring and nothing else."""
    for path in (CODE / wing).glob("*/__init__.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), path
        assert len(tree.body) == 1, path


def test_imports_stand_at_the_top() -> None:
    """What imports inside functions hides is a circle."""
    hidden = [
        f"{path}:{inner.lineno}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_only_the_clock_asks_the_time() -> None:
    asked = [
        f"{path}:{call.lineno}"
        for path, tree in modules()
        if path.name != "clock.py"
        for name in ("now", "today", "utcnow")
        for call in calls(tree, name)
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in ("datetime", "date")
    ]
    assert asked == []


def test_modules_are_of_a_size_that_can_be_read() -> None:
    long = {
        path.as_posix(): length
        for path, _tree in modules()
        if (length := (ROOT / path).read_text(encoding="utf-8").count("\n")) > 550
    }
    assert long == {}


def test_every_named_rule_exists() -> None:
    """An id in code or on a page that no document has would send the reader nowhere."""
    catalogue = json.loads((CODE / "rulebook/catalogue.json").read_text(encoding="utf-8"))
    open_points = json.loads((CODE / "rulebook/interpretations.json").read_text(encoding="utf-8"))
    known = {rule["id"] for rule in catalogue["rules"]} | set(RULE_ID.findall(str(open_points)))
    texts = [(str(path), (ROOT / path).read_text(encoding="utf-8")) for path, _tree in modules()]
    texts += templates()
    texts += [
        (path.name, path.read_text(encoding="utf-8")) for path in (CODE / "rulebook").glob("*.toml")
    ]
    unknown = {
        f"{name}: {rule}"
        for name, text in texts
        for rule in RULE_ID.findall(text)
        if rule not in known
    }
    assert unknown == set()


def test_every_table_says_when() -> None:
    undated = {
        table.name
        for table in Base.metadata.sorted_tables
        if not {"created_at", "at"} & set(table.columns.keys())
    }
    assert undated <= UNDATED, undated - UNDATED


def test_every_table_is_on_the_map() -> None:
    """A module of tables that the sitemap does not name would be missing in the migrations."""
    named = {module.__name__ for module in sitemap.TABLES}
    found = {
        ".".join(path.with_suffix("").parts)
        for path, _tree in modules()
        if path.name == "models.py"
    }
    assert named == found


def test_the_readme_names_each_wing() -> None:
    words = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in (*WINGS, *FLOORS) if name not in words] == []
    assert "./run" in words
    assert "./test" in words
