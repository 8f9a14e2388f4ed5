"""What the demonstration is made of, as plain values: names, schools, shares. Nothing is drawn by lot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from provincial.core.identity import id_check_character

#: The sign-in word of every demonstration account, published in the README (R24).
PASSWORD = "songshu-huoche-lantian-moli"

PROVINCE = "410000"
#: The school whose people have accounts, and how many teachers it and the others of its district have.
TEACHERS_HERE, TEACHERS_ELSEWHERE = 24, 6
#: The account of a teacher, and the place of its person in the school.
TEACHER_LOGIN, TEACHER_PLACE = "teacher3", 4

PLAN = "henan-2023"
LABEL = "2023年省培计划"
LAST_PLAN = "henan-2022"
LAST_TITLE = "河南省教育厅办公室关于组织实施2022年中小学教师素质提升工程的通知（演示）"
LAST_NUMBER = "教办师〔2022〕0号"
PROGRAMME_YEARS = (2021, 2025)
OFFICE_MAIL = "office@example.com"
CATEGORY = "key_teacher_cultivation"
TABLE_FILE = "annex4-quota-table.xlsx"

_ORDINALS = "一二三四五六七八"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
_GIVEN = ("若谷", "清扬", "怀远", "书言", "景行", "知秋", "明远", "思齐", "望舒", "如松", "映雪")


@dataclass(frozen=True, slots=True)
class InventedSchool:
    """A school of the demonstration: ``code`` is its county's with P or J and two digits."""

    code: str
    name: str
    stage: str
    is_rural: bool


def schools_of(
    county_code: str, county: str, each: int, *, rural_from: int
) -> list[InventedSchool]:
    """第一…小学 and 第一…初级中学 of a county; those from number ``rural_from`` on are rural."""
    kinds = (("P", "小学", "primary"), ("J", "初级中学", "junior"))
    return [
        InventedSchool(
            f"{county_code}-{letter}{number:02d}",
            f"{county}第{_ORDINALS[number - 1]}{word}",
            stage,
            number >= rural_from,
        )
        for letter, word, stage in kinds
        for number in range(1, each + 1)
    ]


def invented_name(number: int) -> str:
    """The name of an invented person."""
    return _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number % len(_GIVEN)]


def invented_phone(number: int) -> str:
    """A landline number that nobody has: local numbers never begin with nought."""
    return f"0371{number:08d}"


def invented_mobile(number: int) -> str:
    """A mobile number of a range that no operator has been given (154)."""
    return f"1540{number:07d}"


@dataclass(frozen=True, slots=True)
class InventedTeacher:
    """A teacher of the demonstration; facts by column, as the register names them."""

    name: str
    id_number: str
    phone: str
    birth_on: date
    sex: str
    facts: Mapping[str, Any]


_SUBJECTS = {
    "primary": ("chinese", "mathematics", "english", "science", "physical_education", "music"),
    "junior": ("chinese", "mathematics", "english", "physics", "ethics_law", "history"),
}
_TITLES = ("first_grade", "second_grade", "senior_associate", "first_grade", "ungraded")
_POSTS = {0: "校长", 1: "副校长", 2: "教导主任"}


def invented_number(birth_on: date, sequence: int) -> str:
    """An ID number with a right check digit of a county that does not exist (419900)."""
    first = f"419900{birth_on:%Y%m%d}{sequence % 1000:03d}"
    return first + id_check_character(first)


def invented_teacher(number: int, stage: str, place: int) -> InventedTeacher:
    """Teacher ``number`` of the demonstration, at ``place`` in the school; the first is its head."""
    birth_on = date(1968 + number * 7 % 29, 1 + number % 12, 1 + number * 5 % 28)
    since = date(birth_on.year + 22, 9, 1)
    subjects = _SUBJECTS[stage]
    return InventedTeacher(
        name=invented_name(100 + number),
        id_number=invented_number(birth_on, number),
        phone=invented_mobile(number),
        birth_on=birth_on,
        sex="1" if number % 2 else "2",
        facts={
            "stage": stage,
            "subject": subjects[number % len(subjects)],
            "title": _TITLES[number % len(_TITLES)] if since.year < 2016 else "second_grade",
            "post": _POSTS.get(place, ""),
            "is_head": place == 0,
            "is_class_teacher": place > 2 and place % 3 == 0,
            "since": since,
            "teaching_since": since,
        },
    )
