"""The pages about bodies, opened by those who may and refused to those who may not."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from provincial.people.accounts.rules import Role
from provincial.people.organisations import actions, queries
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from tests.forms import post
from tests.people.factories import make_organisation, make_teacher, make_user, sign_in

DAY = date(2023, 9, 1)


class Small:
    """A province of two cities, one county, one province-managed county and a school each."""

    def __init__(self, session: Session) -> None:
        self.root = actions.found_province("410000", on=DAY)
        self.kai = self.make(Kind.PREFECTURE_CITY, "410200", "开封市", self.root)
        self.luo = self.make(Kind.PREFECTURE_CITY, "410300", "洛阳市", self.root)
        self.county = self.make(Kind.COUNTY, "410222", "通许县", self.kai)
        self.lankao = self.make(
            Kind.PROVINCE_MANAGED_COUNTY, "410225", "兰考县", self.kai, self.root
        )
        self.school = self.make(Kind.SCHOOL, "S1", "通许一小", self.county)
        session.commit()
        self.officer = make_user(session, self.root)
        self.city = make_user(session, self.kai, "bureau_officer")

    def make(self, kind: Kind, code: str, name: str, *above: Organisation) -> Organisation:
        return actions.register(kind, code, name, *above, on=DAY, by=None)


@pytest.fixture
def small(session: Session) -> Small:
    return Small(session)


def test_the_tree_is_browsed_level_by_level(client: FlaskClient, small: Small) -> None:
    sign_in(client, small.officer)
    page = client.get("/bodies/").text
    assert "开封市" in page
    assert "通许县" not in page
    below = client.get(f"/bodies/?below={small.kai.id}").text
    assert "通许县" in below
    assert "兰考县" in below
    by_places = client.get(f"/bodies/?below={small.kai.id}&tree=quota").text
    assert "通许县" in by_places
    assert "兰考县" not in by_places
    assert "通许一小" in client.get("/bodies/?q=txyx").text


@pytest.mark.parametrize(
    "address",
    [
        "/bodies/?below=99999999999999999999",
        "/bodies/?after=zzz&kind=x&state=y",
        "/bodies/?q=%ff",
    ],
)
def test_r15_a_broken_address_is_no_fault(client: FlaskClient, small: Small, address: str) -> None:
    sign_in(client, small.officer)
    assert client.get(address).status_code == 200


def test_r3_what_is_outside_the_scope_does_not_exist(client: FlaskClient, small: Small) -> None:
    sign_in(client, small.city)
    assert client.get(f"/bodies/{small.luo.id}").status_code == 404
    assert client.get(f"/bodies/{small.county.id}").status_code == 200
    assert client.get(f"/bodies/{small.county.id}/edit").status_code == 403
    assert client.get(f"/bodies/{small.lankao.id}/register").status_code == 403
    assert client.get(f"/reorganisation/{small.county.id}/move").status_code == 403


@pytest.mark.rule("GP-22")
def test_the_province_registers_an_institution(
    client: FlaskClient, session: Session, small: Small
) -> None:
    sign_in(client, small.officer)
    address = f"/bodies/{small.root.id}/register?kind=institution"
    assert "资质" in client.get(address).text or "Accredited" in client.get(address).text
    answer = post(
        client,
        address,
        data={
            "code": "10475",
            "name": "示例大学",
            "quota_group": "other",
            "accredited_since": "2019-01-01",
            "experience_years": "5",
        },
    )
    assert answer.status_code == 303
    body = queries.by_code("10475")
    assert body is not None
    assert (body.quota_group, body.experience_years) == ("other", 5)
    again = post(client, address, data={"code": "10475", "name": "另一大学"})
    assert again.status_code == 422


def test_a_city_registers_and_edits_its_schools(
    client: FlaskClient, session: Session, small: Small
) -> None:
    sign_in(client, small.city)
    answer = post(
        client,
        f"/bodies/{small.county.id}/register?kind=school",
        data={"code": "S9", "name": "通许二小", "stages": ["primary"], "is_rural": "y"},
    )
    assert answer.status_code == 303
    body = queries.by_code("S9")
    assert body is not None
    assert body.stages == ["primary"]
    assert body.is_rural
    page = client.get(f"/bodies/{body.id}")
    assert page.status_code == 200
    changed = post(
        client,
        f"/bodies/{body.id}/edit",
        data={"version": str(body.version), "aliases": "二小\n县二小"},
    )
    assert changed.status_code == 303
    session.refresh(body)
    assert body.aliases == ["二小", "县二小"]
    stale = post(client, f"/bodies/{body.id}/edit", data={"version": "1", "aliases": "三小"})
    assert stale.status_code == 409
    assert "三小" in stale.text
    assert "县二小" in stale.text


@pytest.mark.rule("HN-66")
def test_a_body_names_its_contact_and_a_reveal_is_kept(
    client: FlaskClient, session: Session, small: Small
) -> None:
    """R7: the number is masked until somebody gives a reason."""
    sign_in(client, small.city)
    address = f"/bodies/{small.kai.id}"
    bad = post(client, f"{address}/contact", data={"name": "李四", "phone": "1", "email": "x"})
    assert bad.status_code == 422
    good = {"name": "李四", "phone": "13800002316", "email": "l@example.org"}
    assert post(client, f"{address}/contact", data=good).status_code == 303
    assert "138****2316" in client.get(address).text
    assert "13800002316" not in client.get(address).text
    assert post(client, f"{address}/contact/reveal", data={}).status_code == 422
    shown = post(client, f"{address}/contact/reveal", data={"reason": "通知会议时间"})
    assert "13800002316" in shown.text
    assert "通知会议时间" in client.get(address).text


@pytest.mark.rule("HN-67")
def test_letters_carry_the_live_name(client: FlaskClient, session: Session, small: Small) -> None:
    sign_in(client, small.officer)
    data = {"name": "通许区", "on_date": "2023-09-01", "reason": "撤县设区", "version": "1"}
    answer = post(client, f"/bodies/{small.county.id}/rename", data=data)
    assert answer.status_code == 303
    session.refresh(small.county)
    assert small.county.letter_name == "通许区教育局"
    assert "通许县" in small.county.aliases
    future = {"name": "通许市", "on_date": "2999-01-01", "reason": "x"}
    assert post(client, f"/bodies/{small.county.id}/rename", data=future).status_code == 422


def test_a_list_leaves_as_a_workbook(client: FlaskClient, small: Small) -> None:
    sign_in(client, small.city)
    answer = post(client, f"/bodies/export?below={small.kai.id}&deep=1")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    names = [row[1] for row in rows[2:]]
    assert sorted(names) == sorted(["通许县", "兰考县", "通许一小"])


def test_a_long_list_leaves_as_a_job(
    client: FlaskClient, session: Session, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provincial.office.exports.rules.EXPORT_AT_ONCE", 1)
    sign_in(client, small.officer)
    assert post(client, f"/bodies/export?below={small.root.id}&deep=1").status_code == 303


def test_a_twin_of_a_form_acts_once(client: FlaskClient, session: Session, small: Small) -> None:
    """R13."""
    sign_in(client, small.officer)
    data = {"code": "S7", "name": "某小学", "key": "same-key"}
    address = f"/bodies/{small.county.id}/register?kind=school"
    first, second = post(client, address, data=data), post(client, address, data=data)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert isinstance(queries.by_code("S7"), Organisation)


def test_a_body_without_users_offers_to_invite_its_administrator_first(
    client: FlaskClient, session: Session
) -> None:
    office = make_organisation(session, Kind.PROVINCIAL_OFFICE, "某省教育厅")
    institution = make_organisation(session, Kind.INSTITUTION, "某师范大学", office)
    city = make_organisation(session, Kind.PREFECTURE_CITY, "甲市", office)
    school = make_organisation(session, Kind.SCHOOL, "甲市一小", city)
    make_teacher(session, school)
    sign_in(client, make_user(session, office, Role.PROVINCE_ADMINISTRATOR))
    invite = f'class="btn btn-primary" href="/invitations/bodies/{institution.id}"'
    assert invite in client.get(f"/bodies/{institution.id}").text
    make_user(session, institution, Role.INSTITUTION_ADMINISTRATOR)
    assert "/invitations/bodies/" not in client.get(f"/bodies/{institution.id}").text
    assert f"/invitations/bodies/{city.id}" in client.get(f"/bodies/{city.id}").text
    page = client.get(f"/bodies/{school.id}").text
    assert "/invitations/bodies/" not in page  # the city does that
    assert f'href="/teachers/?at={school.id}"' in page
    assert "/teachers/?at" not in client.get(f"/bodies/{city.id}").text
