"""Passwords: argon2id, what may be chosen, single-use secrets and slip codes."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters

from provincial.adapters.passwords import (
    clean_slip_code,
    hash_password,
    needs_rehash,
    new_slip_code,
    new_token,
    password_findings,
    token_digest,
    verify_password,
)
from provincial.core.findings import Severity

OWN = ("陈晓芳", "13800002316", "郑州市金水区实验小学", "chenxf")


def test_r21_hash_is_argon2id_with_the_agreed_cost() -> None:
    stored = hash_password("correct horse battery staple")
    parameters = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19456, 2, 1)
    assert verify_password(stored, "correct horse battery staple")
    assert not verify_password(stored, "correct horse battery stapler")
    assert hash_password("correct horse battery staple") != stored


def test_full_width_typing_is_the_same_password() -> None:
    assert verify_password(hash_password("abc123 春风又绿"), "ａｂｃ１２３　春风又绿")


@pytest.mark.parametrize("stored", [None, "", "nonsense"])
def test_r24_unknown_user_and_broken_hash_never_match(stored: str | None) -> None:
    assert not verify_password(stored, "anything at all")


def test_old_parameters_ask_for_a_rehash() -> None:
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))
    assert not needs_rehash(hash_password("x"))


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "春风又绿江南岸，明月何时照我还",
        "lvshui qingshan 7 bai niao",
        "Tq9!vL2#xR7$mK4w",
        "aaaaa bbbbb ccccc ddddd zebra quilt",
    ],
)
def test_r21_long_and_personal_passes(password: str) -> None:
    assert password_findings(password, OWN) == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_short"),
        ("Tq9!vL2#xR7$mK", "password_short"),
        ("x" * 129, "password_long"),
        ("123456789012345678", "password_common"),
        ("qwertyuiopasdfghjkl", "password_common"),
        ("1qaz2wsx3edc4rfv5tgb", "password_common"),
        ("PasswordPassword123", "password_common"),
        ("P@ssw0rd!P@ssw0rd!", "password_common"),
        ("Henan@Jiaoyuting2023", "password_common"),
        ("woaini1314520woaini", "password_common"),
        ("abcabcabcabcabcabc", "password_common"),
        ("hkhkhkhkhkhkhkhkhk", "password_common"),
        ("中国河南郑州教育教师培训管理员密码2023", "password_common"),
        ("chenxiaofang20231106", "password_own"),
        ("Chenxf13800002316!!", "password_own"),
        ("陈晓芳郑州市金水区实验小学2023年", "password_own"),
        ("jinshuiqushiyanxiaoxue", "password_own"),
    ],
)
def test_r21_guessable_is_refused(password: str, code: str) -> None:
    (finding,) = password_findings(password, OWN)
    assert finding.severity is Severity.BLOCK
    assert finding.code == code


def test_r21_with_a_second_factor_eight_will_do() -> None:
    assert password_findings("vL2#xR7$", OWN, second_factor=True) == []
    assert password_findings("vL2#xR7", OWN, second_factor=True)[0].limit == "8"
    assert password_findings("admin123", OWN, second_factor=True)[0].code == "password_common"


def test_tokens_are_256_bit_and_only_their_digest_is_kept() -> None:
    token = new_token()
    assert len(token) == 43
    assert token != new_token()
    assert len(token_digest(token)) == 32


def test_r24_slip_codes_survive_being_typed_from_paper() -> None:
    code = new_slip_code()
    assert len(code) == 23
    assert not set("01IO") & set(code)
    assert clean_slip_code(code) == code
    assert clean_slip_code(code.lower().replace("-", " ")) == code
    assert clean_slip_code("".join(chr(ord(c) + 0xFEE0) for c in code.replace("-", ""))) == code


@pytest.mark.parametrize("typed", ["", "ABCDE", "ABCDE-FGHJK-MNPQR-STUV0", "密码" * 10])
def test_what_is_no_slip_code_is_none(typed: str) -> None:
    assert clean_slip_code(typed) is None
