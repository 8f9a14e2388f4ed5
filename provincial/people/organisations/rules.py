"""Kinds and states of bodies, and the plain rules of the tree."""

from __future__ import annotations

from enum import StrEnum

from provincial.core.states import State, Tone
from provincial.core.text import Text, t


class Kind(StrEnum):
    """What a body is (glossary part 2)."""

    PROVINCIAL_OFFICE = "provincial_office"
    PROGRAMME_OFFICE = "programme_office"
    FINANCE_DEPARTMENT = "finance_department"
    EXPERT_GROUP = "expert_group"
    TRAINING_CENTRE = "training_centre"
    QUALITY_CENTRE = "quality_centre"
    PREFECTURE_CITY = "prefecture_city"
    DEMONSTRATION_ZONE = "demonstration_zone"
    AIRPORT_ZONE = "airport_zone"
    PROVINCE_MANAGED_COUNTY = "province_managed_county"
    COUNTY = "county"
    DIRECT_UNIT = "direct_unit"
    SCHOOL = "school"
    INSTITUTION = "institution"
    RESEARCH_INSTITUTE = "research_institute"
    TEACHER_CENTRE = "teacher_centre"

    @property
    def label(self) -> Text:
        """The word for people."""
        return KIND_LABELS[self]


KIND_LABELS: dict[Kind, Text] = {
    Kind.PROVINCIAL_OFFICE: t("Provincial Department of Education"),
    Kind.PROGRAMME_OFFICE: t("Programme executive office"),
    Kind.FINANCE_DEPARTMENT: t("Department of Finance"),
    Kind.EXPERT_GROUP: t("Expert working group"),
    Kind.TRAINING_CENTRE: t("Provincial teacher training centre"),
    Kind.QUALITY_CENTRE: t("Quality monitoring centre"),
    Kind.PREFECTURE_CITY: t("Prefecture-level city"),
    Kind.DEMONSTRATION_ZONE: t("Demonstration zone"),
    Kind.AIRPORT_ZONE: t("Airport zone"),
    Kind.PROVINCE_MANAGED_COUNTY: t("Province-managed county"),
    Kind.COUNTY: t("County"),
    Kind.DIRECT_UNIT: t("Unit directly under the department"),
    Kind.SCHOOL: t("School"),
    Kind.INSTITUTION: t("Training institution"),
    Kind.RESEARCH_INSTITUTE: t("Education research institute"),
    Kind.TEACHER_CENTRE: t("Teacher development centre"),
}

#: Bodies that receive a quota table from the province, side by side (HN-01).
ALLOCATION_UNITS = frozenset(
    {
        Kind.PREFECTURE_CITY,
        Kind.DEMONSTRATION_ZONE,
        Kind.AIRPORT_ZONE,
        Kind.PROVINCE_MANAGED_COUNTY,
        Kind.DIRECT_UNIT,
    }
)
#: Education authorities that may hand out places to those below.
BUREAUS = frozenset(
    {
        Kind.PROVINCIAL_OFFICE,
        Kind.PREFECTURE_CITY,
        Kind.DEMONSTRATION_ZONE,
        Kind.AIRPORT_ZONE,
        Kind.PROVINCE_MANAGED_COUNTY,
        Kind.COUNTY,
        Kind.DIRECT_UNIT,
    }
)
#: Bodies that may hold places at all.
QUOTA_HOLDERS = BUREAUS | {Kind.SCHOOL}


class OrganisationState(State):
    """Whether a body still acts."""

    ACTIVE = "active"
    CLOSED = "closed"
    MERGED = "merged"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "active": (t("Active"), Tone.GOOD),
            "closed": (t("Closed"), Tone.NEUTRAL),
            "merged": (t("Merged into another"), Tone.NEUTRAL),
        }


def child_path(parent_path: str, own_id: int) -> str:
    """The path of a body below ``parent_path``; the root's parent path is ``/``."""
    return f"{parent_path}{own_id}/"


def is_below(path: str, ancestor_path: str) -> bool:
    """Whether ``path`` is the ancestor itself or below it; ``/1/2/`` is not above ``/1/20/``."""
    return path.startswith(ancestor_path)
