"""Typographic decisions of official papers (GB/T 9704-2012) that a style sheet cannot make."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date

#: Characters of 2号 (22 pt) that fit the type area of 156 mm.
TITLE_WIDTH = 20.0
#: A title must not be cut inside these; the words of such titles, longest first.
_TITLE_WORDS = re.compile(
    r"《[^》]{1,12}》|[0-9]+年度?|[0-9A-Za-z]+|省级骨干教师|义务教育|中小学|素质提升|骨干教师|首席教师|青年教师|优秀|"
    r"师德师风|专项|工作室|教师培训|培训班|教育厅|教育局|办公室|河南省|浙江省|省级|市级|县级|国培计划|"
    r"省培计划|教师|项目|计划|工程|名额|培训|培育|分配|下达|更正|补充|调整|组织|实施|开展|报到|通知书|"
    r"的通知|的函|的批复|关于|有关|事项|工作|管理|办法|进一步|加强|做好|.",
    re.DOTALL,
)
_NEVER_FIRST = set("、，。；：？！）》〉”’〕】的暨和与及")


def chinese_date(day: date) -> str:
    """``2023年11月6日``: Arabic digits, no padding."""
    return f"{day.year}年{day.month}月{day.day}日"


def text_width(text: str) -> float:
    """Width in full characters; a Latin letter or digit counts one half."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)


def title_lines(title: str, width: float = TITLE_WIDTH) -> list[str]:
    """``title`` cut into the fewest lines, of nearly equal length, never inside a word.

    The standard asks for a trapezium or a diamond; a last line of two characters is neither.
    """
    words = _TITLE_WORDS.findall(title)
    count = max(1, math.ceil(text_width(title) / width))
    while count <= len(words):
        lines = _cut(words, count, width)
        if lines:
            return lines
        count += 1
    return [title]


def masthead_size(masthead: str) -> str:
    """Size class of the red head, so that the issuer stands on one line: four steps."""
    length = text_width(masthead)
    steps = ((9, "short"), (12, "middle"), (16, "long"))
    return next((name for limit, name in steps if length <= limit), "longest")


def _cut(words: list[str], count: int, width: float) -> list[str]:
    """The cut into ``count`` lines with the least spread, or nothing if one would be too long."""
    ideal = text_width("".join(words)) / count
    # best[k][i]: least cost of setting the first i words in k lines, with the cuts made.
    best: list[dict[int, tuple[float, list[int]]]] = [{0: (0.0, [])}]
    for _ in range(count):
        row: dict[int, tuple[float, list[int]]] = {}
        for start, (cost, cuts) in best[-1].items():
            for end in range(start + 1, len(words) + 1):
                length = text_width("".join(words[start:end]))
                if length > width:
                    break
                if end < len(words) and words[end][0] in _NEVER_FIRST:
                    continue
                spent = cost + (length - ideal) ** 2
                if end not in row or spent < row[end][0]:
                    row[end] = (spent, [*cuts, end])
        best.append(row)
    if len(words) not in best[-1]:
        return []
    cuts = best[-1][len(words)][1]
    return ["".join(words[a:b]) for a, b in zip([0, *cuts], cuts, strict=False)]
