"""The categories, the names, one nomination and its export over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.adapters.spreadsheets import read_workbook
from provincial.core import clock
from provincial.office.journal.models import JournalEvent
from provincial.planning.nominations import actions
from provincial.planning.nominations.queries import WINDOW
from provincial.planning.plans.models import ProjectCategory, Window
from provincial.planning.selection import queries
from tests.people.factories import viewer_of
from tests.planning.candidates.pages import as_officer
from tests.planning.nominations.places import enter, places_to_fill, teacher_of, used, who
from tests.planning.quotas.test_views import hidden
from tests.planning.tree import Tree


@pytest.fixture
def tree(session: Session) -> Tree:
    """Places that wait for names."""
    return places_to_fill(session)


def list_url(tree: Tree, words: str = "") -> str:
    """The names of the category."""
    return f"/nominations/{tree.category.id}{words}"


def test_one_category_leads_straight_to_its_names(tree: Tree, client: FlaskClient) -> None:
    as_officer(tree, client, "甲一县一小")
    answer = client.get("/nominations/")
    assert answer.status_code == 303
    assert answer.headers["Location"] == list_url(tree)
    second = ProjectCategory(
        plan_id=tree.plan.id, code="second", name="第二类", has_quota_table=True
    )
    tree.session.add(second)
    tree.session.commit()
    as_officer(tree, client, "乙市", "teacher")
    assert client.get("/nominations/").status_code == 403


@pytest.mark.rule("HN-38")
@pytest.mark.rule("HN-39")
def test_the_head_shows_held_handed_down_filled_and_free(tree: Tree, client: FlaskClient) -> None:
    enter(tree)
    enter(tree, "甲一县")
    tree.session.commit()
    user = as_officer(tree, client, "甲一县")
    head = queries.head(viewer_of(user), tree.category, clock.now())
    [line] = head.lines
    assert (line.held, line.given, line.below, line.used, line.free) == (3, 2, 1, 1, 0)
    page = client.get(list_url(tree)).text
    assert f"project={tree.projects[0].id}&amp;at=own" in page.replace("&amp;channel=regular", "")


@pytest.mark.rule("HN-41")
def test_the_head_of_a_city_counts_its_green_channel(tree: Tree) -> None:
    head = queries.head(who(tree, "甲市"), tree.category, clock.now())
    green = head.lines[0].green
    assert green is not None
    assert (green.limit, green.used) == (1, 0)
    assert not queries.head(who(tree, "甲一县"), tree.category, clock.now()).has_green


def test_r5_names_are_masked_and_only_those_below(tree: Tree, client: FlaskClient) -> None:
    """R3, R5: the other city's names are on no page of this one."""
    nomination = enter(tree)
    number = nomination.teacher.birth_on.strftime("%Y%m%d")
    tree.session.commit()
    as_officer(tree, client, "甲市")
    page = client.get(list_url(tree)).text
    assert f"/nominations/names/{nomination.id}" in page
    assert number not in page
    as_officer(tree, client, "乙市")
    assert f"/nominations/names/{nomination.id}" not in client.get(list_url(tree)).text
    assert client.get(f"/nominations/names/{nomination.id}").status_code == 404


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", True),
        ("?state=draft", True),
        ("?state=refused", False),
        ("?state=", True),
        ("?q=测试", True),
        ("?q=ceshi", True),
        ("?q=csjs", True),
        ("?q=王五", False),
        ("?channel=green", False),
        ("?mine=1", False),
        ("?at=own", False),
        ("?project=999999999999999999999", True),
        ("?state=nonsense&channel=nonsense&at=nonsense&after=nonsense", True),
    ],
)
def test_the_filter(tree: Tree, client: FlaskClient, words: str, found: bool) -> None:
    nomination = enter(tree)
    tree.session.commit()
    as_officer(tree, client, "甲一县")
    page = client.get(list_url(tree, words))
    assert page.status_code == 200
    assert (f"/nominations/names/{nomination.id}" in page.text) is found


def test_by_code_and_by_body_below(tree: Tree, client: FlaskClient) -> None:
    nomination = enter(tree)
    tree.session.commit()
    as_officer(tree, client, "甲市")
    link = f"/nominations/names/{nomination.id}"
    assert link in client.get(list_url(tree, f"?q={nomination.code.lower()}")).text
    county, other = tree.bodies["甲一县"].id, tree.bodies["甲二县"].id
    assert link in client.get(list_url(tree, f"?at={county}")).text
    assert link not in client.get(list_url(tree, f"?at={other}")).text


def test_r30_the_export_is_masked_and_noted(tree: Tree, client: FlaskClient) -> None:
    """R7, R30."""
    enter(tree)
    tree.session.commit()
    as_officer(tree, client, "甲市")
    form = hidden(client.get(list_url(tree)))
    answer = client.post(list_url(tree, "/export?state=alive"), data=form)
    assert answer.status_code == 200
    sheet = read_workbook(answer.data, "名单.xlsx").sheets[0]
    text = str(sheet.rows)
    assert "小学语文" in text
    assert "********" in text
    event = tree.session.scalars(
        select(JournalEvent).where(JournalEvent.action == "nominations.export")
    ).one()
    assert event.after is not None
    assert event.after["rows"] == 1
    assert event.after["filter"]["state"] == "alive"


@pytest.mark.rule("A-18")
def test_withdraw_and_take_up_again(tree: Tree, client: FlaskClient) -> None:
    nomination = enter(tree)
    tree.session.commit()
    as_officer(tree, client, "甲一县一小")
    show = f"/nominations/names/{nomination.id}"
    without = client.post(f"{show}/withdraw", data=hidden(client.get(show)))
    assert without.status_code == 422
    sent = hidden(without) | {"reason": "工作调动"}
    assert client.post(f"{show}/withdraw", data=sent).status_code == 303
    assert used(tree, "甲一县一小") == 0
    page = client.get(show)
    assert "工作调动" in page.text
    assert f"{show}/withdraw" not in page.text
    sent = hidden(page) | {"reason": "又能参加"}
    assert client.post(f"{show}/take-up", data=sent).status_code == 303
    assert used(tree, "甲一县一小") == 1


def test_a_refused_step_keeps_the_reason_and_says_why(tree: Tree, client: FlaskClient) -> None:
    nomination = enter(tree)
    actions.withdraw(nomination, "工作调动", by=who(tree, "甲一县一小"))
    for _n in range(2):
        enter(tree)
    tree.session.commit()
    as_officer(tree, client, "甲一县一小")
    show = f"/nominations/names/{nomination.id}"
    sent = hidden(client.get(show)) | {"reason": "又能参加了"}
    answer = client.post(f"{show}/take-up", data=sent)
    assert answer.status_code == 422
    assert "又能参加了" in answer.text
    assert "教办师〔2023〕389号" in answer.text


@pytest.mark.rule("HN-39")
@pytest.mark.rule("HN-40")
def test_holders_are_asked_to_fill_while_the_window_is_open(tree: Tree) -> None:
    [item] = queries.todo(who(tree, "甲一县一小"))
    assert item.count == 2
    assert item.url == list_url(tree)
    assert queries.todo(who(tree, "省")) == []
    assert queries.todo(tree.viewer("甲一县一小", "teacher")) == []
    now = clock.now()
    window = Window(
        plan_id=tree.plan.id,
        kind=WINDOW,
        opens_at=now - timedelta(days=9),
        closes_at=now + timedelta(days=3),
    )
    tree.session.add(window)
    tree.session.flush()
    [item] = queries.todo(who(tree, "甲一县一小"))
    assert item.due is not None
    window.closes_at = now - timedelta(days=1)
    tree.session.flush()
    assert queries.todo(who(tree, "甲一县一小")) == []


def test_a_body_and_a_teacher_lead_to_their_nominations(tree: Tree, client: FlaskClient) -> None:
    nomination = enter(tree)
    tree.session.commit()
    as_officer(tree, client, "甲一县")
    school = tree.bodies["甲一县一小"]
    school.contact_name = school.contact_phone = school.contact_email = ""
    tree.session.commit()
    assert f"/nominations/bodies/{school.id}" in client.get(f"/bodies/{school.id}").text
    assert list_url(tree, f"?at={school.id}") in client.get(f"/nominations/bodies/{school.id}").text
    teacher = f"/teachers/{nomination.teacher_id}"
    assert f"/nominations/names/{nomination.id}" in client.get(teacher).text
    page = client.get(f"/nominations{teacher}")
    assert f"/nominations/names/{nomination.id}" in page.text
    as_officer(tree, client, "甲一县二小")
    assert client.get(f"/nominations/bodies/{school.id}").status_code == 404


def test_pages_of_names_follow_each_other(tree: Tree, client: FlaskClient) -> None:
    """Keyset pages: the second begins where the first ended."""
    tree.issue({"甲市": [90, 0], "乙市": [5, 5]})
    made = [enter(tree, "甲市", teacher_of(tree)).id for _n in range(52)]
    tree.session.commit()
    as_officer(tree, client, "甲市")
    first = client.get(list_url(tree)).text
    assert f"/names/{made[-1]}" in first
    after = first.split('rel="next"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(after).text
    assert f'/names/{made[0]}"' in second
    assert f'/names/{made[-1]}"' not in second
