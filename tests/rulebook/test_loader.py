"""Round trips, differences, edits and typed access."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provincial.core.refusals import Refusal
from provincial.rulebook import schema
from provincial.rulebook.checker import check_rulebook
from provincial.rulebook.editing import read_typed, typed_text
from provincial.rulebook.loader import RulebookError, builtin, builtin_codes, from_data, load
from provincial.rulebook.records import Source
from provincial.rulebook.values import Kind, Window, number_text, plain, read, words

OFFICER = Source(origin="house default", note="试行")


@pytest.mark.parametrize("code", builtin_codes())
def test_snapshot_round_trip_through_json(code: str) -> None:
    book = builtin(code)
    assert from_data(json.loads(json.dumps(book.to_data()))) == book


@pytest.mark.parametrize("code", builtin_codes())
def test_every_value_survives_the_edit_field(code: str) -> None:
    for entry in builtin(code).listed.values():
        parameter = schema.PARAMETERS[entry.key]
        assert read_typed(parameter, typed_text(parameter, entry.value)) == entry.value


def test_shares_are_exact() -> None:
    assert builtin("zhejiang-2020h1").ratio("proposals.online_share_other") == Fraction(1, 3)
    assert builtin("henan-2023").ratio("green_channel.ratio") == Fraction(1, 20)


@given(st.fractions(min_value=0, max_value=1, max_denominator=10**6))
def test_any_share_survives_json_and_the_field(share: Fraction) -> None:
    parameter = schema.PARAMETERS["green_channel.ratio"]
    assert read(parameter, plain(share)) == share
    assert read_typed(parameter, typed_text(parameter, share)) == share


def test_a_binary_float_is_refused() -> None:
    with pytest.raises(Refusal):
        builtin("henan-2023").with_value("green_channel.ratio", 0.05, OFFICER)


def test_what_a_notice_leaves_out_is_house_default_or_absent() -> None:
    henan = builtin("henan-2023")
    assert henan.value("deadlines.late_uploads_need_reopening") is True
    assert str(henan.source("deadlines.late_uploads_need_reopening").standing()) == "House default"
    assert henan.window("proposals.window") is None
    assert str(henan.source("proposals.window").standing()) == "Not in the notice"
    # A group that the notice does not speak of has no defaults either.
    assert builtin("national-2019").value("quotas.split_to_school") is None
    with pytest.raises(KeyError):
        henan.value("no.such")


def test_typed_access_refuses_the_wrong_type() -> None:
    with pytest.raises(TypeError):
        builtin("henan-2023").integer("green_channel.ratio")


def test_an_edit_is_a_copy_and_shows_as_a_difference() -> None:
    before = builtin("henan-2023")
    after = before.with_value("green_channel.ratio", "6%", OFFICER)
    assert before.ratio("green_channel.ratio") == Fraction(1, 20)
    assert after.ratio("green_channel.ratio") == Fraction(3, 50)
    found = before.differences(after)
    assert [(d.key, d.before, d.after) for d in found] == [
        ("green_channel.ratio", Fraction(1, 20), Fraction(3, 50))
    ]
    assert found[0].source == OFFICER
    assert str(found[0].label) == "Green-channel share of the places"
    assert before.differences(before) == []


def test_an_edited_rulebook_is_checked_as_a_whole() -> None:
    late = builtin("henan-2023").with_value("proposals.due", date(2030, 1, 1), OFFICER)
    assert [f.place for f in check_rulebook(late)] == ["proposals.due"]


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("green_channel.ratio", Fraction(3, 2)),
        ("green_channel.ratio", "one half"),
        ("green_channel.ratio", None),
        ("ban.years", 0),
        ("ban.years", True),
        ("ban.level", "galactic"),
        ("no.such", 1),
        ("proposals.window", {"opens": "2024-01-02", "closes": "2024-01-01"}),
        ("proposals.window", {"opens": "2024-02-30", "closes": "2024-03-01"}),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused_on_its_field(key: str, raw: object) -> None:
    with pytest.raises(Refusal) as refused:
        builtin("henan-2023").with_value(key, raw, OFFICER)
    assert refused.value.field == key


def test_differences_name_categories_and_the_header() -> None:
    keys = {d.key for d in builtin("zhejiang-2020h1").differences(builtin("zhejiang-2022h1"))}
    assert {"document.number", "caps.limits", "category.order", "category.province_wide"} <= keys
    assert all(str(d.label) for d in builtin("henan-2023").differences(builtin("puer-2023")))


def test_a_bad_snapshot_or_file_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    for data in ({}, {"document": {}}, {"document": 3, "parameters": 1, "categories": None}):
        with pytest.raises(RulebookError):
            from_data(data)
    with pytest.raises(RulebookError):
        load(tmp_path / "none.toml")
    with pytest.raises(RulebookError):
        builtin("../settings")


def test_entries_are_grouped_for_display() -> None:
    shown = builtin("henan-2023").entries()
    codes = [group.code for group, _ in shown]
    assert codes == [g.code for g in schema.GROUPS if g.code in codes]
    assert "selections" not in codes
    assert "green_channel" in codes


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("proposals.window", "2024年1月2日至2024年1月9日", Window(date(2024, 1, 2), date(2024, 1, 9))),
        ("ban.years", "３", 3),
        ("money.face_rate", "1,400.50", Decimal("1400.50")),
        ("green_channel.brings_money", "否", False),
        ("ban.causes", "no_show、expelled", ("no_show", "expelled")),
        ("proposals.publish_months", "3, 9", (3, 9)),
        ("caps.limits", "new：5\nother: 25", {"new": Decimal(5), "other": Decimal(25)}),
        ("proposals.due", "", None),
    ],
)  # fmt: skip
def test_what_people_type(key: str, typed: str, value: object) -> None:
    assert read_typed(schema.PARAMETERS[key], typed) == value


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("proposals.window", "soon"),
        ("ban.years", "three"),
        ("ban.years", ""),
        ("caps.limits", "new 5"),
        ("caps.limits", "new: 5\nnew: 6"),
        ("credits.rate_face", "county: much"),
        ("proposals.due", "2024-13-01"),
        ("green_channel.brings_money", "perhaps"),
    ],
)
def test_what_people_mistype(key: str, typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_typed(schema.PARAMETERS[key], typed)
    assert refused.value.field == key


def test_values_are_said_with_their_units() -> None:
    book = builtin("puer-2023")

    def said(key: str) -> list[str]:
        return [str(word) for word in words(schema.PARAMETERS[key], book.value(key))]

    assert said("hours.year_hours") == ["72 class hours"]
    assert said("credits.rate_face")[0] == "National level: 1–3 credits per hour"
    assert said("credits.self_selected_min") == ["60%"]
    assert said("credits.recognition_months") == ["3", "4"]
    assert said("hours.induction_counts") == ["No"]
    assert said("plan.period") == ["2023-01-01 to 2023-12-31"]
    assert said("proposals.due") == []
    assert number_text(Fraction(1, 3)) == "1/3"
    assert {p.kind for p in schema.PARAMETERS.values()} == set(Kind)
