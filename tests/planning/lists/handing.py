"""A city with names at its desk, and files as they come back stamped, for the tests of lists."""

from __future__ import annotations

import io

import pikepdf

from provincial.adapters.pdf import render_pdf
from provincial.office.papers.models import Paper
from provincial.planning.lists import actions
from provincial.planning.nominations.actions import Entry
from provincial.planning.nominations.models import Nomination, NominationList
from provincial.planning.nominations.rules import Channel
from tests.people.factories import make_user
from tests.planning.nominations.places import NOW, enter, teacher_of, who
from tests.planning.tree import Tree

GREEN = Entry(Channel.GREEN, reason="学校已安排代课", grounds="省级名师工作室成员")


def two_signers(tree: Tree) -> None:
    """甲市 has two people who may sign."""
    for _n in range(2):
        make_user(tree.session, tree.bodies["甲市"], "bureau_officer")


def named(
    tree: Tree, *names: str, entry: Entry | None = None, user_id: int = 7
) -> list[Nomination]:
    """Names that 甲市 has entered on its own places; they wait at its desk."""
    found = []
    for name in names:
        teacher = teacher_of(tree)
        teacher.name = name
        found.append(enter(tree, "甲市", teacher, entry, user_id))
    tree.session.flush()
    return found


def hand_in(
    tree: Tree, names: list[Nomination], channel: Channel = Channel.REGULAR, user_id: int = 8
) -> NominationList:
    """The list of these names, submitted by a colleague of who entered them."""
    by = who(tree, "甲市", user_id)
    return actions.submit(tree.category, names, channel, by=by, now=NOW)


def scan_of(paper: Paper | None, words: str = "推荐名单") -> bytes:
    """A file whose text names the paper's code, as an e-sealed print of it does."""
    code = paper.code if paper else ""
    groups = " ".join(code[place : place + 4] for place in range(0, len(code), 4))
    return render_pdf(
        f"<!doctype html><html lang='zh-CN'><p>{words}</p><p>核验码 {groups}</p></html>"
    )


def picture_only() -> bytes:
    """A scan: pages without any text."""
    document = pikepdf.new()
    document.add_blank_page()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
