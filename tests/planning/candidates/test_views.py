"""Entering over HTTP: search, choose, confirm; what is refused keeps what was typed."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.planning.candidates import queries
from provincial.planning.nominations.models import Nomination
from tests.people.factories import id_number, make_teacher
from tests.planning.candidates.pages import as_officer
from tests.planning.nominations.places import enter, places_to_fill, used
from tests.planning.quotas.test_views import hidden
from tests.planning.tree import Tree


@pytest.fixture
def tree(session: Session) -> Tree:
    """Places that wait for names."""
    return places_to_fill(session)


def new_url(tree: Tree, **asked: object) -> str:
    """The page of entering with these words in its address."""
    words = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/nominations/{tree.category.id}/new?{words}"


def only(tree: Tree) -> Nomination:
    return tree.session.scalars(select(Nomination)).one()


@pytest.mark.rule("HN-37")
def test_search_choose_confirm_without_script(tree: Tree, client: FlaskClient) -> None:
    teacher = make_teacher(tree.session, tree.bodies["甲一县一小"], "林予安", subject="chinese")
    as_officer(tree, client, "甲一县一小")
    project = tree.projects[0].id
    start = client.get(new_url(tree))
    sent = hidden(start) | {"project_id": str(project), "words": "lyan"}
    found = client.post(f"/nominations/{tree.category.id}/find", data=sent | {"words": "linyuan"})
    assert found.status_code == 303
    hits = client.get(found.headers["Location"])
    assert "林予安" in hits.text
    assert f"teacher={teacher.id}" in hits.text
    confirm = new_url(tree, project=project, teacher=teacher.id)
    page = client.get(confirm)
    assert page.status_code == 200
    key = f"{tree.bodies['甲一县一小'].id}-regular"
    assert f'value="{key}"' in page.text
    answer = client.post(confirm, data=hidden(page) | {"place": key})
    assert answer.status_code == 303
    assert only(tree).teacher_id == teacher.id
    assert used(tree, "甲一县一小") == 1
    assert "林予安" in client.get(answer.headers["Location"]).text


def test_r6_an_id_number_stands_in_no_address(tree: Tree, client: FlaskClient) -> None:
    """R6: the whole number is sent in a form and answered with the teacher's row."""
    number = id_number("19850203", 7)
    teacher = make_teacher(tree.session, tree.bodies["甲一县一小"], "林予安", number)
    as_officer(tree, client, "甲一县一小")
    sent = hidden(client.get(new_url(tree))) | {"project_id": str(tree.projects[0].id)}
    url = f"/nominations/{tree.category.id}/find"
    answer = client.post(url, data=sent | {"words": number})
    assert answer.status_code == 303
    assert number not in answer.headers["Location"]
    assert f"teacher={teacher.id}" in answer.headers["Location"]
    page = client.get(answer.headers["Location"])
    assert number not in page.text
    assert f"{number[:6]}********{number[-4:]}" in page.text


@pytest.mark.parametrize("words", ["410322198502030", "410322198502030071", "41032219850203 00X9"])
def test_a_wrong_id_number_is_told_and_kept(tree: Tree, client: FlaskClient, words: str) -> None:
    as_officer(tree, client, "甲一县一小")
    sent = hidden(client.get(new_url(tree))) | {"project_id": str(tree.projects[0].id)}
    page = client.post(f"/nominations/{tree.category.id}/find", data=sent | {"words": words})
    assert page.status_code == 422
    assert words in page.text


def test_r3_teachers_of_others_are_not_found(tree: Tree, client: FlaskClient) -> None:
    """R3: neither by name, nor by number, nor by guessing the row."""
    number = id_number("19850203", 8)
    other = make_teacher(tree.session, tree.bodies["乙一县一小"], "外校教师", number)
    as_officer(tree, client, "甲一县")
    project = tree.projects[0].id
    assert "外校教师</h3>" not in client.get(new_url(tree, project=project, q="外校教师")).text
    sent = hidden(client.get(new_url(tree))) | {"project_id": str(project), "words": number}
    page = client.post(f"/nominations/{tree.category.id}/find", data=sent)
    assert page.status_code == 422
    assert "外校教师" not in page.text
    assert "外校教师" not in client.get(new_url(tree, project=project, teacher=other.id)).text


@pytest.mark.rule("HN-38")
def test_a_taken_place_is_refused_with_its_rule_and_the_words_are_kept(
    tree: Tree, client: FlaskClient
) -> None:
    for _n in range(2):
        enter(tree)
    teacher = make_teacher(tree.session, tree.bodies["甲一县一小"], "林予安")
    tree.session.commit()
    as_officer(tree, client, "甲一县一小")
    confirm = new_url(tree, project=tree.projects[0].id, teacher=teacher.id)
    page = client.get(confirm)
    key = f"{tree.bodies['甲一县一小'].id}-regular"
    sent = hidden(page) | {"place": key, "note": "工作室成员"}
    answer = client.post(confirm, data=sent)
    assert answer.status_code == 422
    assert "工作室成员" in answer.text
    assert "教办师〔2023〕389号" in answer.text
    assert used(tree, "甲一县一小") == 2


@pytest.mark.rule("HN-38")
def test_the_nearest_free_place_is_chosen_and_others_are_offered(
    tree: Tree, client: FlaskClient
) -> None:
    for _n in range(2):
        enter(tree)
    teacher = make_teacher(tree.session, tree.bodies["甲一县一小"], "林予安")
    tree.session.commit()
    as_officer(tree, client, "甲市")
    page = client.get(new_url(tree, project=tree.projects[0].id, teacher=teacher.id)).text
    county = f'value="{tree.bodies["甲一县"].id}-regular"'
    assert "checked" in page.split(county)[0].rsplit("<input", 1)[1] + page.split(county)[1][:40]
    assert f'value="{tree.bodies["甲市"].id}-green"' in page


@pytest.mark.rule("HN-41")
@pytest.mark.rule("HN-42")
def test_the_green_channel_asks_for_grounds_and_takes_evidence(
    tree: Tree, client: FlaskClient
) -> None:
    teacher = make_teacher(tree.session, tree.bodies["甲一县一小"], "林予安")
    as_officer(tree, client, "甲市")
    confirm = new_url(tree, project=tree.projects[0].id, teacher=teacher.id)
    key = f"{tree.bodies['甲市'].id}-green"
    without = client.post(confirm, data=hidden(client.get(confirm)) | {"place": key})
    assert without.status_code == 422
    sent = hidden(client.get(confirm)) | {
        "place": key,
        "grounds": "省级名师工作室成员",
        "evidence": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "证书.pdf"),
    }
    answer = client.post(confirm, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text[-3000:]
    nomination = only(tree)
    assert (nomination.channel, used(tree, "甲市")) == ("green", 0)
    file = client.get(f"/nominations/names/{nomination.id}/evidence")
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_evidence_of_another_kind_is_refused_on_its_field(tree: Tree, client: FlaskClient) -> None:
    """R18."""
    teacher = make_teacher(tree.session, tree.bodies["甲一县一小"], "林予安")
    as_officer(tree, client, "甲市")
    confirm = new_url(tree, project=tree.projects[0].id, teacher=teacher.id)
    sent = hidden(client.get(confirm)) | {
        "place": f"{tree.bodies['甲市'].id}-green",
        "grounds": "省级名师工作室成员",
        "evidence": (io.BytesIO(b"MZ\x90\x00 program"), "证书.pdf"),
    }
    answer = client.post(confirm, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'id="evidence-error"' in answer.text
    assert "省级名师工作室成员" in answer.text


def test_r13_a_double_click_nominates_once(tree: Tree, client: FlaskClient) -> None:
    """R13."""
    teacher = make_teacher(tree.session, tree.bodies["甲一县一小"], "林予安")
    as_officer(tree, client, "甲一县一小")
    confirm = new_url(tree, project=tree.projects[0].id, teacher=teacher.id)
    sent = hidden(client.get(confirm)) | {"place": f"{tree.bodies['甲一县一小'].id}-regular"}
    first, second = (client.post(confirm, data=sent) for _n in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert used(tree, "甲一县一小") == 1


@pytest.mark.rule("A-18")
def test_another_teacher_steps_in_by_the_same_search(tree: Tree, client: FlaskClient) -> None:
    nomination = enter(tree)
    other = make_teacher(tree.session, tree.bodies["甲一县一小"], "林晚舟")
    as_officer(tree, client, "甲一县一小")
    url = f"/nominations/names/{nomination.id}/replace"
    assert client.get(url).status_code == 200
    found = client.post(
        f"/nominations/names/{nomination.id}/find", data=hidden(client.get(url)) | {"words": "林晚"}
    )
    hits = client.get(found.headers["Location"])
    assert "林晚舟" in hits.text
    confirm = f"{url}?teacher={other.id}"
    page = client.get(confirm)
    without = client.post(confirm, data=hidden(page) | {"replace_reason": "", "note": "字条"})
    assert without.status_code == 422
    assert "字条" in without.text
    answer = client.post(confirm, data=hidden(without) | {"replace_reason": "原教师生病"})
    assert answer.status_code == 303
    tree.session.expire_all()
    assert nomination.state == "replaced"
    assert used(tree, "甲一县一小") == 1
    assert "林晚舟" in client.get(answer.headers["Location"]).text


@pytest.mark.rule("A-18")
def test_whoever_steps_in_is_not_counted_away_beside_the_one_replaced(tree: Tree) -> None:
    teachers = [
        make_teacher(tree.session, tree.bodies["甲一县一小"], name, subject="chinese")
        for name in ("林予安", "林晚舟", "林知夏")
    ]
    nomination = enter(tree, teacher=teachers[0])
    found = queries.stand_in(nomination, teachers[1], on=date(2023, 11, 10))
    assert "away_share" not in {one.code for one in found.findings}


def test_what_is_written_is_changed_until_it_is_passed_on(tree: Tree, client: FlaskClient) -> None:
    nomination = enter(tree)
    as_officer(tree, client, "甲一县一小")
    url = f"/nominations/names/{nomination.id}/change"
    answer = client.post(url, data=hidden(client.get(url)) | {"note": "新备注"})
    assert answer.status_code == 303
    tree.session.expire_all()
    assert nomination.note == "新备注"
    nomination.state = "school_confirmed"
    tree.session.commit()
    assert client.get(url).status_code == 403


def test_two_officers_change_the_same_words(tree: Tree, client: FlaskClient) -> None:
    """R12: the second sees what the first has saved, and keeps what was typed."""
    nomination = enter(tree)
    as_officer(tree, client, "甲一县一小")
    url = f"/nominations/names/{nomination.id}/change"
    first, second = hidden(client.get(url)), hidden(client.get(url))
    assert client.post(url, data=first | {"note": "甲写的"}).status_code == 303
    answer = client.post(url, data=second | {"note": "乙写的"})
    assert answer.status_code == 409
    assert "甲写的" in answer.text
    assert "乙写的" in answer.text
