"""Roles, limits and shapes: no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from provincial.core.refusals import Refusal
from provincial.people.accounts import rules
from provincial.people.accounts.rules import Dormancy, InvitationState, Role, TermState
from provincial.people.organisations.rules import Kind

NOW = datetime(2023, 11, 20, 4, 37, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [
        (1, None),
        (4, None),
        (5, 10),
        (6, None),
        (10, 20),
        (15, 40),
        (40, 1280),
        (45, 1440),
        (5000, 1440),
    ],
)
def test_r22_an_account_is_locked_for_longer_each_time_but_never_for_good(
    failures: int, minutes: int | None
) -> None:
    expected = None if minutes is None else timedelta(minutes=minutes)
    assert rules.lock_time(failures) == expected


@pytest.mark.parametrize(
    "target",
    [
        "", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)",
        "/a\nb", "/a\tb", "\\\\evil", "/%0d%0aSet-Cookie:x\r", "http:/evil", " /a", "/a b", "/a#b",
        "///evil.example", "/\x00", "/é", "/@evil.example", "/a:80", "/" + "a" * 600, "evil",
        "/;/evil", "/a?b=<script>",
    ],
)  # fmt: skip
def test_r28_only_a_plain_path_of_this_site_is_gone_to_after_signing_in(target: str) -> None:
    assert rules.safe_next(target) == ""


@pytest.mark.parametrize("target", ["/", "/users", "/users?q=a&after=b%20c", "/activate/a-b_c"])
def test_r28_plain_paths_pass(target: str) -> None:
    assert rules.safe_next(target) == target


def test_r20_a_session_has_an_idle_and_an_absolute_end() -> None:
    idle = rules.idle_limit(Role.BUREAU_OFFICER, 15, 30)
    alive = rules.session_alive
    assert alive(NOW, NOW, idle, NOW + timedelta(minutes=14, seconds=59))
    assert not alive(NOW, NOW, idle, NOW + timedelta(minutes=15))
    late = NOW + timedelta(hours=11, minutes=59)
    assert alive(NOW, late, idle, late)
    assert not alive(NOW, NOW + timedelta(hours=12), idle, NOW + timedelta(hours=12))
    assert rules.idle_limit(Role.TEACHER, 15, 30) == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("starts", "ends", "ended_at", "state"),
    [
        (date(2023, 11, 1), None, None, TermState.CURRENT),
        (date(2023, 11, 20), date(2023, 11, 20), None, TermState.CURRENT),
        (date(2023, 11, 1), date(2023, 11, 19), None, TermState.ENDED),
        (date(2023, 11, 21), None, None, TermState.FUTURE),
        (date(2023, 11, 1), None, NOW, TermState.ENDED),
    ],
)
def test_the_last_day_of_a_term_belongs_to_it(
    starts: date, ends: date | None, ended_at: datetime | None, state: TermState
) -> None:
    assert rules.term_state(starts, ends, ended_at, date(2023, 11, 20)) is state


@pytest.mark.parametrize(
    ("used", "withdrawn", "expires", "state"),
    [
        (None, None, NOW + DAY, InvitationState.OPEN),
        (None, None, NOW, InvitationState.EXPIRED),
        (NOW, None, NOW + DAY, InvitationState.USED),
        (None, NOW, NOW + DAY, InvitationState.WITHDRAWN),
    ],
)
def test_r24_a_code_opens_once_and_not_for_ever(
    used: datetime | None, withdrawn: datetime | None, expires: datetime, state: InvitationState
) -> None:
    assert rules.invitation_state(used, withdrawn, expires, NOW) is state


@pytest.mark.parametrize(
    ("unused_days", "warned_days_ago", "step"),
    [
        (0, None, Dormancy.NOTHING),
        (165, None, Dormancy.NOTHING),
        (166, None, Dormancy.WARN),
        (400, None, Dormancy.WARN),
        (170, 4, Dormancy.NOTHING),
        (180, 13, Dormancy.NOTHING),
        (180, 14, Dormancy.DISABLE),
        (180, 200, Dormancy.WARN),  # the warning is older than the last use
    ],
)
def test_unused_accounts_are_told_before_they_are_disabled(
    unused_days: int, warned_days_ago: int | None, step: Dormancy
) -> None:
    warned = None if warned_days_ago is None else NOW - warned_days_ago * DAY
    assert rules.dormancy(NOW - unused_days * DAY, warned, NOW) is step


@pytest.mark.rule("HN-01")
def test_a_province_managed_county_stands_below_the_province() -> None:
    assert rules.superior_id(Kind.PROVINCE_MANAGED_COUNTY, 7, 1) == 1
    assert rules.superior_id(Kind.COUNTY, 7, 1) == 7


def test_every_role_exists_somewhere_and_says_what_it_may_do() -> None:
    for role in Role:
        assert rules.ROLES[role].kinds
        assert rules.DUTIES[role].source


@pytest.mark.parametrize("kind", list(Kind))
def test_the_first_person_of_a_body_can_invite_the_others(kind: Kind) -> None:
    first = rules.first_role(kind)
    if first is not None:
        assert rules.ROLES[first].manages_users
        assert kind in rules.ROLES[first].kinds


def test_under_a_mandate_an_administrator_stands_in_for_an_administrator() -> None:
    assert rules.role_under_mandate(Kind.COUNTY, True) is Role.BUREAU_ADMINISTRATOR
    assert rules.role_under_mandate(Kind.COUNTY, False) is Role.BUREAU_OFFICER
    assert rules.role_under_mandate(Kind.SCHOOL, False) is Role.SCHOOL_ADMINISTRATOR


@pytest.mark.parametrize("typed", ["ab", "-abc", "a b c", "a" * 81, "a/b/c", "名", "a\u202eb", ""])
def test_unusable_sign_in_names_are_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        rules.require_login(typed)


def test_a_sign_in_name_is_one_name_however_it_is_typed() -> None:
    assert rules.require_login(" ＺｈａｎｇＳａｎ ") == "zhangsan"
    assert rules.require_login("郑州管理员") == "郑州管理员"


@pytest.mark.parametrize("typed", ["a", "a@b", "a@b.c\n", "a b@c.de", "@c.de", "a@-.x"])
def test_what_is_not_a_mail_address_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        rules.require_email(typed + "x" if typed.endswith("\n") else typed)


def test_telephones_keep_their_digits() -> None:
    assert rules.require_phone("１３８ ００００-0000") == "13800000000"
    assert rules.require_phone("") == ""
    with pytest.raises(Refusal):
        rules.require_phone("twelve")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/1 Mobile MicroMessenger/8", "WeChat · Android"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_has_a_short_name(agent: str, name: str) -> None:
    assert rules.browser_name(agent) == name
