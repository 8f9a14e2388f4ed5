"""What stands on the paper: the golden text of a list, with names of rare characters."""

from __future__ import annotations

from sqlalchemy.orm import Session

from provincial.adapters.pdf import text_of
from provincial.office.papers import documents as papers
from tests.planning.lists.handing import hand_in, named, two_signers
from tests.planning.nominations.places import places_to_fill


def test_the_paper_names_everybody_also_with_rare_characters(session: Session) -> None:
    tree = places_to_fill(session)
    two_signers(tree)
    handed_in = hand_in(tree, named(tree, "李㛃", "王䶮", "赵𬭎"))
    assert handed_in.paper is not None
    text = "".join(text_of(papers.lay_out(handed_in.paper)).split())
    for words in (
        "2023年省级骨干教师培育项目推荐名单",
        "报送单位：甲市",
        "编号：甲市推荐名单〔2023〕1号",
        "根据《测试计划的通知》（教办师〔2023〕1号）要求",
        "共3人，请予审核。",
        *("李㛃", "王䶮", "赵𬭎", "甲一县一小", "小学", "语文", "常规"),
        "小学语文200317",
        "单位负责人（签字）：",
        "报送单位（盖章）：",
        "第1页共1页",
    ):
        assert words in text, words
