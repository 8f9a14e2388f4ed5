"""Words of yearly figures, and how cells are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from provincial.core.identity import match_key
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t

#: Flags of counties that come first in allocation (GP-05).
FLAGS: dict[str, Text] = {
    "contiguous_poor": t("Contiguous poor area"),
    "national_poverty": t("National poverty county"),
    "deep_poverty": t("Deep poverty county"),
}
#: Grades of a year, best first (GP-22).
GRADES: dict[str, Text] = {
    "excellent": t("Excellent"),
    "good": t("Good"),
    "qualified": t("Qualified"),
    "unqualified": t("Unqualified"),
}
#: Where a figure comes from.
SOURCES: dict[str, Text] = {
    "import": t("Spreadsheet"),
    "edited": t("Typed in"),
    "standings": t("Standings"),
}
_FLAG_WORDS = {
    "集中连片特困": "contiguous_poor",
    "集中连片特困地区": "contiguous_poor",
    "集中连片特困地区县": "contiguous_poor",
    "连片特困": "contiguous_poor",
    "国家级贫困": "national_poverty",
    "国家级贫困县": "national_poverty",
    "国贫县": "national_poverty",
    "深度贫困": "deep_poverty",
    "深度贫困县": "deep_poverty",
    "深度贫困地区县": "deep_poverty",
}
_GRADE_WORDS = {"优秀": "excellent", "良好": "good", "合格": "qualified", "不合格": "unqualified"}
_NONE = {"", "无", "-", "—", "否"}
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one body for one year; ``None`` is not known. Rates are shares of one."""

    teachers: int | None = None
    key_teachers: int | None = None
    rural_teachers: int | None = None
    flags: tuple[str, ...] = ()
    registration_rate: Decimal | None = None
    check_in_rate: Decimal | None = None
    score: Decimal | None = None
    grade: str = ""

    def as_columns(self) -> dict[str, Any]:
        """The values by column of the table."""
        names = ("teachers", "key_teachers", "rural_teachers", "registration_rate")
        values = {name: getattr(self, name) for name in (*names, "check_in_rate", "score", "grade")}
        return values | {"flags": list(self.flags)}

    def as_data(self) -> dict[str, Any]:
        """Plain values for JSON; numbers with a point as text."""
        columns = self.as_columns().items()
        return {k: str(v) if isinstance(v, Decimal) else v for k, v in columns}


def figures_from_data(data: Mapping[str, Any]) -> Figures:
    """Read what ``Figures.as_data`` wrote."""
    points = ("registration_rate", "check_in_rate", "score")
    values: dict[str, Any] = {
        k: Decimal(v) if k in points and v is not None else v for k, v in data.items()
    }
    return Figures(**{**values, "flags": tuple(data["flags"])})


def checked(figures: Figures) -> Figures:
    """The figures as they are kept; refuses what cannot be together or out of range."""
    total = figures.teachers
    for name in ("key_teachers", "rural_teachers"):
        part = getattr(figures, name)
        if total is not None and part is not None and part > total:
            raise Refusal(
                t("%(part)s of %(total)s teachers cannot be.", part=part, total=total), field=name
            )
    for name in ("teachers", "key_teachers", "rural_teachers"):
        count = getattr(figures, name)
        if count is not None and not 0 <= count <= 10_000_000:
            raise Refusal(t("The number is larger than any province could have."), field=name)
    for name in ("registration_rate", "check_in_rate"):
        rate = getattr(figures, name)
        if rate is not None and not 0 <= rate <= 1:
            raise Refusal(t("A rate lies between 0 and 100 per cent."), field=name)
    if figures.score is not None and not 0 <= figures.score <= 1000:
        raise Refusal(t("A score lies between 0 and 1000."), field="score")
    return figures


def checked_year(year: int) -> int:
    """A year that a table may have."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal(t("The year lies between 2000 and 2100."), field="year")
    return year


def rate_of(value: object) -> Decimal:
    """A rate as a share of one: 98.5 %, 98.5 and 0.985 are the same; refuses other words."""
    text = match_key(str(value))
    number = _decimal(text.rstrip("%"))
    if text.endswith("%") or number > 1:
        number /= 100
    if not 0 <= number <= 1:
        raise Refusal(t("A rate lies between 0 and 100 per cent."))
    return number.quantize(Decimal("0.0001"))


def score_of(value: object) -> Decimal:
    """A score with two decimals."""
    number = _decimal(match_key(str(value)))
    if not 0 <= number <= 1000:
        raise Refusal(t("A score lies between 0 and 1000."))
    return number.quantize(Decimal("0.01"))


def flags_of(value: object) -> tuple[str, ...]:
    """The county flags that a cell names, in their order; refuses other words."""
    words = [match_key(word) for word in re.split(r"[、,，;；/\s]+", str(value))]
    unknown = [word for word in words if word not in _NONE and word not in _FLAG_WORDS]
    if unknown:
        raise Refusal(t("“%(word)s” is not a county flag.", word=unknown[0][:20]))
    named = {_FLAG_WORDS[word] for word in words if word in _FLAG_WORDS}
    return tuple(flag for flag in FLAGS if flag in named)


def grade_of(value: object) -> str:
    """The grade that a cell names."""
    key = match_key(str(value))
    if key in _NONE:
        return ""
    if key not in _GRADE_WORDS:
        raise Refusal(t("“%(word)s” is not a grade.", word=key[:20]))
    return _GRADE_WORDS[key]


def _decimal(text: str) -> Decimal:
    try:
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,12})?(e-[0-9]{1,2})?", text):
            raise InvalidOperation
        return Decimal(text)
    except InvalidOperation as error:
        raise Refusal(t("“%(text)s” is not a number.", text=text[:20])) from error
