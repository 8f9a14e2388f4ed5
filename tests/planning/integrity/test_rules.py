"""How long a ban lasts and what it bars: the golden cases, and properties over all dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.planning.integrity.rules import (
    BanFacts,
    BanPolicy,
    RecordKind,
    Stage,
    TrainingFacts,
    ban_ends,
    ban_findings,
    barred_until,
    check_date,
    days_left,
    eligible_from,
    keeps,
    policy_of,
    reaction,
    require_by_hand,
    stage_of,
)
from provincial.planning.rulebooks.queries import usable

HENAN = policy_of(usable("henan-2023"))
assert HENAN is not None
POLICY: BanPolicy = HENAN
NOMINATED = date(2026, 11, 20)
OPENS = date(2026, 12, 25)


def ban(
    event_on: date, *, cause: str = "no_show", state: str = "in_force", number: int = 1
) -> BanFacts:
    return BanFacts(
        number, 7, cause, event_on, ban_ends(event_on, POLICY.years), state, "小学语文骨干"
    )


def training(
    level: str = "provincial",
    mode: str = "face_to_face",
    opens_on: date | None = None,
    nominated_on: date = NOMINATED,
    *,
    national: bool = False,
) -> TrainingFacts:
    return TrainingFacts(level, mode, opens_on, nominated_on, national)


def verdicts(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.severity.value, finding.code) for finding in found]


def check(bans: list[BanFacts], wanted: TrainingFacts, policy: BanPolicy = POLICY) -> list[Finding]:
    return ban_findings(bans, wanted, policy, wanted.nominated_on)


NO_SHOW = ban(date(2023, 12, 18))


# Golden cases of rules.md part 8


@pytest.mark.rule("HN-46")
@pytest.mark.rule("A-04")
def test_golden_ban_of_a_no_show() -> None:
    assert NO_SHOW.ends_on == date(2026, 12, 18)
    assert eligible_from(NO_SHOW.ends_on) == date(2026, 12, 19)
    for opens, blocked in ((date(2026, 12, 18), True), (date(2026, 12, 19), False)):
        found = check([NO_SHOW], training(opens_on=opens))
        assert (found[0].severity is Severity.BLOCK) is blocked


@pytest.mark.rule("A-04")
def test_golden_leap_day() -> None:
    assert ban_ends(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert ban_ends(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert ban_ends(date(2024, 2, 28), 3) == date(2027, 2, 28)
    expelled = ban(date(2024, 2, 29), cause="expelled")
    assert verdicts(check([expelled], training(opens_on=date(2027, 2, 28))))[0] == ("block", "ban")
    last = training(opens_on=date(2027, 3, 1), nominated_on=date(2027, 2, 20))
    assert verdicts(check([expelled], last)) == [("warn", "ban-ends-before")]


@pytest.mark.rule("HN-46")
@pytest.mark.rule("A-07")
@pytest.mark.parametrize(
    ("level", "mode", "severity"),
    [
        ("provincial", "face_to_face", Severity.BLOCK),
        ("provincial", "blended", Severity.BLOCK),
        ("provincial", "online", None),
        ("provincial", "school_based", None),
        ("city", "face_to_face", None),
        ("county", "blended", None),
        ("school", "face_to_face", None),
        ("national", "face_to_face", Severity.WARN),
        ("national", "online", None),
    ],
)
def test_golden_scope(level: str, mode: str, severity: Severity | None) -> None:
    wanted = training(level, mode, date(2026, 12, 1))
    assert reaction(wanted, POLICY) is severity
    found = check([NO_SHOW], wanted)
    assert found[0].severity is (severity or Severity.PASS)
    assert found[0].code == ("ban" if severity else "ban-not-reaching")


@pytest.mark.rule("A-05")
def test_golden_ban_against_date() -> None:
    found = check([NO_SHOW], training(opens_on=OPENS))
    assert verdicts(found) == [("warn", "ban-ends-before")]
    assert found[0].rule == "A-05"
    unknown = check([NO_SHOW], training())
    assert verdicts(unknown) == [("block", "ban")]


# The sentence and its source


@pytest.mark.rule("HN-46")
def test_a_refusal_names_article_cause_end_and_days_left() -> None:
    found = check([NO_SHOW], training(opens_on=date(2026, 12, 1)))[0]
    said = str(found.message)
    assert "教办师〔2023〕389号 三(二)" in said
    assert "No-show" in said
    assert "2026-12-18" in said
    assert "2026-12-19" in said
    assert "29 days left" in said
    assert (found.rule, found.measured) == ("HN-46", "2026-12-18")
    assert found.mend is not None


def test_nobody_without_a_ban_hears_of_it() -> None:
    assert check([], training(opens_on=OPENS)) == []
    over = ban(date(2022, 1, 1))
    assert check([over], training(opens_on=OPENS)) == []
    assert check([over], training("city")) == []


@pytest.mark.rule("HN-46")
def test_a_proposed_ban_warns_and_never_refuses() -> None:
    proposed = ban(date(2025, 12, 18), state="proposed")
    assert verdicts(check([proposed], training(opens_on=OPENS))) == [("warn", "ban-proposed")]
    assert check([proposed], training("county", opens_on=OPENS)) == []
    later = ban(date(2027, 1, 5), state="proposed")
    assert check([later], training(opens_on=OPENS)) == []


@pytest.mark.rule("A-08")
def test_of_several_bans_the_latest_end_counts() -> None:
    first, second = ban(date(2024, 3, 1)), ban(date(2025, 6, 1), cause="expelled", number=2)
    assert barred_until([second, first], POLICY) == date(2028, 6, 1)
    found = check([first, second], training(opens_on=date(2027, 6, 1)))
    assert verdicts(found) == [("block", "ban")]
    assert "Asked to leave" in str(found[0].message)
    added = replace(POLICY, overlap="added_up")
    assert barred_until([first, second], added) == date(2030, 3, 1)
    far = ban(date(2029, 1, 1), number=3)
    assert barred_until([first, far], added) == far.ends_on


@pytest.mark.rule("A-07")
def test_the_plan_says_how_national_training_is_met() -> None:
    wanted = training("national", opens_on=date(2026, 12, 1))
    marked = training("provincial", opens_on=date(2026, 12, 1), national=True)
    for choice, severity in (("warn", Severity.WARN), ("refuse", Severity.BLOCK), ("none", None)):
        policy = replace(POLICY, national_plan=choice)
        assert reaction(wanted, policy) is severity
        assert reaction(marked, policy) is severity
    assert check([NO_SHOW], marked)[0].rule == "A-07"


@pytest.mark.rule("A-05")
def test_the_plan_says_which_day_is_checked() -> None:
    wanted = training(opens_on=OPENS)
    assert check_date(wanted, POLICY) == OPENS
    assert check_date(training(), POLICY) == NOMINATED
    strict = replace(POLICY, checked_on="nomination")
    assert check_date(wanted, strict) == NOMINATED
    assert verdicts(check([NO_SHOW], wanted, strict)) == [("block", "ban")]


def test_a_plan_without_a_ban_has_no_policy() -> None:
    assert policy_of(usable("national-2019")) is None


def test_the_policy_is_the_rulebook_and_nothing_else() -> None:
    assert (POLICY.years, POLICY.level, POLICY.overlap) == (3, "provincial", "latest_end")
    assert set(POLICY.causes) == {"no_show", "expelled", "not_completed"}
    assert set(POLICY.exemptable) == {"no_show", "not_completed"}
    assert POLICY.objection_days >= 1
    assert POLICY.citation("checked_on") == "A-05"


# Properties

_DAYS = st.dates(date(2000, 1, 1), date(2150, 12, 31))


@given(_DAYS, st.integers(1, 10))
def test_the_end_is_the_same_date_or_the_last_of_february(event: date, years: int) -> None:
    end = ban_ends(event, years)
    assert end.year == event.year + years
    assert (end.month, end.day) in ((event.month, event.day), (2, 28))
    assert ban_ends(event + timedelta(days=1), years) >= end


@given(_DAYS, st.integers(-400, 1600))
def test_refused_if_and_only_if_the_ban_covers_the_opening(event: date, gap: int) -> None:
    opens = event + timedelta(days=gap)
    one = ban(event)
    found = ban_findings([one], training(opens_on=opens), POLICY, event)
    refused = any(finding.severity is Severity.BLOCK for finding in found)
    assert refused is (event <= opens <= one.ends_on)


@given(st.lists(_DAYS, min_size=1, max_size=5), _DAYS)
def test_more_bans_never_free_anybody(events: list[date], opens: date) -> None:
    bans = [ban(event, number=place) for place, event in enumerate(events)]
    wanted = training(opens_on=opens, nominated_on=min(events))
    alone = [ban_findings([one], wanted, POLICY, min(events)) for one in bans]
    blocked = any(f.severity is Severity.BLOCK for found in alone for f in found)
    together = ban_findings(bans, wanted, POLICY, min(events))
    if blocked:
        assert together[0].severity is Severity.BLOCK
        assert (
            together[0].measured
            == max(one.ends_on for one in bans if one.event_on <= opens).isoformat()
        )


@given(_DAYS, st.integers(-5, 40))
def test_days_left_reach_nought_the_day_after(end: date, ahead: int) -> None:
    left = days_left(end, end - timedelta(days=ahead))
    assert left == max(0, ahead + 1)


# Stages and records


def test_expired_is_read_from_the_last_day() -> None:
    end = date(2026, 12, 18)
    assert stage_of("in_force", "", end, end) is Stage.IN_FORCE
    assert stage_of("in_force", "", end, end + timedelta(days=1)) is Stage.EXPIRED
    assert stage_of("in_force", "lift", end, end) is Stage.LIFTING
    assert stage_of("proposed", "sign", end, end + timedelta(days=9)) is Stage.SIGNED
    assert stage_of("exempted", "", end, end) is Stage.EXEMPTED


@pytest.mark.rule("HN-45")
def test_a_plan_may_keep_forgeries_only() -> None:
    assert keeps(["all_results"], "completed")
    assert not keeps(["forgery"], "completed")
    assert keeps(["forgery"], "forgery")


@pytest.mark.rule("PE-92")
def test_only_circulars_and_forgeries_are_entered_by_hand() -> None:
    assert require_by_hand("forgery") is RecordKind.FORGERY
    for kind in ("completed", "ban", "", "x"):
        with pytest.raises(Refusal):
            require_by_hand(kind)
    assert {kind.value for kind in RecordKind} == set(RecordKind.looks())
    assert {stage.value for stage in Stage} == set(Stage.looks())
