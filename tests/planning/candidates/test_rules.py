"""Which place comes first, and what a search means."""

from __future__ import annotations

import pytest

from provincial.planning.candidates.rules import Choice, first_choice, looks_like_id_number
from provincial.planning.nominations.rules import Channel


def choice(body: int, free: int, channel: Channel = Channel.REGULAR) -> Choice:
    return Choice(body, f"单位{body}", channel, body * 10, 5, free)


@pytest.mark.rule("HN-38")
@pytest.mark.parametrize(
    ("choices", "wanted"),
    [
        ([choice(1, 1), choice(2, 9)], 1),
        ([choice(1, 0), choice(2, 9)], 2),
        ([choice(1, 0), choice(2, 0)], 1),
        ([choice(3, 2, Channel.GREEN), choice(4, 1)], 4),
        ([choice(3, 2, Channel.GREEN)], 3),
    ],
)
def test_the_nearest_free_place_comes_first(choices: list[Choice], wanted: int) -> None:
    found = first_choice(choices)
    assert found is not None
    assert found.organisation_id == wanted


def test_without_places_nothing_is_chosen() -> None:
    assert first_choice([]) is None


@pytest.mark.parametrize(
    ("words", "is_number"),
    [
        ("410105198511110021", True),
        ("４１０１０５１９８５１１１１００２１", True),
        ("41010519851111002X", True),
        ("4101 0519 8511", True),
        ("张三", False),
        ("zhang san", False),
        ("阿·2", False),
    ],
)
def test_r6_an_id_number_is_known_as_one(words: str, is_number: bool) -> None:
    assert looks_like_id_number(words) is is_number
