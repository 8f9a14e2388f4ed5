"""A small province for the tests of people's accounts."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from provincial.people.accounts.models import User
from provincial.people.accounts.rules import Role
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from tests.people.factories import make_organisation, make_user


@dataclass
class Province:
    """Office, city, county with a school, a province-managed county, an institution; and people."""

    office: Organisation
    city: Organisation
    county: Organisation
    school: Organisation
    managed: Organisation
    institution: Organisation
    admin: User
    officer: User
    system: User
    auditor: User
    city_admin: User
    city_officer: User


@pytest.fixture
def province(session: Session) -> Province:
    """The tree and its people; county, school, managed county and institution have nobody yet."""
    office = make_organisation(session, Kind.PROVINCIAL_OFFICE, "测试省教育厅")
    city = make_organisation(session, Kind.PREFECTURE_CITY, "甲市", office)
    county = make_organisation(session, Kind.COUNTY, "甲市乙县", city)
    return Province(
        office=office,
        city=city,
        county=county,
        school=make_organisation(session, Kind.SCHOOL, "乙县第一小学", county),
        managed=make_organisation(session, Kind.PROVINCE_MANAGED_COUNTY, "丙县", city),
        institution=make_organisation(session, Kind.INSTITUTION, "测试师范大学", office),
        admin=make_user(session, office, Role.PROVINCE_ADMINISTRATOR, "厅管理员"),
        officer=make_user(session, office, Role.PROVINCE_OFFICER, "厅工作人员"),
        system=make_user(session, office, Role.SYSTEM_ADMINISTRATOR, "系统管理员"),
        auditor=make_user(session, office, Role.AUDITOR, "审计员"),
        city_admin=make_user(session, city, Role.BUREAU_ADMINISTRATOR, "甲市管理员"),
        city_officer=make_user(session, city, Role.BUREAU_OFFICER, "甲市工作人员"),
    )
