"""Roles and what binds an account: lockout, idle and absolute limits, second person."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from provincial.core.refusals import Refusal
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
#: Roles that the system administrator neither gives nor takes nor resets: that would be a way to
#: take the place of those who run the province or audit it.
GUARDED = PROVINCE_RUNS | {Role.AUDITOR}
#: Roles whose sessions may stay idle for longer: they decide nothing for others (R20).
UNHURRIED = frozenset({Role.TEACHER, Role.EXPERT})
#: Roles that belong to the person and are not handed over.
PERSONAL = frozenset({Role.EXPERT, Role.TEACHER})


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


class InvitationState(State):
    """Whether a link or slip still opens the door."""

    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "open": (t("Waiting to be used"), Tone.WAITING),
            "used": (t("Used"), Tone.GOOD),
            "withdrawn": (t("Withdrawn"), Tone.NEUTRAL),
            "expired": (t("Expired"), Tone.ATTENTION),
        }


class TermState(State):
    """Where a membership or a mandate stands between its dates."""

    FUTURE = "future"
    CURRENT = "current"
    ENDED = "ended"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "future": (t("Begins later"), Tone.WAITING),
            "current": (t("In force"), Tone.GOOD),
            "ended": (t("Ended"), Tone.NEUTRAL),
        }


ABSOLUTE_LIMIT = timedelta(hours=12)
SUPPORT_LIMIT = timedelta(minutes=30)
INVITATION_LIFE = timedelta(days=14)
FIRST_LINK_LIFE = timedelta(hours=24)
RESET_MAIL_LIFE = timedelta(minutes=30)
RESET_SLIP_LIFE = timedelta(hours=24)
#: A session's last sign of life is noted at most this often.
TOUCH_EVERY = timedelta(minutes=1)
#: How long a password or code counts for grave acts before it is asked again (R23).
CONFIRMED_FOR = timedelta(minutes=10)
#: A session that waits for the code of the second factor waits this long.
CODE_WAIT = timedelta(minutes=10)
#: Sessions of one person at the same time; the oldest ends when one more is opened.
MOST_SESSIONS = 5
DORMANT_AFTER = timedelta(days=180)
DORMANT_WARNING = timedelta(days=14)
FAILURES_BEFORE_LOCK = 5
FIRST_LOCK = timedelta(minutes=10)
LONGEST_LOCK = timedelta(hours=24)
#: Failures from one address in one window; many people of a school share one address.
ADDRESS_FAILURES = 60
ADDRESS_WINDOW = timedelta(minutes=10)

_LOGIN = re.compile(r"[a-z0-9\u4e00-\u9fff][a-z0-9\u4e00-\u9fff._@+-]{2,79}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_PHONE = re.compile(r"\+?[0-9]{5,20}")
_NEXT = re.compile(r"/(?![/\\])[A-Za-z0-9_\-./?=&%]*")


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


def first_role(kind: Kind) -> Role | None:
    """The role of the first person of a body of this kind: one that can invite the others."""
    return next((role for role in roles_for(kind) if ROLES[role].manages_users), None)


def require_role(kind: Kind, role: str) -> Role:
    """``role`` as a role that exists in a body of this kind, or a refusal."""
    found = next((known for known in roles_for(kind) if known.value == role), None)
    if found is None:
        raise Refusal(
            t("This role does not exist in a body of the kind “%(kind)s”.", kind=kind.label),
            field="role",
        )
    return found


def role_under_mandate(kind: Kind, manages: bool) -> Role | None:
    """In which role a higher body acts for one of this kind: administrator for administrator."""
    possible = [role for role in roles_for(kind) if ROLES[role].acts and role is not Role.TEACHER]
    fitting = [role for role in possible if ROLES[role].manages_users == manages]
    return next(iter(fitting or possible), None)


def superior_id(kind: str, parent_id: int | None, quota_parent_id: int | None) -> int | None:
    """The body that stands directly above: for a province-managed county the province (HN-01)."""
    return quota_parent_id if kind == Kind.PROVINCE_MANAGED_COUNTY else parent_id


def clean_login(typed: str) -> str:
    """The sign-in name as it is stored and compared: NFKC, lower case, no outer blanks."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def require_login(typed: str) -> str:
    """A sign-in name that may be chosen: 3 to 80 letters, digits, Chinese characters, ``. _ @ + -``."""
    login = clean_login(typed)
    if not _LOGIN.fullmatch(login):
        raise Refusal(
            t("The sign-in name has 3 to 80 characters: letters, digits, Chinese, and . _ @ + -"),
            field="login",
        )
    return login


def require_email(typed: str) -> str:
    """A mail address, or nothing when nothing was typed."""
    address = unicodedata.normalize("NFKC", typed).strip()
    if address and (len(address) > 200 or not _EMAIL.fullmatch(address)):
        raise Refusal(t("This is not a mail address."), field="email")
    return address


def require_phone(typed: str) -> str:
    """A telephone number in digits only, or nothing when nothing was typed."""
    number = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", typed))
    if number and not _PHONE.fullmatch(number):
        raise Refusal(t("This is not a telephone number."), field="phone")
    return number


def safe_next(target: str) -> str:
    """``target`` when it is a plain path of this site, else nothing (R28)."""
    return target if len(target) <= 500 and _NEXT.fullmatch(target) else ""


def browser_name(agent: str) -> str:
    """A short name for what a browser says of itself (``Firefox · Windows``); empty when unknown."""
    browsers = (
        ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox", "Firefox"),
        ("Chrome", "Chrome"), ("Safari", "Safari"),
    )  # fmt: skip
    systems = (
        ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
        ("Mac OS", "macOS"), ("Linux", "Linux"),
    )  # fmt: skip
    found = [next((name for sign, name in row if sign in agent), "") for row in (browsers, systems)]
    return " · ".join(name for name in found if name)


def idle_limit(role: str, officers_minutes: int, others_minutes: int) -> timedelta:
    """How long a session of this role may stay without a request (R20)."""
    return timedelta(minutes=others_minutes if role in UNHURRIED else officers_minutes)


def session_alive(
    created_at: datetime, last_seen_at: datetime, idle: timedelta, at: datetime
) -> bool:
    """Whether a session is within its idle and absolute limits (R20)."""
    return at - last_seen_at < idle and at - created_at < ABSOLUTE_LIMIT


def term_state(
    starts_on: date, ends_on: date | None, ended_at: datetime | None, on: date
) -> TermState:
    """Where a term stands on a day; the last day belongs to it."""
    if ended_at is not None or (ends_on is not None and ends_on < on):
        return TermState.ENDED
    return TermState.FUTURE if starts_on > on else TermState.CURRENT


def invitation_state(
    used_at: datetime | None, withdrawn_at: datetime | None, expires_at: datetime, at: datetime
) -> InvitationState:
    """Whether an invitation can still be used (R24)."""
    if used_at is not None:
        return InvitationState.USED
    if withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.OPEN if at < expires_at else InvitationState.EXPIRED


def require_term(starts_on: date, ends_on: date | None, on: date) -> None:
    """The dates of a deputy or a mandate must make sense and not be over already."""
    if ends_on is not None and ends_on < starts_on:
        raise Refusal(t("The last day lies before the first."), field="ends_on")
    if ends_on is not None and ends_on < on:
        raise Refusal(t("The last day has passed already."), field="ends_on")


def require_another_administrator(others: int) -> None:
    """The last administrator of a body can neither leave nor be removed."""
    if others < 1:
        raise Refusal(
            t(
                "This is the last administrator of the body. Hand over to a successor or invite "
                "another administrator first."
            )
        )


class Dormancy(StrEnum):
    """What an unused account needs."""

    NOTHING = "nothing"
    WARN = "warn"
    DISABLE = "disable"


def dormancy(last_used: datetime, warned_at: datetime | None, at: datetime) -> Dormancy:
    """Unused for 180 days means disabled, and the person is told 14 days before."""
    if at - last_used < DORMANT_AFTER - DORMANT_WARNING:
        return Dormancy.NOTHING
    if warned_at is None or warned_at < last_used:
        return Dormancy.WARN
    late = at - last_used >= DORMANT_AFTER and at - warned_at >= DORMANT_WARNING
    return Dormancy.DISABLE if late else Dormancy.NOTHING


#: What each role may do, in words, for the page of roles (rules.md part 4).
DUTIES: dict[Role, Text] = {
    Role.PROVINCE_ADMINISTRATOR: t(
        "Runs plans, parameters, quotas, tasks and approvals; registers bodies, invites their first "
        "administrators, records mandates; manages the users of the provincial office."
    ),
    Role.PROVINCE_OFFICER: t(
        "Runs plans, parameters, quotas, tasks and approvals; decides on bans and exemptions; "
        "reads the reports of the whole province."
    ),
    Role.SYSTEM_ADMINISTRATOR: t(
        "Manages accounts and opens a read-only support view with a reason; takes no part in "
        "plans and quotas."
    ),
    Role.AUDITOR: t("Reads everything and its history; changes nothing."),
    Role.PROGRAMME_OFFICER: t(
        "Receives opening dates, notices, bulletins and papers; checks that they are complete; "
        "publishes public notices."
    ),
    Role.FINANCE_OFFICER: t("Reads budgets and final accounts."),
    Role.EXPERT: t(
        "Reviews proposals, inspects and scores what has been assigned; never the own institution."
    ),
    Role.TRAINING_CENTRE_OFFICER: t(
        "Publishes the order list, reviews school-based plans, recognises hours and credits."
    ),
    Role.QUALITY_MONITOR: t("Inspects classes and institutions; writes oversight forms."),
    Role.BUREAU_ADMINISTRATOR: t(
        "Splits places, approves trainees, uses the green channel, reports; manages the users of "
        "the bureau and invites the first administrators of the bodies below."
    ),
    Role.BUREAU_OFFICER: t("Splits places, approves trainees, uses the green channel, reports."),
    Role.SCHOOL_ADMINISTRATOR: t(
        "Nominates teachers, keeps their records and hours; manages the users of the school."
    ),
    Role.PRINCIPAL: t(
        "Answers for the school: reviews nominations and the annual return; manages its users."
    ),
    Role.INSTITUTION_ADMINISTRATOR: t(
        "Proposals, classes, notices, check-in, results, bulletins, budget and reports of the "
        "institution; manages its users."
    ),
    Role.INSTITUTION_OFFICER: t(
        "Proposals, classes, notices, check-in, results, bulletins, budget and reports of the "
        "institution."
    ),
    Role.TEACHER: t(
        "Selects training, reads notices and tasks, answers surveys without a name, sees the own "
        "file, claims and objects."
    ),
}
