"""A sheet out as a workbook, changed, back in: checked, booked, undone."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.office.imports.models import ImportRun
from provincial.planning.ledger.models import QuotaBatch
from provincial.planning.quotas import actions
from tests.people.factories import make_user, sign_in
from tests.planning.quotas.test_views import hidden
from tests.planning.tree import Tree, small_province


@pytest.fixture
def tree(session: Session, client: FlaskClient) -> Tree:
    """甲市 holds 120 and 30; its officer is signed in."""
    tree = small_province(session)
    tree.issue({"甲市": [120, 30]})
    session.commit()
    sign_in(client, make_user(session, tree.bodies["甲市"], "bureau_officer"))
    return tree


def filled(tree: Tree, client: FlaskClient, figures: dict[str, list[object]]) -> bytes:
    """The template with figures put into the rows of the bodies named."""
    url = f"/quotas/sheets/{tree.sheet('甲市').id}"
    answer = client.post(f"{url}/workbook", data=hidden(client.get(f"{url}/import")))
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    sheet = book.active
    for row in sheet.iter_rows():
        name = row[1].value
        if name in figures:
            for cell, value in zip(row[2:], figures[name], strict=False):
                cell.value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(tree: Tree, client: FlaskClient, data: bytes, name: str = "分解.xlsx") -> str:
    """Bring a workbook in; the address of its check, or the page that refuses it."""
    url = f"/quotas/sheets/{tree.sheet('甲市').id}/import"
    sent = hidden(client.get(url)) | {"file": (io.BytesIO(data), name)}
    answer = client.post(url, data=sent, content_type="multipart/form-data")
    assert answer.status_code in (303, 422)
    return answer.headers["Location"] if answer.status_code == 303 else answer.text


def test_round_trip_books_one_act_and_undoes_it_whole(tree: Tree, client: FlaskClient) -> None:
    data = filled(tree, client, {"甲一县": ["１００", 20], "甲二县": [20, "-"]})
    check = upload(tree, client, data)
    page = client.get(check)
    assert "甲一县" in page.text
    assert "名额分配表!C4" in page.text
    assert tree.held("甲一县") == [0, 0]
    booked = client.post(check + "/confirm", data=hidden(page))
    assert booked.status_code == 303
    assert (tree.held("甲一县"), tree.held("甲二县")) == ([100, 20], [20, 0])
    batch = tree.session.scalars(select(QuotaBatch).where(QuotaBatch.kind == "split")).one()
    assert batch.import_run_id is not None
    act = f"/quotas/batches/{batch.id}"
    sent = hidden(client.get(act)) | {"reason": "导错了", "whole": "1"}
    assert client.post(act + "/undo", data=sent).status_code == 303
    assert tree.held("甲一县") == [0, 0]
    assert tree.session.get(ImportRun, batch.import_run_id).state == "undone"


def test_the_check_names_cell_and_reason_and_cannot_be_booked(
    tree: Tree, client: FlaskClient
) -> None:
    data = filled(tree, client, {"甲一县": [-1, 2.5], "甲二县": ["很多", 3]})
    check = upload(tree, client, data)
    page = client.get(check)
    for place in ("C4", "D4", "C5"):
        assert f"名额分配表!{place}" in page.text
    assert "确认分解" not in page.text
    assert client.post(check + "/confirm", data=hidden(page)).status_code == 422
    assert tree.held("甲二县") == [0, 0]


@pytest.mark.rule("HN-38")
def test_more_than_is_held_blocks_the_workbook(tree: Tree, client: FlaskClient) -> None:
    check = upload(tree, client, filled(tree, client, {"甲一县": [121, 0]}))
    page = client.get(check)
    assert "121" in page.text
    assert client.post(check + "/confirm", data=hidden(page)).status_code == 422


def test_what_changed_in_between_is_checked_again(tree: Tree, client: FlaskClient) -> None:
    check = upload(tree, client, filled(tree, client, {"甲一县": [100, 0]}))
    page = hidden(client.get(check))
    actions.give_back(
        tree.sheet("甲市"), {tree.projects[0].id: 50}, reason="减少", by=tree.viewer("甲市")
    )
    tree.session.commit()
    assert client.post(check + "/confirm", data=page).status_code == 422
    assert tree.held("甲一县") == [0, 0]


def test_what_is_no_workbook_gets_one_sentence(tree: Tree, client: FlaskClient) -> None:
    for data in (b"", b"PK\x03\x04broken", b"\x00" * 500, b"%PDF-1.4"):
        text = upload(tree, client, data)
        assert re.search(r"error-summary", text)
    assert tree.session.scalars(select(ImportRun)).all() == []


def test_another_city_sees_neither_workbook_nor_check(tree: Tree, client: FlaskClient) -> None:
    check = upload(tree, client, filled(tree, client, {"甲一县": [1, 0]}))
    sign_in(client, make_user(tree.session, tree.bodies["乙市"], "bureau_officer"))
    assert client.get(check).status_code == 404
    assert client.get(f"/quotas/sheets/{tree.sheet('甲市').id}/import").status_code == 404
    url = f"/quotas/sheets/{tree.sheet('甲市').id}/workbook"
    assert client.post(url, data=hidden(client.get("/home"))).status_code == 404
    assert clock.now()
