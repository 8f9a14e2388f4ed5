"""What a table needs, as tables of named cases."""

from __future__ import annotations

import pytest

from provincial.core.refusals import Refusal
from provincial.planning.allocations.rules import check_second_officer, check_submit, differences


def test_differences_name_both_sides() -> None:
    before, after = {(1, 1): 5, (2, 1): 3}, {(1, 1): 5, (3, 1): 4}
    assert differences(before, after) == {(2, 1): (3, 0), (3, 1): (0, 4)}


@pytest.mark.rule("HN-32")
def test_submitting_wants_a_change_and_a_correction_its_reason() -> None:
    with pytest.raises(Refusal):
        check_submit(0, False, "x")
    with pytest.raises(Refusal):
        check_submit(3, True, "  ")
    assert check_submit(3, True, " 更正 ") == "更正"
    assert check_submit(3, False, "") == ""


def test_r14_the_maker_cannot_issue() -> None:
    """R14: another person than the maker issues."""
    with pytest.raises(Refusal):
        check_second_officer(4, 4)
    check_second_officer(4, 5)
