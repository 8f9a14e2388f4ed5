"""Both sides of every bench give the same answer at a small size; nothing is timed here."""

from __future__ import annotations

import os
from functools import partial

import pytest
from flask import Flask

from bench import board, import_20k, list_deep, quota_form, read_xlsx
from bench.measure import Different, Result, compare, table
from bench.place import Place
from provincial.core.db import db
from tests.schema import living_on, new_database

HERE = Place(os.getpid())


def test_the_two_sides_agree(app: Flask, database_url: str) -> None:
    """``compare`` raises where an answer differs: it is enough that every bench comes to its end."""
    with new_database(database_url) as url, living_on(app, url):
        results = quota_form.run(HERE, rows=4, rounds=2)
        results += board.run(HERE, widths=(3, 2, 2), columns=2, rounds=1)
        results += list_deep.run(HERE, rows=500, rounds=1)
        results += read_xlsx.run(HERE, rows=20, rounds=1)
        db.session.rollback()
    assert [result.name for result in results] == [
        "quota_form",
        "quota_form",
        "board",
        "list_deep",
        "list_deep",
        "list_deep",
        "list_deep",
        "read_xlsx",
        "read_xlsx_20k",
    ]


def test_lists_of_names_agree(app: Flask, database_url: str) -> None:
    with new_database(database_url) as url, living_on(app, url):
        [result] = import_20k.run(HERE, rows=60, rounds=1)
        db.session.rollback()
    assert result.name == "import_20k"


def test_a_difference_is_an_error() -> None:
    sides = {"baseline": lambda _turn: 1, "ours": lambda _turn: 2}
    with pytest.raises(Different):
        compare("wrong", "", goal=1, **sides)  # type: ignore[arg-type]


def test_the_table_says_whether_the_goal_is_reached() -> None:
    made = partial(Result, cpu=1.0, goal=10, ours_seconds=0.001, what="x")
    lines = table([made(name="a", wall=11.0), made(name="b", wall=9.0)]).splitlines()
    assert "reached" in lines[2]
    assert "below" in lines[3]
