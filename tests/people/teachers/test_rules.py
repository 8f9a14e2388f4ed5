"""What a record may say, and how the words of a list are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from provincial.core.refusals import Refusal
from provincial.people.teachers import rules
from provincial.people.teachers.rules import Facts, TeacherRow
from provincial.rulebook import people_words

TODAY = date(2023, 9, 1)
BIRTH = date(1990, 3, 7)
ROW = TeacherRow(2, "410322199003070012", BIRTH, "1", 1, "示例小学", Facts("张三"), "13800002316")


@pytest.mark.parametrize(
    ("read", "word", "code"),
    [
        (people_words.sex_of, "男", "1"),
        (people_words.sex_of, " 女 ", "2"),
        (people_words.stage_of, "幼儿园", "preschool"),
        (people_words.stage_of, "普通高中", "senior"),
        (people_words.subject_of, "语文", "chinese"),
        (people_words.subject_of, "小学信息技术", "information_technology"),
        (people_words.title_of, "正高级教师", "senior_full"),
        (people_words.title_of, "中学高级教师", "senior_associate"),
        (people_words.title_of, "小学高级教师", "first_grade"),
        (people_words.title_of, "小学一级教师", "second_grade"),
        (people_words.title_of, "未评级", "ungraded"),
        (people_words.status_of, "在岗", "in_service"),
        (people_words.ethnic_of, "回族", "03"),
        (people_words.ethnic_of, "维吾尔", "05"),
        (people_words.ethnic_of, "56", "56"),
        (people_words.political_of, "党员", "01"),
        (people_words.political_of, "群众", "13"),
    ],
)
@pytest.mark.rule("PE-130")
def test_words_become_codes(read: Callable[[str], str], word: str, code: str) -> None:
    assert read(word) == code


@pytest.mark.parametrize(
    "read",
    [
        *(
            people_words.sex_of,
            people_words.stage_of,
            people_words.subject_of,
            people_words.title_of,
            people_words.status_of,
        ),
        *(people_words.ethnic_of, people_words.political_of),
    ],
)
def test_unknown_words_are_refused(read: Callable[[str], str]) -> None:
    for word in ("", "外星", "九年一贯制", "特级"):
        with pytest.raises(Refusal) as refused:
            read(word)
        assert refused.value.findings[0].code == "unknown-word"


def test_ranks_of_titles_fall() -> None:
    assert [title.rank for title in people_words.TITLES] == [5, 4, 3, 2, 1, 0]
    assert len(people_words.ETHNIC_GROUPS) == 56
    assert people_words.ETHNIC_GROUPS["56"] == "基诺族"


@pytest.mark.rule("GP-04")
@pytest.mark.parametrize(
    ("post", "head"),
    [
        ("校长", True),
        ("园长", True),
        ("党支部书记、校长", True),
        ("副校长", False),
        ("副园长", False),
        ("校长助理", False),
        ("教导主任", False),
        ("", False),
    ],
)
def test_heads_are_told_from_teachers(post: str, head: bool) -> None:
    assert rules.is_head_post(post) is head


@pytest.mark.rule("PE-130")
@pytest.mark.parametrize(
    ("sex", "birth", "codes"),
    [
        (None, None, []),
        ("1", BIRTH, []),
        ("1", date(1990, 3, 1), []),
        ("2", None, ["sex-differs"]),
        (None, date(1990, 3, 8), ["birth-differs"]),
        ("2", date(1991, 3, 7), ["sex-differs", "birth-differs"]),
    ],
)
def test_a_row_agrees_with_its_number(
    sex: str | None, birth: date | None, codes: list[str]
) -> None:
    assert [f.code for f in rules.judge_person(ROW, sex, birth)] == codes


@pytest.mark.parametrize(
    ("since", "teaching", "born", "codes"),
    [
        (date(2012, 9, 1), date(2013, 9, 1), BIRTH, []),
        (date(2024, 9, 1), None, BIRTH, ["since-future"]),
        (date(2002, 9, 1), None, BIRTH, ["since-early"]),
        (date(2012, 9, 1), date(2011, 9, 1), BIRTH, ["teaching_since-order"]),
        (None, None, date(2008, 1, 1), ["age"]),
        (None, None, date(1950, 1, 1), ["age"]),
        (None, None, date(2005, 9, 1), []),
    ],
)
def test_times_are_plausible(
    since: date | None, teaching: date | None, born: date, codes: list[str]
) -> None:
    facts = Facts("张三", since=since, teaching_since=teaching)
    assert [f.code for f in rules.judge_times(facts, born, TODAY)] == codes


def test_what_a_list_does_not_say_stays() -> None:
    facts = Facts(name="张三", title="first_grade")
    assert rules.differing(facts, {"name": "张三", "title": "", "post": "校长"}) == {
        "title": "first_grade"
    }


def test_r6_a_row_tells_its_numbers_to_nobody() -> None:
    told = repr(ROW) + str(ROW.as_data())
    assert "410322199003070012" not in told
    assert "13800002316" not in told
    assert "410322********0012" in told
    assert rules.masked_id("short") == "*****"
