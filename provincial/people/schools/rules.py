"""How the words of a school list are read."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from provincial.core.identity import match_key
from provincial.core.refusals import Refusal
from provincial.core.text import t

#: Above this many rows confirming runs as a job.
ROWS_AT_ONCE = 500

_STAGE_WORDS: dict[str, tuple[str, ...]] = {
    "学前": ("preschool",),
    "学前教育": ("preschool",),
    "幼儿园": ("preschool",),
    "小学": ("primary",),
    "教学点": ("primary",),
    "初中": ("junior",),
    "初级中学": ("junior",),
    "九年一贯": ("primary", "junior"),
    "九年一贯制": ("primary", "junior"),
    "九年一贯制学校": ("primary", "junior"),
    "完中": ("junior", "senior"),
    "完全中学": ("junior", "senior"),
    "十二年一贯制": ("primary", "junior", "senior"),
    "十二年一贯制学校": ("primary", "junior", "senior"),
    "高中": ("senior",),
    "普通高中": ("senior",),
    "高级中学": ("senior",),
    "特教": ("special",),
    "特殊教育": ("special",),
    "特殊教育学校": ("special",),
    "中职": ("vocational",),
    "中等职业学校": ("vocational",),
    "职业高中": ("vocational",),
}
_YES = {"是", "有", "√", "y", "yes", "1", "true", "乡村", "农村", "民办"}
_NO = {"否", "不是", "无", "×", "x", "n", "no", "0", "false", "城镇", "城市", "公办", "-", "—"}


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """One school as the list tells it; ``school_id`` when it exists already."""

    row: int
    code: str
    name: str
    parent_id: int
    parent: str
    stages: tuple[str, ...]
    is_rural: bool
    is_private: bool
    verdict: str
    school_id: int | None = None

    def as_data(self) -> dict[str, Any]:
        """Plain values, for the run's record and its page."""
        return asdict(self) | {"stages": list(self.stages)}


def stages_of(value: object) -> tuple[str, ...]:
    """The stages that a cell names: 小学、初中 or 九年一贯制; refuses other words."""
    found: list[str] = []
    for word in re.split(r"[、,，;；/+和及\s]+", str(value)):
        key = match_key(word)
        if not key:
            continue
        if key not in _STAGE_WORDS:
            raise Refusal(t("“%(word)s” is not a school stage.", word=word[:20]))
        found += [stage for stage in _STAGE_WORDS[key] if stage not in found]
    if not found:
        raise Refusal(t("The school stage is missing."))
    return tuple(found)


def yes_or_no(value: object) -> bool:
    """Whether a cell says yes; refuses anything but yes and no."""
    key = match_key(str(value))
    if key in _YES:
        return True
    if key in _NO:
        return False
    raise Refusal(t("Write 是 or 否 here, not “%(text)s”.", text=str(value)[:20]))
