"""Windows, extensions for one body, and what is late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from provincial.core.refusals import Refusal, WrongState
from provincial.planning.plans import queries as plans
from provincial.planning.plans.models import Window
from provincial.planning.windows import actions, queries
from provincial.planning.windows.rules import WindowState, state_at
from tests.people.factories import sign_in
from tests.planning.office import AT, Office
from tests.planning.plans.test_views import send, token

KIND = "nominations.selection_due"
#: The first instant after 20 November 2023 in China.
CLOSES = datetime(2023, 11, 20, 16, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def selection(office: Office) -> Window:
    """The selection window of an issued plan."""
    found = plans.window(office.issued().id, KIND)
    assert found is not None
    return found


def test_the_interval_is_half_open(office: Office) -> None:
    """R14: the whole last day is in time, the next instant is not."""
    window = selection(office)
    ask = [window.opens_at - MOMENT, window.opens_at, CLOSES - MOMENT, CLOSES]
    answers = [plans.is_open(window.plan_id, KIND, office.city, at) for at in ask]
    assert answers == [(False, False), (True, False), (True, False), (False, True)]
    assert plans.is_open(window.plan_id, "selections.round_1", office.city, AT) == (True, False)
    states = [state_at(window.opens_at, window.closes_at, at) for at in ask]
    assert states == [WindowState.FUTURE, WindowState.OPEN, WindowState.OPEN, WindowState.CLOSED]


def test_an_extension_holds_for_a_body_and_those_below_it_and_marks_late(office: Office) -> None:
    """A-44: what comes after the common close is late, also with an extension."""
    window = selection(office)
    given = actions.extend(
        window, office.city, date(2023, 11, 25), reason="台风", by=office.maker, at=AT
    )
    within, after = CLOSES + timedelta(days=4), datetime(2023, 11, 25, 16, tzinfo=UTC)
    for body in (office.city, office.school):
        assert plans.is_open(window.plan_id, KIND, body, within) == (True, True)
        assert plans.is_open(window.plan_id, KIND, body, after) == (False, True)
    assert plans.is_open(window.plan_id, KIND, office.other_city, within) == (False, True)
    actions.withdraw_extension(given, reason="误延", by=office.maker, at=AT)
    assert plans.is_open(window.plan_id, KIND, office.city, within) == (False, True)
    with pytest.raises(Refusal):
        actions.withdraw_extension(given, reason="误延", by=office.maker, at=AT)


def test_an_extension_must_be_later_and_have_a_reason(office: Office) -> None:
    window = selection(office)
    for day, reason in ((date(2023, 11, 20), "台风"), (date(2023, 11, 25), " ")):
        with pytest.raises(Refusal):
            actions.extend(window, office.city, day, reason=reason, by=office.maker, at=AT)
    later = CLOSES + timedelta(days=30)
    with pytest.raises(Refusal) as passed:
        actions.extend(
            window, office.city, date(2023, 11, 25), reason="补", by=office.maker, at=later
        )
    assert passed.value.field == "last_day"


def test_a_longer_extension_replaces_the_shorter(office: Office) -> None:
    window = selection(office)

    def give(day: int) -> None:
        actions.extend(
            window, office.city, date(2023, 11, day), reason="台风", by=office.maker, at=AT
        )

    give(25)
    with pytest.raises(Refusal):
        give(24)
    give(28)
    current = queries.current_extension(window, office.city)
    assert current is not None
    assert plans.last_day(current) == date(2023, 11, 28)
    assert len(queries.extensions(window, office.maker)) == 2


def test_others_do_not_see_who_is_extended(office: Office) -> None:
    """R3: a city sees its own extension, not the neighbour's."""
    window = selection(office)
    actions.extend(window, office.city, date(2023, 11, 25), reason="台风", by=office.maker, at=AT)
    actions.extend(
        window, office.other_city, date(2023, 11, 25), reason="台风", by=office.maker, at=AT
    )
    mine = queries.extensions(window, office.bureau)
    assert [one.organisation_id for one in mine] == [office.city.id]


def test_windows_of_a_draft_are_edited_those_of_an_issued_plan_are_not(office: Office) -> None:
    plan = office.draft()
    added = actions.add(
        plan, "proposals.window", date(2023, 11, 1), date(2023, 11, 20), by=office.maker
    )
    actions.set_dates(added, date(2023, 11, 2), date(2023, 11, 21), by=office.maker)
    assert plans.last_day(added) == date(2023, 11, 21)
    for kind, opens in (("proposals.window", 1), ("no.such", 1), ("proposals.review", 30)):
        with pytest.raises(Refusal):
            actions.add(plan, kind, date(2023, 12, opens), date(2023, 12, 2), by=office.maker)
    actions.remove(added, by=office.maker, reason="并入申报截止")
    assert plans.window(plan.id, "proposals.window") is None
    issued = selection_of_second(office)
    with pytest.raises(WrongState):
        actions.set_dates(issued, date(2023, 11, 1), date(2023, 11, 2), by=office.maker)


def selection_of_second(office: Office) -> Window:
    """The window of another, issued plan."""
    found = plans.window(office.issued(code="henan-2023-b").id, KIND)
    assert found is not None
    return found


def test_bodies_are_named_by_name_or_code(office: Office) -> None:
    assert queries.body_named(" 甲市 ") == office.city
    assert queries.body_named(office.city.code) == office.city
    for typed in ("丙市", ""):
        with pytest.raises(Refusal):
            queries.body_named(typed)


def test_extending_in_the_browser_tells_the_body(client: FlaskClient, office: Office) -> None:
    window = selection(office)
    sign_in(client, office.maker_user)
    far = "2099-01-01"
    page = send(
        client, f"/windows/{window.id}/extend", body="甲市", last_day=far, reason="台风影响"
    )
    assert "甲市" in page
    assert "台风影响" in page
    given = queries.current_extension(window, office.city)
    assert given is not None
    page = send(client, f"/windows/extensions/{given.id}/withdraw", reason="误延")
    assert "误延" in page
    bad = client.get(f"/windows/{window.id}/extend").get_data(as_text=True)
    from_form = {"body": "丙市", "last_day": far, "reason": "x"}
    answer = client.post(f"/windows/{window.id}/extend", data={**token(bad), **from_form})
    assert answer.status_code == 422
    assert "丙市" in answer.get_data(as_text=True)
