"""Two records of one teacher: found, compared, merged with everything that hangs on them, parted again."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.accounts.rules import Role
from provincial.people.duplicates import actions
from provincial.people.duplicates.permissions import Pair
from provincial.people.duplicates.queries import candidates
from provincial.people.honours import actions as honours
from provincial.people.honours.queries import preview_merge, standing_honours
from provincial.people.organisations.rules import Kind
from provincial.people.teachers import queries as register
from provincial.people.teachers.actions import change, locked, set_education
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import Education, Step, TeacherFollower
from provincial.sitemap import TEACHER_FOLLOWERS
from tests.forms import post
from tests.people.conftest import Province
from tests.people.factories import (
    id_number,
    make_organisation,
    make_teacher,
    make_user,
    sign_in,
    viewer_of,
)

TODAY = date(2023, 9, 1)
ONE, TWO = id_number("19850304", 11), id_number("19850304", 13)
PHONE = "15400000001"


@pytest.fixture
def officer(session: Session, province: Province) -> Viewer:
    return viewer_of(make_user(session, province.county, Role.BUREAU_OFFICER))


@pytest.fixture
def kept(session: Session, province: Province) -> Teacher:
    return make_teacher(session, province.school, "曾国强", ONE, sources={"title": "form"})


@pytest.fixture
def gone(session: Session, province: Province) -> Teacher:
    return make_teacher(
        session,
        province.school,
        "曾国强",
        TWO,
        PHONE,
        title="first_grade",
        post="校长",
        is_head=True,
        sources={"phone": "import", "title": "import"},
    )


def merge(kept: Teacher, gone: Teacher, by: Viewer, reason: str = "同一人"):  # type: ignore[no-untyped-def]
    return actions.merge(kept.id, gone.id, reason, on=TODAY, followers=TEACHER_FOLLOWERS, by=by)


def reasons(viewer: Viewer) -> list[tuple[set[int], str]]:
    return [({one.pair.one.id, one.pair.two.id}, one.reason) for one in candidates(viewer)]


def test_pairs_are_found_by_phone_person_and_sound(
    session: Session, province: Province, officer: Viewer, kept: Teacher, gone: Teacher
) -> None:
    assert reasons(officer) == [({kept.id, gone.id}, "person")]
    phone = make_teacher(session, province.school, "曾国强", id_number("19700101", 5), PHONE)
    sound = make_teacher(session, province.school, "曾国墙", id_number("19851230", 6))
    found = reasons(officer)
    assert ({gone.id, phone.id}, "phone") in found
    assert ({kept.id, sound.id}, "sound") in found
    other = make_organisation(session, Kind.SCHOOL, "乙县第二小学", province.county)
    far = make_teacher(session, other, "曾国抢", id_number("19850304", 15))
    assert all(far.id not in pair for pair, _ in reasons(officer))


def test_r3_a_pair_of_two_bodies_is_shown_to_who_keeps_both(
    session: Session, province: Province, kept: Teacher
) -> None:
    county = make_organisation(session, Kind.COUNTY, "己县", province.city)
    school = make_organisation(session, Kind.SCHOOL, "己县一小", county)
    make_teacher(session, school, "曾国强", TWO)
    assert reasons(viewer_of(make_user(session, province.county, Role.BUREAU_OFFICER))) == []
    assert len(reasons(viewer_of(province.city_officer))) == 1


def test_a_merge_takes_over_what_was_not_known_and_titles_follow(
    officer: Viewer, kept: Teacher, gone: Teacher
) -> None:
    honours.award(gone, "key_teacher", "county", date(2020, 1, 1), today=TODAY, by=officer)
    block = Education("full_time", "20", "4", institution="河南大学")
    set_education(gone, [block], Step(TODAY, officer, "补录"))
    made = merge(kept, gone, officer)
    assert (gone.state, gone.merged_into_id) == ("merged", kept.id)
    assert (kept.title, kept.post, kept.is_head) == ("first_grade", "校长", True)
    assert register.phone_of(kept) == PHONE
    assert kept.sources["phone"] == "import"
    assert register.id_number_of(kept) == ONE
    assert [one.kind for one in standing_honours([kept.id, gone.id])[kept.id]] == ["key_teacher"]
    assert register.educations(kept)["full_time"].institution == "河南大学"
    assert register.stand_for([gone.id, kept.id]) == {gone.id: kept.id, kept.id: kept.id}
    assert register.by_id_numbers([TWO]) == {}
    assert made.state == "merged"


def test_taking_a_merge_back_parts_the_records_again(
    officer: Viewer, kept: Teacher, gone: Teacher
) -> None:
    honours.award(gone, "key_teacher", "county", date(2020, 1, 1), today=TODAY, by=officer)
    own = honours.award(kept, "chief_teacher", "county", date(2020, 1, 1), today=TODAY, by=officer)
    made = merge(kept, gone, officer)
    change(locked([kept.id])[kept.id], {"post": "教导主任"}, Step(TODAY, officer, "转岗"))
    actions.take_back(made, "其实是两人", on=TODAY, followers=TEACHER_FOLLOWERS, by=officer)
    assert (gone.state, gone.merged_into_id, made.state) == ("active", None, "taken_back")
    assert (kept.title, register.phone_of(kept)) == ("", "")
    assert kept.post == "教导主任", "what was changed since stays"
    assert kept.sources == {"title": "form", "post": "form"}
    assert [one.id for one in standing_honours([kept.id])[kept.id]] == [own.id]
    assert len(standing_honours([gone.id])[gone.id]) == 1
    with pytest.raises(WrongState):
        actions.take_back(made, "再来", on=TODAY, followers=TEACHER_FOLLOWERS, by=officer)


def test_merges_in_a_chain_point_to_the_last_and_come_apart_in_order(
    session: Session, province: Province, officer: Viewer, kept: Teacher, gone: Teacher
) -> None:
    last = make_teacher(session, province.school, "曾国强", id_number("19850304", 17))
    first = merge(kept, gone, officer)
    merge(last, kept, officer)
    assert register.stand_for([gone.id]) == {gone.id: last.id}
    with pytest.raises(Refusal, match="later merge"):
        actions.take_back(first, "弄错", on=TODAY, followers=TEACHER_FOLLOWERS, by=officer)


def test_a_room_that_follows_can_stop_a_merge(
    officer: Viewer, kept: Teacher, gone: Teacher
) -> None:
    stop = [Finding(Severity.BLOCK, t("A ban is being objected to."), code="ban")]
    follower = TeacherFollower("bans", lambda change: stop, lambda change, by: [])
    with pytest.raises(Refusal, match="objected"):
        actions.merge(kept.id, gone.id, "同一人", on=TODAY, followers=[follower], by=officer)
    assert gone.state == "active"


def test_what_a_merge_refuses(
    session: Session, officer: Viewer, kept: Teacher, gone: Teacher
) -> None:
    with pytest.raises(Refusal) as refused:
        merge(kept, gone, officer, reason=" ")
    assert refused.value.field == "reason"
    with pytest.raises(StaleVersion):
        actions.merge(
            *(kept.id, gone.id, "同一人"),
            on=TODAY,
            followers=(),
            by=officer,
            versions=(kept.version + 1, gone.version),
        )
    merge(kept, gone, officer)
    with pytest.raises(Refusal, match="merged already"):
        merge(kept, gone, officer)
    make_teacher(session, kept.organisation, "曾国强", TWO)


def test_two_people_are_not_shown_again(officer: Viewer, kept: Teacher, gone: Teacher) -> None:
    actions.keep_apart(Pair(kept, gone), "堂兄弟", by=officer)
    assert reasons(officer) == []


def test_the_dry_run_counts_what_moves(officer: Viewer, kept: Teacher, gone: Teacher) -> None:
    honours.award(gone, "key_teacher", "county", date(2020, 1, 1), today=TODAY, by=officer)
    follower = next(one for one in TEACHER_FOLLOWERS if one.name == "honours")
    assert follower.preview is preview_merge


def test_the_pages_compare_merge_and_part(
    client: FlaskClient, session: Session, province: Province, kept: Teacher, gone: Teacher
) -> None:
    sign_in(client, make_user(session, province.county, Role.BUREAU_OFFICER))
    assert f"/teachers/duplicates/{kept.id}/{gone.id}" in client.get("/teachers/duplicates").text
    address = f"/teachers/duplicates/{kept.id}/{gone.id}"
    page = client.get(address).text
    assert ONE not in page
    assert PHONE not in page
    assert "补入原缺的" in page
    seen = {"keep": str(kept.id), "seen": f"{kept.version}-{gone.version}", "reason": "同一人"}
    assert post(client, address, seen | {"seen": "9-9"}).status_code == 409
    answer = post(client, address, seen)
    assert answer.status_code == 303, answer.text
    assert "以合并后的档案为准" in client.get(f"/teachers/{gone.id}").text
    assert post(client, answer.location, {"reason": "两人"}).status_code == 303
    session.refresh(gone)
    assert gone.state == "active"
