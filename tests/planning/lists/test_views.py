"""The pages of lists over HTTP: what is shown, refused, and done."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.planning.nominations.models import NominationList
from provincial.planning.nominations.rules import Channel, ListState
from tests.forms import post
from tests.people.factories import make_user, sign_in
from tests.planning.lists.handing import GREEN, hand_in, named, scan_of
from tests.planning.nominations.places import places_to_fill
from tests.planning.tree import Tree


@pytest.fixture
def tree(session: Session) -> Tree:
    """甲市 with names at its desk and two people who sign."""
    found = places_to_fill(session)
    session.commit()
    return found


def as_city(tree: Tree, client: FlaskClient) -> int:
    """Sign an officer of 甲市 in who has a colleague; answers with the user's id."""
    make_user(tree.session, tree.bodies["甲市"], "bureau_officer")
    user = make_user(tree.session, tree.bodies["甲市"], "bureau_officer")
    sign_in(client, user)
    return user.id


def as_province(tree: Tree, client: FlaskClient) -> None:
    """Sign an officer of the province in."""
    sign_in(client, make_user(tree.session, tree.bodies["省"], "province_officer"))


def only_list(session: Session) -> NominationList:
    """The one list there is."""
    return session.scalars(select(NominationList)).one()


def test_the_submit_page_hands_in_what_is_ticked(tree: Tree, client: FlaskClient) -> None:
    names = named(tree, "甲乙", "丙丁")
    tree.session.commit()
    as_city(tree, client)
    url = f"/lists/submit/{tree.category.id}"
    page = client.get(url)
    assert page.status_code == 200
    assert "此处有 2 人待提交" in page.text
    refused = post(client, url, data={"channel": "regular"})
    assert refused.status_code == 422
    done = post(client, url, data={"channel": "regular", "name": [str(names[0].id)]})
    assert done.status_code == 303
    shown = client.get(done.location)
    assert "甲市推荐名单〔" in shown.text
    assert "甲乙" in shown.text
    assert "丙丁" not in shown.text


def test_nobody_submits_their_own_names_on_the_page(tree: Tree, client: FlaskClient) -> None:
    user = as_city(tree, client)
    names = named(tree, "甲乙", user_id=user)
    tree.session.commit()
    url = f"/lists/submit/{tree.category.id}"
    assert "须由同事提交" in client.get(url).text
    refused = post(client, url, data={"name": [str(names[0].id)]})
    assert refused.status_code == 422
    assert "甲乙" in refused.text


def test_the_stamped_twin_comes_in_and_stands_beside_the_list(
    tree: Tree, client: FlaskClient
) -> None:
    handed_in = hand_in(tree, named(tree, "甲乙"))
    tree.session.commit()
    as_city(tree, client)
    url = f"/lists/{handed_in.id}/stamp"
    assert client.get(url).status_code == 200
    wrong = {"file": (io.BytesIO(b"hello"), "x.pdf")}
    assert post(client, url, data=wrong).status_code == 422
    data = scan_of(handed_in.paper)
    done = post(client, url, data={"file": (io.BytesIO(data), "盖章.pdf")})
    assert done.status_code == 303
    assert "盖章.pdf" in client.get(done.location).text
    back = client.get(f"/lists/{handed_in.id}/stamped")
    assert back.data == data
    assert back.headers["Content-Disposition"].startswith("attachment")
    picture = client.get(f"/lists/{handed_in.id}/stamped.png")
    assert picture.data.startswith(b"\x89PNG")


def test_the_province_confirms_and_returns_on_one_page(tree: Tree, client: FlaskClient) -> None:
    names = named(tree, "甲乙", "丙丁", "戊己")
    handed_in = hand_in(tree, names)
    tree.session.commit()
    as_province(tree, client)
    url = f"/lists/{handed_in.id}/decide"
    assert client.get(url).text.count('name="name"') == 3
    without = post(client, url, data={"act": "return", "name": [names[0].id]})
    assert without.status_code == 422
    back = {"act": "return", "reason": "职称不符", "name": [names[0].id]}
    assert post(client, url, data=back).status_code == 303
    assert client.get(url).text.count('name="name"') == 2
    yes: dict[str, Any] = {"act": "accept", "name": [one.id for one in names[1:]]}
    done = post(client, url, data=yes)
    assert done.location.endswith(f"/lists/{handed_in.id}")
    assert only_list(tree.session).status is ListState.CONFIRMED
    assert "职称不符" in client.get(done.location).text
    reopened = post(client, f"/lists/{handed_in.id}/reopen", data={"reason": "误操作"})
    assert reopened.status_code == 303


@pytest.mark.rule("HN-42")
def test_the_green_channel_is_approved_before_it_is_confirmed(
    tree: Tree, client: FlaskClient
) -> None:
    [green] = named(tree, "甲乙", entry=GREEN)
    handed_in = hand_in(tree, [green], Channel.GREEN)
    tree.session.commit()
    as_province(tree, client)
    url = f"/lists/{handed_in.id}/decide"
    assert 'value="green"' in client.get(url).text
    post(client, url, data={"act": "green", "name": [green.id]})
    tree.session.refresh(green)
    assert green.state == "green_approved"
    post(client, url, data={"act": "accept", "name": [green.id]})
    tree.session.refresh(green)
    assert green.state == "province_confirmed"


def test_the_list_of_lists_filters_and_exports(tree: Tree, client: FlaskClient) -> None:
    handed_in = hand_in(tree, named(tree, "甲乙"))
    tree.session.commit()
    as_province(tree, client)
    page = client.get("/lists/")
    assert "甲市推荐名单" in page.text
    assert "甲市推荐名单" not in client.get("/lists/?state=confirmed").text
    assert "甲市推荐名单" not in client.get("/lists/?q=乙市").text
    book = load_workbook(io.BytesIO(post(client, "/lists/export").data))
    assert handed_in.paper is not None
    assert handed_in.paper.number in str([cell.value for row in book.active.rows for cell in row])
    names = post(client, f"/lists/{handed_in.id}/workbook")
    cells = str(
        [cell.value for row in load_workbook(io.BytesIO(names.data)).active.rows for cell in row]
    )
    assert "甲乙" in cells
    assert re.search(r"\d{6}\*{8}", cells)


def test_a_city_takes_back_and_another_city_sees_nothing(tree: Tree, client: FlaskClient) -> None:
    handed_in = hand_in(tree, named(tree, "甲乙"))
    tree.session.commit()
    as_city(tree, client)
    url = f"/lists/{handed_in.id}/withdraw"
    assert post(client, url, data={"reason": ""}).status_code == 422
    assert post(client, url, data={"reason": "漏报"}).status_code == 303
    sign_in(client, make_user(tree.session, tree.bodies["乙市"], "bureau_officer"))
    assert client.get(f"/lists/{handed_in.id}").status_code == 404


def test_names_that_left_bring_a_new_paper(tree: Tree, client: FlaskClient) -> None:
    names = named(tree, "甲乙", "丙丁")
    handed_in = hand_in(tree, names)
    names[0].state, names[0].waits_at_id = "withdrawn", None
    tree.session.commit()
    as_province(tree, client)
    assert "剔除后重新出具" in client.get(f"/lists/{handed_in.id}").text
    assert post(client, f"/lists/{handed_in.id}/renew").status_code == 303
    assert "甲市推荐名单〔" in client.get(f"/lists/{handed_in.id}").text
    assert "剔除后重新出具" not in client.get(f"/lists/{handed_in.id}").text
