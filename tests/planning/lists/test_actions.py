"""Submitting, stamping, taking back, confirming and returning lists."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.core.refusals import Forbidden, Refusal
from provincial.core.viewer import Viewer
from provincial.office.files import queries as files
from provincial.office.jobs.models import Job
from provincial.office.messages.models import Message
from provincial.planning.lists import actions, queries
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.queries import WINDOW
from provincial.planning.nominations.rules import Channel, ListState, NominationState
from provincial.planning.plans.models import Extension, Window
from tests.planning.lists.handing import (
    GREEN,
    hand_in,
    named,
    picture_only,
    scan_of,
    two_signers,
)
from tests.planning.nominations.places import NOW, places_to_fill, used, who
from tests.planning.tree import Tree


@pytest.fixture
def tree(session: Session) -> Tree:
    """甲市 holds seventeen places of its own and has two people who sign."""
    found = places_to_fill(session)
    two_signers(found)
    return found


def province(tree: Tree) -> Viewer:
    return who(tree, "省", 2)


def states(names: list[Nomination]) -> list[str]:
    return [one.state for one in names]


@pytest.mark.rule("HN-40")
def test_a_city_hands_in_its_names_as_a_list_on_paper(tree: Tree) -> None:
    names = named(tree, "甲乙", "丙丁")
    handed_in = hand_in(tree, names)
    assert states(names) == ["city_submitted"] * 2
    assert {one.waits_at_id for one in names} == {tree.bodies["省"].id}
    assert (handed_in.number, handed_in.people, handed_in.needs_stamp) == (1, 2, False)
    paper = handed_in.paper
    assert paper is not None
    assert paper.number == "甲市推荐名单〔2023〕1号"
    assert paper.title == "2023年省级骨干教师培育项目推荐名单"
    assert [row["name"] for row in paper.content["rows"]] == ["甲乙", "丙丁"]
    assert "*" * 8 in paper.content["rows"][0]["id_number"]
    assert paper.content["totals"] == [
        {"project": "小学语文", "held": 20, "before": 0, "here": 2, "left": 18}
    ]
    told = tree.session.scalars(select(Message).where(Message.kind == "lists")).all()
    assert [one.organisation_id for one in told] == [tree.bodies["省"].id]
    assert tree.session.scalar(select(Job).where(Job.kind == "papers.render")) is not None
    assert hand_in(tree, named(tree, "戊己")).number == 2


@pytest.mark.rule("HN-66")
def test_a_body_without_its_contact_submits_nothing(tree: Tree) -> None:
    names = named(tree, "甲乙")
    tree.bodies["甲市"].contact_email = ""
    with pytest.raises(Refusal) as refused:
        hand_in(tree, names)
    assert refused.value.rule == "HN-66"
    assert states(names) == ["draft"]


@pytest.mark.rule("HN-37")
def test_nobody_submits_names_they_have_entered(tree: Tree) -> None:
    names = named(tree, "甲乙")
    with pytest.raises(Refusal) as refused:
        hand_in(tree, names, user_id=7)
    assert refused.value.rule == "HN-37"
    assert "甲乙" in str(refused.value.findings[0].message)


def test_a_county_hands_in_nothing(tree: Tree) -> None:
    with pytest.raises(Forbidden):
        actions.submit(
            tree.category, named(tree, "甲"), Channel.REGULAR, by=who(tree, "甲一县"), now=NOW
        )


def test_what_waits_elsewhere_is_not_submitted(tree: Tree) -> None:
    names = named(tree, "甲乙")
    hand_in(tree, names)
    with pytest.raises(Refusal) as refused:
        hand_in(tree, names)
    assert refused.value.findings[0].code == "elsewhere"


@pytest.mark.rule("A-44")
def test_after_the_common_close_a_list_is_late_under_an_extension(tree: Tree) -> None:
    names = named(tree, "甲乙")
    window = Window(
        plan_id=tree.plan.id,
        kind=WINDOW,
        opens_at=NOW - timedelta(days=9),
        closes_at=NOW - timedelta(days=1),
    )
    tree.session.add(window)
    tree.session.flush()
    with pytest.raises(Refusal) as refused:
        hand_in(tree, names)
    assert refused.value.rule == "HN-40"
    tree.session.add(
        Extension(
            window_id=window.id,
            organisation_id=tree.bodies["甲市"].id,
            closes_at=NOW + timedelta(days=1),
            reason="系统故障",
        )
    )
    tree.session.flush()
    handed_in = hand_in(tree, names)
    assert handed_in.late
    assert names[0].late


class TestTheOnlySigner:
    """A body with one signer: the stamp stands for the second signature (HN-37)."""

    @pytest.fixture
    def tree(self, session: Session) -> Tree:
        """甲市 has nobody but the one who entered."""
        return places_to_fill(session)

    @pytest.mark.rule("HN-37")
    def test_its_list_counts_only_with_the_stamped_twin(self, tree: Tree) -> None:
        handed_in = hand_in(tree, named(tree, "甲乙"), user_id=7)
        assert handed_in.needs_stamp
        with pytest.raises(Refusal) as refused:
            actions.accept(handed_in, by=province(tree), now=NOW)
        assert refused.value.rule == "HN-37"
        by = who(tree, "甲市")
        actions.stamp(handed_in, scan_of(handed_in.paper), "盖章.pdf", by=by, now=NOW)
        assert len(actions.accept(handed_in, by=province(tree), now=NOW).passed) == 1
        assert handed_in.status is ListState.CONFIRMED


def test_r18_the_stamped_file_keeps_its_bytes(tree: Tree) -> None:
    handed_in = hand_in(tree, named(tree, "甲乙"))
    data = scan_of(handed_in.paper)
    actions.stamp(handed_in, data, "盖章.pdf", by=who(tree, "甲市"), now=NOW)
    assert handed_in.status is ListState.STAMPED
    assert handed_in.stamped is not None
    assert files.content(handed_in.stamped) == data


def test_a_mere_picture_needs_the_typed_code(tree: Tree) -> None:
    handed_in = hand_in(tree, named(tree, "甲乙"))
    by = who(tree, "甲市")
    assert handed_in.paper is not None
    with pytest.raises(Refusal) as refused:
        actions.stamp(handed_in, picture_only(), "扫描.pdf", by=by, now=NOW)
    assert refused.value.field == "code"
    with pytest.raises(Refusal):
        actions.stamp(handed_in, picture_only(), "扫描.pdf", "2222 2222 2222", by=by, now=NOW)
    typed = handed_in.paper.code.lower()
    actions.stamp(handed_in, picture_only(), "扫描.pdf", typed, by=by, now=NOW)
    assert handed_in.status is ListState.STAMPED


def test_a_scan_of_an_older_or_foreign_list_is_refused_by_name(tree: Tree) -> None:
    first, second = hand_in(tree, named(tree, "甲乙", "丙丁")), hand_in(tree, named(tree, "戊己"))
    old = first.paper
    assert old is not None
    by = who(tree, "甲市")
    with pytest.raises(Refusal, match="another paper"):
        actions.stamp(second, scan_of(old), "盖章.pdf", by=by, now=NOW)
    gone = queries.names_of(first)[0]
    actions.send_back(first, [gone.id], "职称不符", by=province(tree), now=NOW)
    with pytest.raises(Refusal, match="older version") as refused:
        actions.stamp(first, scan_of(old), "盖章.pdf", by=by, now=NOW)
    assert old.number in str(refused.value.message)
    actions.stamp(first, scan_of(first.paper), "盖章.pdf", by=by, now=NOW)


def test_returned_names_leave_the_paper_and_the_rest_is_confirmed(tree: Tree) -> None:
    names = named(tree, "甲乙", "丙丁", "戊己")
    handed_in = hand_in(tree, names)
    old = handed_in.paper
    assert old is not None
    actions.send_back(handed_in, [names[0].id], "职称不符", by=province(tree), now=NOW)
    assert names[0].status is NominationState.RETURNED
    assert names[0].waits_at_id == tree.bodies["甲市"].id
    assert used(tree, "甲市") == 3
    assert old.state == "replaced"
    assert handed_in.paper is not None
    assert handed_in.paper.content["people"] == 2
    outcome = actions.accept(handed_in, by=province(tree), now=NOW)
    assert len(outcome.passed) == 2
    assert handed_in.status is ListState.CONFIRMED
    assert {one.waits_at_id for one in names[1:]} == {None}
    again = hand_in(tree, [names[0]])
    assert again.number == 2


def test_a_list_returned_whole_withdraws_its_paper(tree: Tree) -> None:
    handed_in = hand_in(tree, named(tree, "甲乙", "丙丁"))
    with pytest.raises(Refusal):
        actions.send_back(handed_in, None, " ", by=province(tree), now=NOW)
    actions.send_back(handed_in, None, "未盖章", by=province(tree), now=NOW)
    assert handed_in.status is ListState.RETURNED
    assert handed_in.paper is not None
    assert handed_in.paper.state == "withdrawn"
    titles = [item.url for item in queries.todo(who(tree, "甲市"))]
    assert titles == [f"/lists/{handed_in.id}"]


@pytest.mark.rule("HN-41")
@pytest.mark.rule("HN-42")
def test_the_green_channel_has_lists_of_its_own_and_is_approved_first(tree: Tree) -> None:
    [green] = named(tree, "甲乙", entry=GREEN)
    [regular] = named(tree, "丙丁")
    with pytest.raises(Refusal):
        hand_in(tree, [green, regular], Channel.GREEN)
    handed_in = hand_in(tree, [green], Channel.GREEN)
    assert green.status is NominationState.GREEN_PENDING
    assert handed_in.paper is not None
    assert "绿色通道" in handed_in.paper.title
    assert handed_in.paper.content["rows"][0]["grounds"] == "省级名师工作室成员"
    assert handed_in.paper.content["totals"][0]["held"] == 1
    [(_one, finding)] = actions.accept(handed_in, by=province(tree), now=NOW).held_back
    assert finding.code == "green_first"
    actions.approve_green(handed_in, by=province(tree), now=NOW)
    assert green.status is NominationState.GREEN_APPROVED
    actions.accept(handed_in, by=province(tree), now=NOW)
    assert handed_in.status is ListState.CONFIRMED


def test_a_city_takes_its_list_back_until_the_province_begins(tree: Tree) -> None:
    names = named(tree, "甲乙", "丙丁")
    handed_in = hand_in(tree, names)
    actions.withdraw(handed_in, "漏报一人", by=who(tree, "甲市"), now=NOW)
    assert handed_in.status is ListState.WITHDRAWN
    assert {one.waits_at_id for one in names} == {tree.bodies["甲市"].id}
    assert handed_in.paper is not None
    assert handed_in.paper.state == "withdrawn"
    again = hand_in(tree, names)
    actions.accept(again, [names[0].id], by=province(tree), now=NOW)
    with pytest.raises(Refusal, match="begun"):
        actions.withdraw(again, "漏报一人", by=who(tree, "甲市"), now=NOW)


def test_the_province_takes_its_yes_back(tree: Tree) -> None:
    names = named(tree, "甲乙")
    handed_in = hand_in(tree, names)
    actions.accept(handed_in, by=province(tree), now=NOW)
    actions.reopen(handed_in, "误操作", by=province(tree), now=NOW)
    assert handed_in.status is ListState.SUBMITTED
    assert states(names) == ["city_submitted"]
    assert queries.todo(province(tree))[0].count == 1


def test_the_paper_is_issued_anew_when_names_have_left(tree: Tree) -> None:
    names = named(tree, "甲乙", "丙丁")
    handed_in = hand_in(tree, names)
    with pytest.raises(Refusal):
        actions.renew(handed_in, by=who(tree, "甲市"), on=NOW.date())
    names[0].state, names[0].waits_at_id = "withdrawn", None
    tree.session.flush()
    paper = actions.renew(handed_in, by=who(tree, "甲市"), on=NOW.date())
    assert paper.content["people"] == 1


def test_a_city_does_not_decide_and_the_province_does_not_stamp(tree: Tree) -> None:
    handed_in = hand_in(tree, named(tree, "甲乙"))
    with pytest.raises(Forbidden):
        actions.accept(handed_in, by=who(tree, "甲市"), now=NOW)
    with pytest.raises(Forbidden):
        actions.stamp(handed_in, b"", "x.pdf", by=province(tree), now=NOW)
    with pytest.raises(Forbidden):
        actions.withdraw(handed_in, "不归我", by=who(tree, "乙市"), now=NOW)
