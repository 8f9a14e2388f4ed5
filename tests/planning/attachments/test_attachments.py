"""Documents of plans: kinds, who downloads, away and back."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient

from provincial.core.refusals import Refusal
from provincial.planning.attachments import actions, queries
from provincial.planning.plans import queries as plans
from tests.people.factories import sign_in, sign_out
from tests.planning.office import AT, Office
from tests.planning.plans.test_views import send, token

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.mark.rule("ZJ20-52")
def test_public_and_internal_documents(client: FlaskClient, office: Office) -> None:
    """R18: always as a download; R3: internal ones only for the province."""
    plan = office.issued()
    shown = actions.attach(plan, PDF, "附件1.pdf", title="附件1", is_public=True, by=office.maker)
    inside = actions.attach(plan, PDF, "底稿.pdf", title="底稿", is_public=False, by=office.maker)
    office.session.commit()
    assert client.get(f"/notices/{plan.id}/documents/{inside.id}").status_code == 404
    answer = client.get(f"/notices/{plan.id}/documents/{shown.id}")
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/notices/{plan.id + 1}/documents/{shown.id}").status_code == 404
    sign_in(client, office.city_user)
    assert client.get(f"/plan-documents/{shown.id}").status_code == 200
    assert client.get(f"/plan-documents/{inside.id}").status_code == 403
    assert "底稿" not in client.get(f"/plans/{plan.id}").get_data(as_text=True)
    sign_in(client, office.maker_user)
    assert client.get(f"/plan-documents/{inside.id}").status_code == 200


def test_away_and_back(client: FlaskClient, office: Office) -> None:
    plan = office.issued()
    document = actions.attach(plan, PDF, "a.pdf", title="", is_public=True, by=office.maker)
    assert document.title == "a.pdf"
    actions.take_away(document, by=office.maker, reason="旧版", at=AT)
    office.session.commit()
    assert client.get(f"/notices/{plan.id}/documents/{document.id}").status_code == 404
    assert queries.taken_away(plan) == [document]
    actions.put_back(document, by=office.maker)
    assert list(plans.documents(plan)) == [document]


def test_other_kinds_of_file_are_refused(office: Office) -> None:
    plan = office.draft()
    for data in (b"", b"<html><script>alert(1)</script></html>", b"MZ\x90\x00"):
        with pytest.raises(Refusal) as refused:
            actions.attach(plan, data, "x.pdf", title="", is_public=True, by=office.maker)
        assert refused.value.field == "file"


def test_documents_in_the_browser(client: FlaskClient, office: Office) -> None:
    plan = office.issued()
    sign_in(client, office.maker_user)
    url = f"/plan-documents/plan/{plan.id}"
    assert client.post(url, data=token(client.get(url).get_data(as_text=True))).status_code == 422
    page = client.get(url).get_data(as_text=True)
    data = {
        **token(page),
        "title": "附件1",
        "is_public": "y",
        "file": (io.BytesIO(PDF), "附件1.pdf"),
    }
    assert client.post(url, data=data).status_code == 303
    (document,) = plans.documents(plan)
    for step, public in (("close-to-public", False), ("open-to-public", True)):
        hidden = token(client.get(url).get_data(as_text=True))
        answer = client.post(f"/plan-documents/{document.id}/{step}", data=hidden)
        assert answer.status_code == 303
        office.session.refresh(document)
        assert document.is_public is public
    send(client, f"/plan-documents/{document.id}/take-away", reason="旧版")
    hidden = token(client.get(url).get_data(as_text=True))
    assert client.post(f"/plan-documents/{document.id}/put-back", data=hidden).status_code == 303
    assert len(plans.documents(plan)) == 1
    sign_out(client)
