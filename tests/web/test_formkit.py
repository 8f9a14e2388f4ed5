"""What every form of the house refuses by itself (R15)."""

from __future__ import annotations

import pytest
from flask import Flask
from wtforms import DateField, DecimalField
from wtforms.validators import NumberRange, Optional

from provincial.web import formkit
from provincial.web.formkit import Form, ReasonForm, ids_from


class _Form(Form):
    score = DecimalField("Score", [Optional(), NumberRange(0, 100)])
    day = DateField("Day", [Optional()])


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("score", "NaN"), ("score", "sNaN"), ("score", "Infinity"), ("score", "1e400"),
        ("score", "-1"), ("day", "0001-01-01"), ("day", "9999-12-31"), ("day", "0000-00-00"),
        ("day", "2023-02-29"),
    ],
)  # fmt: skip
def test_r15_a_value_that_cannot_be_meant_is_an_error_of_its_field(
    app: Flask, field: str, typed: str
) -> None:
    with app.test_request_context("/", method="POST", data={field: typed}):
        form = _Form(meta={"csrf": False})
        assert not form.validate()
        assert set(form.errors) == {field}


@pytest.mark.parametrize("sent", ["", "x", "9" * 30, "１"])
def test_r12_only_a_version_that_was_sent_counts(app: Flask, sent: str) -> None:
    """R12: a form without its version never passes for one that has seen the present state."""
    for data in ({"version": sent}, {"day": ""}):
        with app.test_request_context("/", method="POST", data=data):
            assert _Form(version=7, meta={"csrf": False}).expected_version is None


def test_r15_ticked_boxes_hold_row_numbers_only() -> None:
    assert ids_from(["3", "1", "1", "x", "-2", "²", "９", "9" * 5000, ""]) == [1, 3]


@pytest.mark.parametrize("typed", ["a" * 2_000_000, "\u200b" * 2_000_000, "\x00a\u202e" * 500_000])
def test_r22_a_field_of_megabytes_looks_at_each_kind_of_sign_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    looked: list[str] = []
    real = formkit.has_hidden_characters
    monkeypatch.setattr(formkit, "has_hidden_characters", lambda c: looked.append(c) or real(c))
    with app.test_request_context("/", method="POST", data={"key": typed}):
        kept = _Form(meta={"csrf": False}).key.data or ""
    assert len(looked) < 20
    assert set(kept) <= {"a"} or len(kept) < 64


@pytest.mark.parametrize(
    ("typed", "allowed"),
    [
        ("张三 11010519491231002X 重名", False),
        ("１１０１０５１９４９１２３１００２ｘ", False),
        ("110105 19491231 002X", False),
        ("教办师〔2023〕389号，2023-11-20 前", True),
        ("110105194912310021", True),
    ],
)
def test_r6_a_reason_holds_no_id_number(app: Flask, typed: str, allowed: bool) -> None:
    """R6: reasons go into journal and history as they stand; a real ID number is refused there."""
    with app.test_request_context("/", method="POST", data={"reason": typed}):
        form = ReasonForm(meta={"csrf": False})
        assert form.validate() is allowed
