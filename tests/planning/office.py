"""A provincial office with two officers and an issued plan, for the tests of plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from provincial.core.viewer import Viewer
from provincial.people.accounts.models import User
from provincial.people.accounts.rules import Role
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.planning.plans import actions
from provincial.planning.plans.models import Plan
from tests.people.factories import make_organisation, make_user, viewer_of

#: An instant in the life of the Henan plan: its windows are open.
AT = datetime(2023, 11, 6, 1, 0, tzinfo=UTC)


@dataclass
class Office:
    """The province, two cities, a school, an institution, and who acts for them."""

    session: Session
    province: Organisation
    city: Organisation
    other_city: Organisation
    school: Organisation
    institution: Organisation
    maker_user: User
    second_user: User
    city_user: User

    @property
    def maker(self) -> Viewer:
        """The officer who prepares."""
        return viewer_of(self.maker_user)

    @property
    def second(self) -> Viewer:
        """The officer who decides."""
        return viewer_of(self.second_user)

    @property
    def bureau(self) -> Viewer:
        """An officer of a city."""
        return viewer_of(self.city_user)

    def draft(self, source: str = "henan-2023", code: str = "henan-2023") -> Plan:
        """A draft from a built-in rulebook."""
        return actions.create(source, code=code, by=self.maker, at=AT)

    def issued(self, source: str = "henan-2023", code: str = "henan-2023") -> Plan:
        """A plan issued by two officers."""
        plan = self.draft(source, code)
        actions.submit(plan, by=self.maker, at=AT, reason="附件1、5、6随后印发")
        actions.issue(plan, by=self.second, at=AT)
        self.session.commit()
        return plan


def make_office(session: Session) -> Office:
    """The office that most tests use."""
    province = make_organisation(session, Kind.PROVINCIAL_OFFICE, "省教育厅")
    city = make_organisation(session, Kind.PREFECTURE_CITY, "甲市", province)
    other = make_organisation(session, Kind.PREFECTURE_CITY, "乙市", province)
    county = make_organisation(session, Kind.COUNTY, "甲一县", city)
    school = make_organisation(session, Kind.SCHOOL, "甲一县一小", county)
    institution = make_organisation(session, Kind.INSTITUTION, "某师范大学", province)
    return Office(
        session,
        province,
        city,
        other,
        school,
        institution,
        make_user(session, province, Role.PROVINCE_OFFICER, "经办"),
        make_user(session, province, Role.PROVINCE_ADMINISTRATOR, "复核"),
        make_user(session, city, Role.BUREAU_OFFICER, "市局"),
    )
