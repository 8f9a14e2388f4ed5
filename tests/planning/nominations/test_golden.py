"""The golden cases of the bans and of the green channel, through the acts that officers take."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from provincial.core.refusals import Refusal
from provincial.people.teachers.models import Teacher
from provincial.planning.bans import actions as bans
from provincial.planning.integrity.models import Ban
from provincial.planning.nominations import actions
from provincial.planning.nominations.actions import Entry
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.rules import Channel
from tests.planning.nominations.places import NOW, places_to_fill, teacher_of, who
from tests.planning.tree import Tree, small_province


@pytest.fixture
def tree(session: Session) -> Tree:
    return places_to_fill(session)


def noon(day: date) -> datetime:
    """Noon in China."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def ban(tree: Tree, teacher: Teacher, cause: str, event_on: date, upto: str = "confirm") -> Ban:
    """A ban after an event, proposed, signed and confirmed by two officers once it can be."""
    day = noon(
        date(event_on.year, event_on.month + 1, 20)
        if event_on.month < 12
        else date(event_on.year + 1, 1, 30)
    )
    found = bans.propose(
        teacher,
        cause,
        event_on=event_on,
        now=noon(event_on),
        by=who(tree, "省", 21),
        note="事实清楚",
    )
    for step, officer in (("sign", 22), ("confirm", 23)):
        if upto == "propose":
            break
        bans.take_step(found, step, by=who(tree, "省", officer), now=day, reason="属实")
        if upto == step:
            break
    tree.session.flush()
    return found


def nominate(tree: Tree, teacher: Teacher, day: date, reason: str = "学校已安排代课") -> Nomination:
    """Put a teacher on a place of the school on a day."""
    return actions.enter(
        tree.projects[0],
        teacher,
        tree.bodies["甲一县一小"],
        Entry(reason=reason),
        by=who(tree, "甲一县一小"),
        now=noon(day),
    )


@pytest.mark.rule("HN-46", "A-04")
@pytest.mark.parametrize(
    ("cause", "event_on", "last"),
    [
        ("no_show", date(2023, 12, 18), date(2026, 12, 18)),
        ("expelled", date(2024, 2, 29), date(2027, 2, 28)),
    ],
)
def test_a_ban_in_force_refuses_to_its_last_day_inclusive(
    tree: Tree, cause: str, event_on: date, last: date
) -> None:
    teacher = teacher_of(tree)
    assert ban(tree, teacher, cause, event_on).ends_on == last
    with pytest.raises(Refusal) as refused:
        nominate(tree, teacher, last)
    assert refused.value.rule == "HN-46"
    assert str(last.year) in str(refused.value.message)
    assert nominate(tree, teacher, date.fromordinal(last.toordinal() + 1)).state == "draft"


@pytest.mark.rule("HN-46")
@pytest.mark.parametrize("upto", ["propose", "sign"])
def test_a_ban_that_two_officers_have_not_put_in_force_only_warns(tree: Tree, upto: str) -> None:
    teacher = teacher_of(tree)
    ban(tree, teacher, "no_show", date(2023, 12, 18), upto)
    with pytest.raises(Refusal) as refused:
        nominate(tree, teacher, date(2024, 2, 1), reason="")
    assert refused.value.field == "reason"
    assert nominate(tree, teacher, date(2024, 2, 1)).warnings


@pytest.mark.rule("HN-46", "A-07")
def test_a_ban_does_not_reach_training_online_only(tree: Tree) -> None:
    teacher = teacher_of(tree)
    ban(tree, teacher, "no_show", date(2023, 12, 18))
    tree.category.face_days, tree.category.online_hours = 0, 60
    tree.session.flush()
    assert nominate(tree, teacher, date(2024, 11, 20)).state == "draft"


@pytest.mark.rule("A-05")
def test_a_ban_that_ends_before_the_class_opens_only_warns_until_the_class_moves(
    tree: Tree,
) -> None:
    teacher = teacher_of(tree)
    ban(tree, teacher, "no_show", date(2023, 12, 18))
    tree.projects[0].opens_on = date(2026, 12, 25)
    tree.session.flush()
    with pytest.raises(Refusal) as refused:
        nominate(tree, teacher, date(2026, 11, 20), reason="")
    assert [one.code for one in refused.value.findings] == ["ban-ends-before"]
    made = nominate(tree, teacher, date(2026, 11, 20))
    opens, ends = date(2026, 12, 10), date(2026, 12, 20)
    troubled = actions.set_dates([made], opens, ends, by=None, on=date(2026, 11, 21))
    assert [finding.code for _one, finding in troubled] == ["ban"]


@pytest.mark.rule("HN-41", "A-09")
@pytest.mark.parametrize(("held", "green"), [(30, 2), (8, 0), (10, 1)])
def test_the_green_channel_of_a_subject_is_rounded_half_up(
    session: Session, held: int, green: int
) -> None:
    tree = small_province(session)
    tree.issue({"甲市": [held, 0]})
    entry = Entry(channel=Channel.GREEN, reason="符合绿色通道", grounds="省级名师")
    for n in range(green + 1):
        teacher = teacher_of(tree)
        if n < green:
            actions.enter(
                tree.projects[0], teacher, tree.bodies["甲市"], entry, by=who(tree, "甲市"), now=NOW
            )
            continue
        with pytest.raises(Refusal) as refused:
            actions.enter(
                tree.projects[0], teacher, tree.bodies["甲市"], entry, by=who(tree, "甲市"), now=NOW
            )
        assert refused.value.rule == "HN-41"
