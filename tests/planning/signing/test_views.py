"""The desk over HTTP: ticking, signing, returning and refusing; who is held back and why."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.planning.nominations import queries as nominations
from provincial.planning.nominations.models import Nomination
from provincial.planning.signing import queries
from tests.people.factories import make_user, sign_in, viewer_of
from tests.planning.candidates.pages import as_officer
from tests.planning.nominations.places import enter, places_to_fill, used
from tests.planning.quotas.test_views import hidden
from tests.planning.tree import Tree


@pytest.fixture
def tree(session: Session) -> Tree:
    """Places that wait for names."""
    return places_to_fill(session)


def desk_url(tree: Tree, words: str = "") -> str:
    """The desk of the category."""
    return f"/nominations/{tree.category.id}/desk{words}"


def post(
    tree: Tree, client: FlaskClient, act: str, names: list[Nomination], reason: str = ""
) -> int:
    """Send the ticked names; gives the status."""
    form = hidden(client.get(desk_url(tree)))
    ticked = [str(one.id) for one in names]
    data = form | {"act": act, "reason": reason, "nomination": ticked}
    status = client.post(desk_url(tree), data=data).status_code
    tree.session.expire_all()
    return status


@pytest.mark.rule("HN-37")
def test_some_are_signed_and_own_entries_are_held_back(tree: Tree, client: FlaskClient) -> None:
    user = as_officer(tree, client, "甲一县一小")
    mine = enter(tree, user_id=user.id)
    theirs = enter(tree, user_id=77)
    tree.session.commit()
    page = client.get(desk_url(tree))
    assert f'name="nomination" value="{theirs.id}"' in page.text
    assert f'name="nomination" value="{mine.id}"' not in page.text
    assert post(tree, client, "sign", [mine, theirs]) == 303
    assert (mine.state, theirs.state) == ("draft", "school_confirmed")
    told = client.get(desk_url(tree)).text
    assert mine.teacher.name in told


def test_ticks_and_reason_survive_a_refusal(tree: Tree, client: FlaskClient) -> None:
    as_officer(tree, client, "甲一县")
    names = [enter(tree, "甲一县", user_id=77)]
    names[0].state = "school_confirmed"
    tree.session.commit()
    form = hidden(client.get(desk_url(tree)))
    sent = form | {"act": "return", "reason": "", "nomination": [str(names[0].id)]}
    answer = client.post(desk_url(tree), data=sent)
    assert answer.status_code == 422
    assert "checked" in answer.text.split(f'value="{names[0].id}"')[1][:200]
    nothing = client.post(desk_url(tree), data=hidden(answer) | {"act": "sign", "reason": "想好了"})
    assert nothing.status_code == 422
    assert "想好了" in nothing.text


@pytest.mark.rule("HN-37")
def test_the_page_sends_the_step_of_its_button_and_none_before_it(
    tree: Tree, client: FlaskClient
) -> None:
    """A hidden field named like the buttons would be read first, and "return" would sign."""
    as_officer(tree, client, "甲一县")
    one = enter(tree, "甲一县", user_id=77)
    tree.session.commit()
    desk = client.get(desk_url(tree))
    form = desk.text.split('id="desk"')[1].split("</form>")[0]
    assert "act" not in hidden(desk)
    assert re.findall(r'name="act" value="(\w+)"', form) == ["sign", "return", "refuse"]
    for act in ("", "burn"):
        assert post(tree, client, act, [one], "想好了") == 422
    assert one.state == "draft"


def test_all_are_ticked_without_script(tree: Tree, client: FlaskClient) -> None:
    as_officer(tree, client, "甲一县")
    enter(tree, "甲一县", user_id=77)
    tree.session.commit()
    assert " checked" not in client.get(desk_url(tree)).text.split('id="desk"')[1]
    assert " checked" in client.get(desk_url(tree, "?ticked=all")).text.split('id="desk"')[1]


@pytest.mark.rule("HN-37")
def test_several_are_returned_or_refused_with_one_reason(tree: Tree, client: FlaskClient) -> None:
    names = [enter(tree), enter(tree)]
    for one in names:
        one.state, one.waits_at_id = "school_confirmed", tree.bodies["甲一县"].id
    tree.session.commit()
    as_officer(tree, client, "甲一县")
    assert post(tree, client, "return", names[:1], "材料不全") == 303
    assert (names[0].state, used(tree, "甲一县一小")) == ("returned", 2)
    assert post(tree, client, "refuse", names, "不符合条件") == 303
    assert (names[0].state, names[1].state) == ("returned", "refused")
    assert used(tree, "甲一县一小") == 1


def test_a_school_alone_passes_up_unsigned(tree: Tree, client: FlaskClient) -> None:
    user = as_officer(tree, client, "甲一县一小")
    nomination = enter(tree, user_id=user.id)
    tree.session.commit()
    url = f"/nominations/names/{nomination.id}/pass-up"
    assert url in client.get(desk_url(tree)).text
    assert url in client.get(f"/nominations/names/{nomination.id}").text
    make_user(tree.session, tree.bodies["甲一县一小"], "principal")
    assert url not in client.get(desk_url(tree)).text
    refused = client.post(url, data=hidden(client.get(desk_url(tree))))
    assert refused.status_code == 422
    assert nomination.waits_at_id == tree.bodies["甲一县一小"].id


@pytest.mark.rule("HN-40")
def test_a_city_submits_a_list_and_signs_no_single_name(tree: Tree, client: FlaskClient) -> None:
    nomination = enter(tree, "甲市", user_id=77)
    tree.session.commit()
    as_officer(tree, client, "甲市")
    page = client.get(desk_url(tree)).text
    assert 'value="sign"' not in page
    assert f"/submit/{tree.category.id}" in page
    assert post(tree, client, "sign", [nomination]) == 422
    show = f"/nominations/names/{nomination.id}"
    assert client.post(f"{show}/sign", data=hidden(client.get(show))).status_code == 403


def test_one_name_is_signed_on_its_page(tree: Tree, client: FlaskClient) -> None:
    nomination = enter(tree, user_id=77)
    tree.session.commit()
    as_officer(tree, client, "甲一县一小", "principal")
    show = f"/nominations/names/{nomination.id}"
    assert client.post(f"{show}/sign", data=hidden(client.get(show))).status_code == 303
    tree.session.expire_all()
    assert nomination.state == "school_confirmed"
    page = client.get(show).text
    assert 'aria-current="step"' in page


def test_r3_another_desk_is_not_seen(tree: Tree, client: FlaskClient) -> None:
    """R3: names that wait elsewhere are neither shown nor signed from here."""
    nomination = enter(tree, user_id=77)
    tree.session.commit()
    user = make_user(tree.session, tree.bodies["甲一县"], "bureau_officer")
    sign_in(client, user)
    assert queries.desk(viewer_of(user), tree.category, None, clock.today()).total == 0
    assert post(tree, client, "sign", [nomination]) == 422
    show = f"/nominations/names/{nomination.id}"
    assert client.post(f"{show}/sign", data=hidden(client.get(show))).status_code == 403
    as_officer(tree, client, "乙市")
    assert client.post(f"{show}/sign", data=hidden(client.get(desk_url(tree)))).status_code == 404


@pytest.mark.rule("HN-37")
def test_home_asks_whoever_can_sign_not_whoever_entered(tree: Tree) -> None:
    school = tree.bodies["甲一县一小"]
    first = viewer_of(make_user(tree.session, school, "school_administrator"))
    one = enter(tree, user_id=first.user_id)
    tree.session.commit()
    assert [item.count for item in nominations.todo(first)] == [1]
    second = viewer_of(make_user(tree.session, school, "principal"))
    assert nominations.todo(first) == []
    assert [item.count for item in nominations.todo(second)] == [1]
    one.state = "returned"
    tree.session.flush()
    assert [item.count for item in nominations.todo(first)] == [1]
