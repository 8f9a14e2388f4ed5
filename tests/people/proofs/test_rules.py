"""Codes of the app, the time a proof counts, and hands that hold two accounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from provincial.core.refusals import Refusal
from provincial.people.proofs import rules

NOW = datetime(2023, 11, 20, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("123456", "123456"), (" 123 456 ", "123456"), ("１２３４５６", "123456"), ("12345", ""),
        ("1234567", ""), ("١٢٣٤٥٦", ""), ("abcdef", ""), ("", ""),
    ],
)  # fmt: skip
def test_r23_a_code_has_six_digits_however_typed(typed: str, code: str) -> None:
    assert rules.clean_code(typed) == code


def test_r23_the_code_before_and_after_are_taken_too() -> None:
    now = int(NOW.timestamp()) // 30
    assert rules.steps_to_try(NOW) == [now, now - 1, now + 1]


def test_r23_a_proof_counts_for_ten_minutes() -> None:
    assert rules.still_confirmed(NOW, NOW + timedelta(minutes=9, seconds=59))
    assert not rules.still_confirmed(NOW, NOW + timedelta(minutes=10))


@pytest.mark.parametrize(
    ("hands", "earlier", "refused"),
    [({1}, {2}, False), ({1, 2}, {2}, True), ({1, 2}, {3, None}, False), ({1}, {None}, False)],
)
def test_r14_hands_that_held_both_accounts_are_one_person(
    hands: set[int], earlier: set[int | None], refused: bool
) -> None:
    if refused:
        with pytest.raises(Refusal):
            rules.require_two_persons(hands, earlier)
    else:
        rules.require_two_persons(hands, earlier)
