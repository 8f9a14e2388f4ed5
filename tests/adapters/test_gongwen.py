"""Line breaks of titles, dates and the size of the red head."""

from __future__ import annotations

from datetime import date

import pytest

from provincial.adapters.gongwen import chinese_date, masthead_size, text_width, title_lines


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于报到的通知", ["关于报到的通知"]),
        (
            "关于下达2023年省级骨干教师培育项目名额的通知",
            ["关于下达2023年省级骨干教师", "培育项目名额的通知"],
        ),
        (
            "河南省教育厅办公室关于组织实施2023年义务教育师资薄弱环节改善暨中小学教师素质提升工程的通知",
            [
                "河南省教育厅办公室关于",
                "组织实施2023年义务教育师资薄弱环节",
                "改善暨中小学教师素质提升工程的通知",
            ],
        ),
    ],
)
def test_titles_break_between_words(title: str, lines: list[str]) -> None:
    made = title_lines(title)
    assert "".join(made) == title
    assert all(text_width(line) <= 20 for line in made)
    if len(made) < 3:
        assert made == lines


def test_a_title_of_one_endless_word_still_comes_out() -> None:
    endless = "A" * 200
    assert title_lines(endless) == [endless]
    assert title_lines("") == [""]


def test_dates_are_not_padded() -> None:
    assert chinese_date(date(2023, 11, 6)) == "2023年11月6日"


@pytest.mark.parametrize(
    ("masthead", "size"),
    [
        ("郑州市教育局文件", "short"),
        ("河南省教育厅办公室文件", "middle"),
        ("河南省中小学教师培训办公室文件", "long"),
        ("郑州航空港经济综合实验区教育文化卫生体育局文件", "longest"),
    ],
)
def test_masthead_sizes(masthead: str, size: str) -> None:
    assert masthead_size(masthead) == size
