"""Supplementary notices: prepared, approved by a second officer, in force on their date, revoked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from provincial.core import clock
from provincial.core.refusals import Refusal, WrongState
from provincial.office.messages.models import Message
from provincial.planning.amendments import actions, jobs, queries
from provincial.planning.plans import actions as plan_actions
from provincial.planning.plans import queries as plans
from provincial.planning.plans.models import Plan, SupplementaryNotice
from provincial.planning.windows import actions as windows
from tests.people.factories import sign_in
from tests.planning.office import AT, Office
from tests.planning.plans.test_views import english, send

KEY = "nominations.selection_due"
QUOTE = "学员遴选时间延长至11月30日"
EFFECTIVE = date(2023, 11, 10)


def prepared(office: Office, plan: Plan) -> SupplementaryNotice:
    """A notice that moves the selection date to 30 November."""
    notice = actions.prepare(
        plan,
        doc_number="教办师〔2023〕400号",
        title="关于延长遴选时间的补充通知",
        effective_on=EFFECTIVE,
        by=office.maker,
    )
    actions.set_change(notice, KEY, "2023-11-30", article="一", quote=QUOTE, by=office.maker)
    return notice


def approved(office: Office, plan: Plan, at: datetime = AT) -> SupplementaryNotice:
    """The notice, approved by the second officer."""
    notice = prepared(office, plan)
    actions.submit(notice, by=office.maker)
    actions.approve(notice, by=office.second, at=at)
    return notice


def closes(plan: Plan) -> date:
    """The last day of the selection window."""
    window = plans.window(plan.id, KEY)
    assert window is not None
    return plans.last_day(window)


def test_it_lists_what_it_touches(office: Office) -> None:
    plan = office.issued()
    window = plans.window(plan.id, KEY)
    assert window is not None
    windows.extend(window, office.city, date(2023, 11, 25), reason="台风", by=office.maker, at=AT)
    found = queries.touched(prepared(office, plan))
    kinds = [row["kind"] for row in found]
    assert kinds == ["window", "extension", "category", "category", "category", "bodies"]
    assert (found[0]["before"], found[0]["after"]) == ("2023-11-20", "2023-11-30")
    assert found[1]["name"] == "甲市"
    assert found[-1]["audience"] == "allocation_units"
    assert found[-1]["count"] == 2


def test_a_second_officer_approves_and_it_waits_for_its_date(office: Office) -> None:
    """R14: two persons; nothing changes before the date of effect."""
    plan = office.issued()
    notice = prepared(office, plan)
    actions.submit(notice, by=office.maker)
    with pytest.raises(Refusal):
        actions.approve(notice, by=office.maker, at=AT)
    actions.approve(notice, by=office.second, at=AT)
    assert (notice.state, closes(plan)) == ("approved", date(2023, 11, 20))
    assert list(queries.due(EFFECTIVE - timedelta(days=1))) == []
    assert list(queries.due(EFFECTIVE)) == [notice.id]


def test_on_its_date_the_rulebook_gets_a_version_and_windows_move(office: Office) -> None:
    plan = office.issued()
    notice = approved(office, plan)
    office.session.commit()
    jobs.bring_due_into_force()
    jobs.bring_due_into_force()
    office.session.refresh(notice)
    assert (notice.state, plan.rulebook_version) == ("in_force", 2)
    assert closes(plan) == date(2023, 11, 30)
    entry = plans.current_rulebook(plan).entry(KEY)
    assert (entry.value, entry.source.citation()) == (date(2023, 11, 30), "教办师〔2023〕400号 一")
    before = plans.rulebook_at(plan, EFFECTIVE - timedelta(days=1))
    assert before.date(KEY) == date(2023, 11, 20)
    assert plans.rulebook_at(plan, EFFECTIVE).date(KEY) == date(2023, 11, 30)
    told = office.session.scalars(
        select(Message.organisation_id).where(Message.kind == "amendments.changed")
    )
    assert sorted(told) == sorted([office.city.id, office.other_city.id])


def test_revoking_puts_values_and_windows_back(office: Office) -> None:
    plan = office.issued()
    notice = approved(office, plan, clock.start_of(EFFECTIVE))
    assert closes(plan) == date(2023, 11, 30)
    with pytest.raises(Refusal):
        plan_actions.unissue(plan, by=office.second, reason="误")
    later = clock.start_of(EFFECTIVE + timedelta(days=2))
    actions.revoke(notice, by=office.second, reason="重新研究", at=later)
    assert (closes(plan), plan.rulebook_version) == (date(2023, 11, 20), 3)
    assert plans.rulebook_at(plan, EFFECTIVE).date(KEY) == date(2023, 11, 30)
    assert plans.current_rulebook(plan).date(KEY) == date(2023, 11, 20)
    actions.restore(notice, by=office.maker, reason="再发")
    assert notice.state == "draft"


def test_only_the_newest_notice_is_revoked(office: Office) -> None:
    plan = office.issued()
    first = approved(office, plan, clock.start_of(EFFECTIVE))
    second = actions.prepare(
        plan,
        doc_number="教办师〔2023〕401号",
        title="再补充",
        effective_on=EFFECTIVE,
        by=office.maker,
    )
    actions.set_change(
        second, "money.face_rate", "420", article="一", quote="420元", by=office.maker
    )
    actions.submit(second, by=office.maker)
    actions.approve(second, by=office.second, at=clock.start_of(EFFECTIVE))
    with pytest.raises(Refusal):
        actions.revoke(first, by=office.second, reason="误", at=clock.start_of(EFFECTIVE))


@pytest.mark.rule("HN-58")
def test_the_completion_date_is_moved_by_a_notice(office: Office) -> None:
    plan = office.issued()
    notice = actions.prepare(
        plan, doc_number="教办师〔2024〕20号", title="延期", effective_on=EFFECTIVE, by=office.maker
    )
    key = "plan.completion_due"
    actions.set_change(notice, key, "2024年5月31日", article="二", quote="5月31日", by=office.maker)
    actions.submit(notice, by=office.maker)
    actions.approve(notice, by=office.second, at=clock.start_of(EFFECTIVE))
    window = plans.window(plan.id, key)
    assert window is not None
    assert plans.last_day(window) == date(2024, 5, 31)


def test_bad_values_are_refused_on_their_field(office: Office) -> None:
    plan = office.issued()
    notice = prepared(office, plan)
    for key, value, article, quote, field in (
        (KEY, "2023-11-31", "一", "x", "value"),
        (KEY, "2023-11-20", "一", "x", "value"),
        (KEY, "", "一", "x", "value"),
        (KEY, "2023-12-01", "", "x", "article"),
        (KEY, "2023-12-01", "一", " ", "quote"),
        ("selections.round_1", "x", "一", "x", "selections.round_1"),
    ):
        with pytest.raises(Refusal) as refused:
            actions.set_change(notice, key, value, article=article, quote=quote, by=office.maker)
        assert refused.value.field == field, (key, value)


def test_an_empty_notice_and_one_before_the_issue_are_refused(office: Office) -> None:
    plan, who = office.issued(), office.maker
    with pytest.raises(Refusal) as early:
        actions.prepare(plan, doc_number="x", title="x", effective_on=date(2023, 1, 1), by=who)
    assert early.value.field == "effective_on"
    notice = prepared(office, plan)
    actions.drop_change(notice, KEY, by=who)
    with pytest.raises(Refusal):
        actions.submit(notice, by=who)
    with pytest.raises(WrongState):
        actions.prepare(
            office.draft(code="d-1"), doc_number="x", title="x", effective_on=EFFECTIVE, by=who
        )


def test_returning_and_withdrawing(office: Office) -> None:
    notice = prepared(office, office.issued())
    actions.submit(notice, by=office.maker)
    assert any(item.url.endswith(f"/{notice.id}") for item in plans.todo(office.second))
    actions.return_to_draft(notice, by=office.second, reason="核对文号")
    actions.submit(notice, by=office.maker)
    actions.approve(notice, by=office.second, at=AT)
    actions.withdraw(notice, by=office.second, reason="不发")
    assert (notice.state, list(queries.due(EFFECTIVE))) == ("withdrawn", [])


def test_a_plan_that_came_issued_keeps_its_first_rules(office: Office) -> None:
    """A plan without a stored version still shows what it was issued with."""
    plan = office.issued()
    for version in plans.versions(plan):
        office.session.delete(version)
    office.session.flush()
    approved(office, plan, clock.start_of(EFFECTIVE))
    assert [version.version for version in plans.versions(plan)] == [2, 1]
    assert plans.rulebook_at(plan, date(2023, 11, 1)).date(KEY) == date(2023, 11, 20)


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_the_way_of_a_notice_in_the_browser(
    client: FlaskClient, office: Office, language: str
) -> None:
    plan = office.issued()
    sign_in(client, office.maker_user)
    if language == "en":
        english(client)
    header = {
        "doc_number": "教办师〔2023〕400号",
        "title": "补充通知",
        "effective_on": "2023-11-10",
    }
    send(client, f"/supplementary-notices/new/{plan.id}", **header)
    (notice,) = plans.notices(plan)
    own = f"/supplementary-notices/{notice.id}"
    assert client.get(f"{own}/values").status_code == 200
    page = send(client, f"{own}/values/{KEY}", value="2023-11-30", article="一", quote=QUOTE)
    assert QUOTE in page
    send(client, f"{own}/edit", **header)
    send(client, f"{own}/steps/submit")
    sign_in(client, office.city_user)
    assert client.get(own).status_code == 404
    sign_in(client, office.second_user)
    send(client, f"{own}/steps/approve")
    office.session.refresh(notice)
    assert notice.state == "in_force"
    assert client.get(f"/plans/{plan.id}/rules?version=1").status_code == 200
    assert client.get(f"/plans/{plan.id}/rules?version=9").status_code == 404
    sign_in(client, office.city_user)
    assert client.get(own).status_code == 200
    sign_in(client, office.second_user)
    send(client, f"{own}/steps/revoke", reason="重新研究")
    send(client, f"{own}/steps/restore", reason="再发")
    page = client.get(own).get_data(as_text=True)
    dropped = client.post(f"{own}/values/{KEY}/drop", data=_token(page))
    assert dropped.status_code == 303
    office.session.refresh(notice)
    assert notice.changes == {}


def _token(page: str) -> dict[str, str]:
    start = page.index('name="csrf_token"')
    return {"csrf_token": page[start:].split('value="')[1].split('"')[0]}
