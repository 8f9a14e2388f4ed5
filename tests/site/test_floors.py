"""R36: no package below the version that mends a known hole; everything locked with hashes."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = tomllib.loads((ROOT / "security/floors.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", text)[:4])


def _locked(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    pairs = (re.match(r"([a-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", line) for line in lines)
    return {pair[1]: pair[2] for pair in pairs if pair}


@pytest.mark.parametrize("name", FLOORS)
def test_r36_locks_are_above_the_floors(name: str) -> None:
    floor = FLOORS[name]
    for lock in LOCKS:
        found = _locked(lock).get(name)
        if found is None:
            assert floor.get("optional"), f"{name} is not in {lock}"
            continue
        assert _numbers(found) >= _numbers(floor["floor"]), (lock, floor["reason"])


@pytest.mark.parametrize("name", FLOORS)
def test_r36_installed_is_above_the_floor(name: str) -> None:
    try:
        found = version(name)
    except PackageNotFoundError:
        assert FLOORS[name].get("optional")
        return
    assert _numbers(found) >= _numbers(FLOORS[name]["floor"]), FLOORS[name]["reason"]


@pytest.mark.parametrize("lock", LOCKS)
def test_r36_locks_have_hashes_and_name_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if "==" in block:
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_r36_every_direct_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split(r"[<>=\[~! ]", line)[0] for line in project["project"]["dependencies"]}
    assert wanted - set(_locked("requirements.lock")) == set()
