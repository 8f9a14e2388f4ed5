"""Reading the split page, laying two saves together, and the words of what waits."""

from __future__ import annotations

import pytest

from provincial.planning.ledger.rules import CellFacts
from provincial.planning.quotas import forms, rules

A, B, C = (1, 1), (1, 2), (2, 1)


@pytest.mark.parametrize(
    ("raw", "figure"),
    [("7", 7), ("７", 7), ("", 0), ("　", 0), ("—", 0), ("1,000", 1000), ("007", 7)],
)
def test_cells_as_people_type_them(raw: str, figure: int) -> None:
    assert rules.read_cells({A: raw}, None, {}).wanted == {A: figure}


def test_only_what_differs_from_the_page_as_opened_is_wanted() -> None:
    read = rules.read_cells({A: "5", B: "0", C: "9"}, {A: 5, C: 3}, {})
    assert read.wanted == {C: 9}


def test_what_is_handed_on_cannot_be_taken_away() -> None:
    read = rules.read_cells({A: "3"}, {A: 5}, {A: 4})
    assert A in read.errors
    assert rules.read_cells({A: "4"}, {A: 5}, {A: 4}).errors == {}


def test_two_saves_laid_together() -> None:
    merged = rules.merge_saves({A: 5, B: 0, C: 1}, {A: 5}, {A: 3, B: 7}, {A, B, C})
    assert merged.figures == {A: 5, B: 7, C: 0}
    assert merged.clashes == {A: (3, 5)}


def test_a_body_that_has_moved_away_is_left_out_of_what_is_laid_together() -> None:
    merged = rules.merge_saves({A: 5, B: 4}, {A: 5, B: 4}, {A: 3}, {A})
    assert merged.figures == {A: 5}
    assert merged.clashes == {A: (3, 5)}


@pytest.mark.parametrize(
    "name", ["", "c", "c1", "c1_", "c_1", "cx_y", "c１_2", "c1_2_3", "c" + "9" * 30 + "_1"]
)
def test_a_strange_input_name_is_no_cell(name: str) -> None:
    assert forms.cell_of(name) is None


def test_many_open_columns_are_one_line() -> None:
    few = [CellFacts(n, f"栏{n}", 5, 1) for n in range(3)]
    many = [*few, CellFacts(9, "栏9", 2, 0)]
    assert len(rules.summarised(rules.check_lock(few), few)) == 3
    found = rules.summarised(rules.check_lock(many), many)
    assert [(f.measured, f.limit) for f in found] == [("3", "17")]
