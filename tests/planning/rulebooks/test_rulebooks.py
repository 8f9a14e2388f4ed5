"""Editions of a rulebook: copied, edited beside their articles, compared, released by a second officer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.planning.plans import actions as plans
from provincial.planning.rulebooks import actions, documents, queries
from provincial.planning.rulebooks.models import RulebookEdition
from provincial.planning.rulebooks.rules import Entered
from provincial.rulebook import catalogue
from provincial.rulebook.loader import builtin
from tests.forms import post
from tests.people.factories import sign_in
from tests.planning.office import AT, Office
from tests.planning.plans.test_views import english, send, token

KEY = "nominations.selection_due"
NEW = Entered("2023-11-22", "三(二)", "于11月22日前完成学员遴选", "notice", "2024年通知")


def draft(office: Office, code: str = "henan-2024") -> RulebookEdition:
    """A copy of the Henan rulebook."""
    return actions.copy("henan-2023", code=code, title="2024年通知", by=office.maker, at=AT)


def edit(edition: RulebookEdition, office: Office, typed: Entered, **options: int) -> list[str]:
    """Change the selection date."""
    group = KEY.partition(".")[0]
    return actions.edit_group(edition, group, {KEY: typed}, by=office.maker, at=AT, **options)


def released(office: Office) -> RulebookEdition:
    """An edition that a second officer has released."""
    edition = draft(office)
    edit(edition, office, NEW)
    actions.submit(edition, by=office.maker)
    actions.release(edition, by=office.second, at=AT)
    office.session.commit()
    return edition


def test_a_copy_is_a_clean_draft(office: Office) -> None:
    edition = draft(office)
    assert (edition.state, edition.based_on) == ("draft", "henan-2023")
    rulebook = queries.content_of(edition)
    assert rulebook.source(KEY).cite_as == "教办师〔2023〕389号"
    found = queries.original_of(edition).differences(rulebook)
    assert {difference.key for difference in found} == {"document.code", "document.title"}
    for code in ("henan-2024", "henan-2023", "Nein", "x"):
        with pytest.raises(Refusal):
            draft(office, code)


def test_a_changed_value_names_its_article_and_reason(office: Office) -> None:
    edition = draft(office)
    assert edit(edition, office, NEW) == [KEY]
    entry = queries.content_of(edition).entry(KEY)
    assert entry.value == date(2023, 11, 22)
    assert entry.source.quote == NEW.quote
    assert entry.source.document == "henan-2024"
    (change,) = [
        row
        for row in documents.changes(
            queries.original_of(edition).differences(queries.content_of(edition)), edition.changes
        )
        if row.key == KEY
    ]
    assert (str(change.before), str(change.after)) == ("2023-11-20", "2023-11-22")
    assert change.reason == "2024年通知"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"quote": ""}, "quote"),
        ({"article": ""}, "article"),
        ({"value": "2024年13月1日"}, None),
    ],
)
def test_a_bad_row_is_refused_on_its_field(
    office: Office, change: dict[str, str], field: str | None
) -> None:
    edition = draft(office)
    with pytest.raises(Refusal) as refused:
        edit(edition, office, replace(NEW, **change))
    assert refused.value.field == (f"{KEY}/{field}" if field else KEY)
    assert not edition.changes


def test_the_house_default_needs_no_sentence_but_a_reason(office: Office) -> None:
    edition = draft(office)
    edit(edition, office, Entered("2023-11-22", basis="house", reason="通知未定"))
    source = queries.content_of(edition).source(KEY)
    assert (source.origin, source.note) == ("house default", "通知未定")


def test_untouched_rows_stay_and_a_faster_colleague_is_not_overwritten(office: Office) -> None:
    """R12: the second sees both versions."""
    edition = draft(office)
    source = queries.content_of(edition).source(KEY)
    same = Entered("2023-11-20", source.article, source.quote)
    assert edit(edition, office, same) == []
    edit(edition, office, NEW, expected_version=1)
    with pytest.raises(StaleVersion) as stale:
        edit(edition, office, replace(NEW, value="2023-11-01"), expected_version=1)
    assert stale.value.theirs[KEY] == "2023-11-22"


def test_two_persons_release(office: Office) -> None:
    """R14: neither who made it nor who changed or submitted it releases it."""
    edition = draft(office)
    edit(edition, office, NEW)
    actions.submit(edition, by=office.second)
    for person in (office.maker, office.second):
        with pytest.raises(Refusal):
            actions.release(edition, by=person, at=AT)
    actions.return_to_draft(edition, by=office.second, reason="再核对")
    actions.submit(edition, by=office.maker)
    assert queries.todo(office.second)[0].url == f"/rulebooks/editions/{edition.id}"
    actions.release(edition, by=office.second, at=AT)
    assert edition.state == "released"
    assert not queries.todo(office.bureau)


def test_a_released_edition_never_changes_and_serves_plans(office: Office) -> None:
    edition = released(office)
    with pytest.raises(WrongState):
        edit(edition, office, replace(NEW, value="2023-11-01"))
    plan = plans.create("henan-2024", code="plan-2024", by=office.maker, at=AT)
    office.session.refresh(edition)
    assert edition.uses == 1
    with pytest.raises(Refusal):
        actions.undo_release(edition, by=office.second, reason="误")
    plans.discard(plan, by=office.maker, reason="误建")
    actions.undo_release(edition, by=office.second, reason="误")
    assert edition.state == "draft"
    with pytest.raises(Refusal):
        plans.restore(plan, by=office.maker, reason="恢复")


def test_withdrawing_and_taking_up_again(office: Office) -> None:
    edition = draft(office)
    actions.withdraw(edition, by=office.maker, reason="不用")
    actions.restore(edition, by=office.maker, reason="仍用")
    assert edition.state == "draft"


def test_the_check_stands_in_the_way_of_submitting(office: Office) -> None:
    """Opening a group asks for its values."""
    edition = draft(office)
    rulebook = queries.content_of(edition)
    facts = {n: getattr(rulebook.document, n) for n in actions.Header.__slots__}
    opened = actions.Header(**{**facts, "groups": (*rulebook.document.groups, "selections")})
    actions.edit_header(edition, opened, reason="新增选课", by=office.maker, at=AT)
    with pytest.raises(Refusal) as refused:
        actions.submit(edition, by=office.maker)
    assert any(found.code == "missing" for found in refused.value.findings)
    closed = actions.Header(**facts)
    actions.edit_header(edition, closed, reason="取消", by=office.maker, at=AT)
    actions.submit(edition, by=office.maker)
    assert edition.state == "submitted"


def test_every_rule_and_interpretation_has_its_page() -> None:
    """Findings link to a page for any id, with the quoted sentence in its document."""
    for rule_id in [*catalogue.rules(), *catalogue.interpretations()]:
        page = queries.rule_page(rule_id)
        assert page is not None
        assert page.quote or page.chinese
    page = queries.rule_page("HN-38")
    assert page is not None
    assert any(quoted and quoted in page.quote for _b, quoted, _a in page.paragraphs)
    assert queries.rule_page("HN-999") is None


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_pages_in_both_languages(client: FlaskClient, office: Office, language: str) -> None:
    edition = draft(office)
    edit(edition, office, NEW)
    office.session.commit()
    sign_in(client, office.maker_user)
    if language == "en":
        english(client)
    own = f"/rulebooks/editions/{edition.id}"
    urls = ["/rulebooks/", "/rulebooks/new", "/rulebooks/rules/HN-38", "/rulebooks/rules/A-09"]
    urls += [f"/rulebooks/built-in/{code}" for code in catalogue.DOCUMENT_CODES]
    urls += [own, f"{own}/differences", f"{own}/header", f"{own}/steps/submit"]
    urls += [f"{own}/groups/{code}" for code in ("plan", "quotas", "green_channel", "money")]
    for url in urls:
        assert client.get(url).status_code == 200, url
    for url in (f"{own}/export", "/rulebooks/built-in/henan-2023/export"):
        assert post(client, url).mimetype.endswith("sheet")
    for url in ("/rulebooks/rules/X-1", "/rulebooks/built-in/x", f"{own}/groups/selections"):
        assert client.get(url).status_code == 404, url


def test_the_way_of_an_edition_in_the_browser(client: FlaskClient, office: Office) -> None:
    sign_in(client, office.maker_user)
    send(client, "/rulebooks/new", source="henan-2023", code="henan-2024", title="2024年通知")
    edition = queries.edition_by_code("henan-2024")
    assert edition is not None
    own = f"/rulebooks/editions/{edition.id}"
    values = {KEY: NEW.value, f"{KEY}/article": NEW.article, f"{KEY}/quote": NEW.quote}
    page = client.get(f"{own}/groups/nominations").get_data(as_text=True)
    shown = fields(page)
    refused = client.post(f"{own}/groups/nominations", data={**shown, **values})
    assert refused.status_code == 422
    assert NEW.value in refused.get_data(as_text=True)
    answer = client.post(
        f"{own}/groups/nominations",
        data={**shown, **token(page), **values, f"{KEY}/reason": "2024年通知"},
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
    send(client, f"{own}/steps/submit")
    sign_in(client, office.second_user)
    send(client, f"{own}/steps/return", reason="再核对")
    sign_in(client, office.maker_user)
    send(client, f"{own}/steps/submit")
    sign_in(client, office.second_user)
    send(client, f"{own}/steps/release")
    office.session.refresh(edition)
    assert edition.state == "released"
    assert client.get(f"{own}/groups/nominations").status_code == 403
    sign_in(client, office.city_user)
    assert client.get(own).status_code == 200
    assert client.get("/rulebooks/new").status_code == 403


def fields(page: str) -> dict[str, str]:
    """Every input of the page's form as a browser would send it unchanged."""
    soup = BeautifulSoup(page, "html.parser")
    form = soup.select_one("form.form")
    assert form is not None
    sent = {str(f["name"]): str(f.get("value", "")) for f in form.select("input[name]")}
    sent |= {str(f["name"]): f.text.lstrip("\n") for f in form.select("textarea[name]")}
    for box in form.select("select[name]"):
        chosen = box.select_one("option[selected]") or box.select_one("option")
        sent[str(box["name"])] = str(chosen["value"]) if chosen else ""
    return sent


def test_drafts_are_not_in_a_citys_sight(client: FlaskClient, office: Office) -> None:
    """R3: outside the scope is 404."""
    edition = draft(office)
    office.session.commit()
    sign_in(client, office.city_user)
    assert client.get(f"/rulebooks/editions/{edition.id}").status_code == 404


def test_project_categories_are_shown_by_name() -> None:
    (said,) = [
        line.words
        for section in documents.sections(builtin("henan-2023"))
        for line in section.lines
        if line.key == "green_channel.categories"
    ]
    assert [str(word) for word in said] == ["省级骨干教师培育"]
