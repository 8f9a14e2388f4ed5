from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provincial.adapters.passwords import password_findings
from provincial.desk.demonstration import queries
from provincial.desk.demonstration.rules import (
    PASSWORD,
    invented_name,
    invented_phone,
    schools_of,
)
from provincial.desk.samples.rules import shared_out
from provincial.people.organisations.rules import checked_phone


def test_schools_have_the_names_of_the_contract() -> None:
    names = [school.name for school in schools_of("410105", "金水区", 8, rural_from=9)]
    assert len(names) == 16
    assert names[2] == "金水区第三小学"
    assert names[-1] == "金水区第八初级中学"


@given(st.integers(0, 500), st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_every_place_is_shared_out(places: int, weights: list[int]) -> None:
    parts = shared_out(places, weights)
    assert sum(parts) == places
    assert min(parts) >= 0


def test_the_shared_password_passes_the_rules() -> None:
    """R21: even the published password is one that the rules accept."""
    for row in queries.table("accounts"):
        assert not password_findings(PASSWORD, [row["user"], row["name"]])


def test_invented_people_can_be_written_down() -> None:
    assert len({invented_name(n) for n in range(200)}) > 150
    assert checked_phone(invented_phone(7)) == "037100000007"
