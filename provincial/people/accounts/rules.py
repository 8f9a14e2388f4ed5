"""Roles and what binds an account: lockout, idle and absolute limits, second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from provincial.core.states import State, Tone
from provincial.core.text import Text, t
from provincial.people.organisations.rules import BUREAUS, Kind


class Role(StrEnum):
    """In which capacity a person acts for a body (rules.md part 4)."""

    PROVINCE_ADMINISTRATOR = "province_administrator"
    PROVINCE_OFFICER = "province_officer"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    AUDITOR = "auditor"
    PROGRAMME_OFFICER = "programme_officer"
    FINANCE_OFFICER = "finance_officer"
    EXPERT = "expert"
    TRAINING_CENTRE_OFFICER = "training_centre_officer"
    QUALITY_MONITOR = "quality_monitor"
    BUREAU_ADMINISTRATOR = "bureau_administrator"
    BUREAU_OFFICER = "bureau_officer"
    SCHOOL_ADMINISTRATOR = "school_administrator"
    PRINCIPAL = "principal"
    INSTITUTION_ADMINISTRATOR = "institution_administrator"
    INSTITUTION_OFFICER = "institution_officer"
    TEACHER = "teacher"

    @property
    def label(self) -> Text:
        """The word for people."""
        return ROLES[self].label


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """Where a role exists and what it includes. ``sees_province``: reads the whole province."""

    label: Text
    kinds: frozenset[Kind]
    manages_users: bool = False
    sees_province: bool = False
    acts: bool = True


_OFFICE = frozenset({Kind.PROVINCIAL_OFFICE})
_BUREAUS = BUREAUS - _OFFICE
_SCHOOL = frozenset({Kind.SCHOOL})
_INSTITUTION = frozenset({Kind.INSTITUTION})

ROLES: dict[Role, RoleFacts] = {
    Role.PROVINCE_ADMINISTRATOR: RoleFacts(t("Provincial administrator"), _OFFICE, True, True),
    Role.PROVINCE_OFFICER: RoleFacts(t("Provincial officer"), _OFFICE, False, True),
    Role.SYSTEM_ADMINISTRATOR: RoleFacts(t("System administrator"), _OFFICE, True, True, False),
    Role.AUDITOR: RoleFacts(t("Auditor"), _OFFICE, False, True, False),
    Role.PROGRAMME_OFFICER: RoleFacts(
        t("Programme office officer"), frozenset({Kind.PROGRAMME_OFFICE}), True, True
    ),
    Role.FINANCE_OFFICER: RoleFacts(
        t("Finance officer"), frozenset({Kind.FINANCE_DEPARTMENT}), True, True
    ),
    Role.EXPERT: RoleFacts(t("Expert"), frozenset({Kind.EXPERT_GROUP})),
    Role.TRAINING_CENTRE_OFFICER: RoleFacts(
        t("Training centre officer"),
        frozenset({Kind.TRAINING_CENTRE, Kind.RESEARCH_INSTITUTE, Kind.TEACHER_CENTRE}),
        True,
    ),
    Role.QUALITY_MONITOR: RoleFacts(
        t("Quality monitor"), frozenset({Kind.QUALITY_CENTRE}), True, True
    ),
    Role.BUREAU_ADMINISTRATOR: RoleFacts(t("Bureau administrator"), _BUREAUS, True),
    Role.BUREAU_OFFICER: RoleFacts(t("Bureau officer"), _BUREAUS),
    Role.SCHOOL_ADMINISTRATOR: RoleFacts(t("School administrator"), _SCHOOL, True),
    Role.PRINCIPAL: RoleFacts(t("Principal"), _SCHOOL, True),
    Role.INSTITUTION_ADMINISTRATOR: RoleFacts(t("Institution administrator"), _INSTITUTION, True),
    Role.INSTITUTION_OFFICER: RoleFacts(t("Institution officer"), _INSTITUTION),
    Role.TEACHER: RoleFacts(t("Teacher"), _SCHOOL),
}

#: Roles of the provincial office that run plans and quotas.
PROVINCE_RUNS = frozenset({Role.PROVINCE_ADMINISTRATOR, Role.PROVINCE_OFFICER})
#: Roles that manage the users of their own body.
MANAGERS = frozenset(role for role, facts in ROLES.items() if facts.manages_users)
#: Roles that read the whole province.
PROVINCE_READERS = frozenset(role for role, facts in ROLES.items() if facts.sees_province)


class UserState(State):
    """Whether a person may sign in."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "invited": (t("Invited"), Tone.WAITING),
            "active": (t("Active"), Tone.GOOD),
            "disabled": (t("Disabled"), Tone.BLOCKED),
        }


IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=12)
SUPPORT_LIMIT = timedelta(minutes=30)
INVITATION_LIFE = timedelta(days=14)
FIRST_LINK_LIFE = timedelta(hours=24)
DORMANT_AFTER = timedelta(days=180)
DORMANT_WARNING = timedelta(days=14)
FAILURES_BEFORE_LOCK = 5
FIRST_LOCK = timedelta(minutes=10)
LONGEST_LOCK = timedelta(hours=24)


def roles_for(kind: Kind) -> list[Role]:
    """The roles that exist in a body of this kind."""
    return [role for role, facts in ROLES.items() if kind in facts.kinds]


def lock_time(failures: int) -> timedelta | None:
    """How long an account is locked after this many failures in a row; never for good (R22)."""
    if failures < FAILURES_BEFORE_LOCK or failures % FAILURES_BEFORE_LOCK:
        return None
    doublings = min(failures // FAILURES_BEFORE_LOCK - 1, 10)
    lock: timedelta = FIRST_LOCK * (1 << doublings)
    return min(lock, LONGEST_LOCK)
