"""R15: a form of which the browser sent only a part is no fault, and changes nothing unsent."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from provincial.people.accounts.rules import Role
from tests.people.conftest import Province
from tests.people.factories import make_user, sign_in
from tests.people.pages import hidden_values, open_page


@pytest.mark.parametrize("missing", ["version", "aliases", "formal_name", "key"])
def test_r15_a_field_that_was_not_sent_is_no_fault(
    client: FlaskClient, session: Session, province: Province, missing: str
) -> None:
    sign_in(client, make_user(session, province.office, Role.PROVINCE_OFFICER))
    province.county.aliases = ["旧名"]
    session.commit()
    address = f"/bodies/{province.county.id}/edit"
    hidden = hidden_values(open_page(client, address).text)
    sent = {**hidden, "formal_name": "某某县教育局", "aliases": "旧名"}
    del sent[missing]
    assert client.post(address, data=sent).status_code == 303
    session.expire_all()
    assert province.county.aliases == ["旧名"]
