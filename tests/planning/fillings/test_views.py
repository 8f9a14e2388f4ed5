"""The pages of filling over HTTP."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.forms import post
from tests.people.factories import make_user, sign_in
from tests.planning.nominations.places import enter, places_to_fill


def test_the_pages_open_ask_and_remind(session: Session, client: FlaskClient) -> None:
    tree = places_to_fill(session)
    enter(tree)
    session.commit()
    category, city = tree.category.id, tree.bodies["甲市"].id
    sign_in(client, make_user(session, tree.bodies["甲市"], "bureau_officer"))
    assert "甲一县" in client.get(f"/fillings/{category}").text
    assert "测试教师" in client.get(f"/fillings/{category}/{city}/names?stage=draft").text
    idle = client.get(f"/fillings/{category}/idle").text
    assert f"give-back?project_id={tree.projects[0].id}&amp;places=17" in idle
    refused = post(client, f"/fillings/{category}/{city}/ask", {"places": "0"})
    assert refused.status_code == 422
    wish = {"project_id": str(tree.projects[0].id), "places": "2", "reason": "报名超出"}
    assert post(client, f"/fillings/{category}/{city}/ask", wish).status_code == 303
    assert post(client, f"/fillings/{category}/{city}/remind").status_code == 303
    book = post(client, f"/fillings/{category}/{city}/export")
    assert book.data.startswith(b"PK")
    given = client.get(
        f"/quotas/sheets/{tree.sheet('甲市').id}/give-back?project_id={tree.projects[0].id}&places=17"
    )
    assert 'value="17"' in given.text
    sign_in(client, make_user(session, tree.bodies["乙市"], "bureau_officer"))
    assert client.get(f"/fillings/{category}/{city}").status_code == 404
