"""Kinds and states of bodies, and the plain rules of the tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from pypinyin import Style, lazy_pinyin

from provincial.core.findings import Finding, Severity
from provincial.core.identity import clean_line, has_hidden_characters, match_key
from provincial.core.refusals import Refusal, WrongState
from provincial.core.states import State, Tone
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer


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


#: Below which kinds a body of a kind may stand; a kind that is missing stands at the root.
PARENT_KINDS: dict[Kind, frozenset[Kind]] = {
    Kind.PROGRAMME_OFFICE: frozenset({Kind.PROVINCIAL_OFFICE}),
    Kind.FINANCE_DEPARTMENT: frozenset({Kind.PROVINCIAL_OFFICE}),
    Kind.EXPERT_GROUP: frozenset({Kind.PROVINCIAL_OFFICE}),
    Kind.TRAINING_CENTRE: frozenset({Kind.PROVINCIAL_OFFICE}),
    Kind.QUALITY_CENTRE: frozenset({Kind.PROVINCIAL_OFFICE}),
    Kind.DIRECT_UNIT: frozenset({Kind.PROVINCIAL_OFFICE}),
    Kind.INSTITUTION: frozenset({Kind.PROVINCIAL_OFFICE}),
    Kind.PREFECTURE_CITY: frozenset({Kind.PROVINCIAL_OFFICE}),
    Kind.DEMONSTRATION_ZONE: frozenset({Kind.PROVINCIAL_OFFICE, Kind.PREFECTURE_CITY}),
    Kind.AIRPORT_ZONE: frozenset({Kind.PROVINCIAL_OFFICE, Kind.PREFECTURE_CITY}),
    Kind.PROVINCE_MANAGED_COUNTY: frozenset({Kind.PROVINCIAL_OFFICE, Kind.PREFECTURE_CITY}),
    Kind.COUNTY: frozenset({Kind.PREFECTURE_CITY, Kind.DEMONSTRATION_ZONE, Kind.AIRPORT_ZONE}),
    Kind.SCHOOL: BUREAUS,
    Kind.RESEARCH_INSTITUTE: BUREAUS - {Kind.DIRECT_UNIT},
    Kind.TEACHER_CENTRE: BUREAUS - {Kind.DIRECT_UNIT},
}
#: Kinds of which a province has exactly one.
ONLY_ONE = frozenset(
    {
        Kind.PROVINCIAL_OFFICE,
        Kind.PROGRAMME_OFFICE,
        Kind.FINANCE_DEPARTMENT,
        Kind.EXPERT_GROUP,
        Kind.TRAINING_CENTRE,
        Kind.QUALITY_CENTRE,
    }
)
#: Kinds that a bureau below the province runs by itself: it registers, renames, moves and closes them.
LOCAL_KINDS = frozenset({Kind.SCHOOL, Kind.RESEARCH_INSTITUTE, Kind.TEACHER_CENTRE})

#: School stages, by the codes of the rulebook's vocabulary.
STAGES: dict[str, Text] = {
    "preschool": t("Preschool"),
    "primary": t("Primary"),
    "junior": t("Junior secondary"),
    "senior": t("Senior secondary"),
    "special": t("Special education"),
    "vocational": t("Secondary vocational"),
}
#: Groups of institutions by which applications are capped (ZJ22-31 to ZJ22-33).
QUOTA_GROUPS: dict[str, Text] = {
    "normal_univ": t("Normal university"),
    "other": t("Other university or institution"),
    "remote": t("Remote training institution"),
}


class ChangeKind(StrEnum):
    """A step of a body's history."""

    FOUNDED = "founded"
    RENAMED = "renamed"
    MOVED = "moved"
    MERGED = "merged"
    PARTED = "parted"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def label(self) -> Text:
        """The word for people."""
        return CHANGE_LABELS[self]


CHANGE_LABELS: dict[ChangeKind, Text] = {
    ChangeKind.FOUNDED: t("Registered"),
    ChangeKind.RENAMED: t("Renamed"),
    ChangeKind.MOVED: t("Moved"),
    ChangeKind.MERGED: t("Merged into another body"),
    ChangeKind.PARTED: t("Merger taken back"),
    ChangeKind.CLOSED: t("Closed"),
    ChangeKind.REOPENED: t("Opened again"),
}


@dataclass(frozen=True, slots=True)
class OrganisationChange:
    """A change of the tree, planned or done, as the rooms that follow it see it.

    ``before`` and ``after`` hold plain values of the body: name, kind, state, parent_id,
    quota_parent_id, path, quota_path. ``children`` are the ids of the bodies that move along to
    the successor (or back from it). ``undoes`` is the history step that this one takes back.
    """

    kind: ChangeKind
    organisation_id: int
    before: Mapping[str, object]
    after: Mapping[str, object]
    on_date: date
    reason: str
    successor_id: int | None = None
    document_number: str = ""
    children: Sequence[int] = ()
    undoes: int | None = None

    @property
    def quota_moves(self) -> bool:
        """Whether the body now receives its places from somebody else."""
        return self.before.get("quota_parent_id") != self.after.get("quota_parent_id")


@dataclass(frozen=True, slots=True)
class Step:
    """What every step of a body's history states: the day, why, and the document that orders it."""

    on_date: date
    reason: str
    document_number: str = ""


@dataclass(frozen=True, slots=True)
class Division:
    """A city, zone or county of the table of divisions; ``top_level`` holds quota beside the cities."""

    code: str
    name: str
    kind: Kind
    parent_code: str
    top_level: bool
    aliases: tuple[str, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Contact:
    """The responsible contact (HN-66) as pages show it; the phone has its middle hidden."""

    name: str
    masked_phone: str
    email: str


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """What is particular to a school."""

    stages: tuple[str, ...] = ()
    is_rural: bool = False
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class InstitutionFacts:
    """What is particular to a training institution (GP-22, ZJ22-31 to ZJ22-34)."""

    quota_group: str = ""
    accredited_since: date | None = None
    experience_years: int | None = None


@dataclass(frozen=True, slots=True)
class Particulars:
    """Facts of a body beyond its name; only those of its kind are kept."""

    formal_name: str = ""
    aliases: tuple[str, ...] = ()
    opened_on: date | None = None
    school: SchoolFacts = field(default_factory=SchoolFacts)
    institution: InstitutionFacts = field(default_factory=InstitutionFacts)


_NAME_LENGTH = 60
_CODE = re.compile(r"[0-9A-Z][0-9A-Z_-]{1,39}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}[0-9]{7,8}")
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9.-]{1,120}\.[A-Za-z]{2,24}")


def checked_name(name: str, field_name: str = "name") -> str:
    """The name of a body as it is kept; refuses empty, overlong and invisible ones."""
    tidy = clean_line(name)
    if not tidy or not match_key(tidy):
        raise Refusal(t("A body needs a name."), field=field_name)
    if len(tidy) > _NAME_LENGTH:
        raise Refusal(
            t("A name has at most %(limit)s characters.", limit=_NAME_LENGTH), field=field_name
        )
    if has_hidden_characters(tidy):
        raise Refusal(t("The name contains characters that cannot be seen."), field=field_name)
    return tidy


def checked_code(code: str) -> str:
    """A body's code as it is kept: 2 to 40 digits, capital letters, hyphens."""
    tidy = match_key(code).upper()
    if not _CODE.fullmatch(tidy):
        raise Refusal(
            t("A code has 2 to 40 characters: digits, letters A to Z, hyphens."), field="code"
        )
    return tidy


def checked_phone(phone: str) -> str:
    """A mobile or landline number as digits only; refuses anything else."""
    digits = re.sub(r"[\s()-]", "", match_key(phone))
    if digits.startswith("+86"):
        digits = digits[3:]
    if not (_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)):
        raise Refusal(
            t("This is neither a mobile number of 11 digits nor a landline with its area code."),
            field="phone",
        )
    return digits


def checked_email(email: str) -> str:
    """An address for mail; refuses what can be none."""
    tidy = match_key(email)
    if not _EMAIL.fullmatch(tidy) or ".." in tidy:
        raise Refusal(t("This is not an address for mail."), field="email")
    return tidy


def check_parent(kind: Kind, parent_kind: Kind, field_name: str = "parent_id") -> None:
    """Refuse a superior under which a body of this kind cannot stand."""
    if parent_kind not in PARENT_KINDS.get(kind, frozenset()):
        raise Refusal(
            t(
                "A body of the kind “%(kind)s” cannot stand below one of the kind “%(parent)s”.",
                kind=kind.label,
                parent=parent_kind.label,
            ),
            field=field_name,
            rule="HN-01",
        )


def check_giver(parent_id: int, giver_id: int, giver_parent_id: int | None) -> None:
    """Places come from the superior, or past it straight from the province (HN-01)."""
    if giver_id != parent_id and giver_parent_id is not None:
        raise Refusal(
            t("Places come from the superior or straight from the province."),
            field="from_province",
            rule="HN-01",
        )


def step_sentence(
    kind: ChangeKind,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    taken_back: bool = False,
) -> Text:
    """What the timeline says of a step, in the past tense."""
    values = {
        "name": str(after.get("name", "")),
        "old": str(before.get("name", "")),
        "place": str(after.get("parent_name", "")),
        "successor": str(after.get("successor_name") or before.get("successor_name") or ""),
    }
    sentence = (_TAKEN_BACK if taken_back else _DONE).get(kind, _DONE[kind])
    used = {key: value for key, value in values.items() if f"%({key})s" in sentence.source}
    return Text(sentence.source, used)


_DONE: dict[ChangeKind, Text] = {
    ChangeKind.FOUNDED: t("Registered “%(name)s”"),
    ChangeKind.RENAMED: t("Renamed “%(old)s” to “%(name)s”"),
    ChangeKind.MOVED: t("Moved “%(name)s” below “%(place)s”"),
    ChangeKind.MERGED: t("Merged “%(name)s” into “%(successor)s”"),
    ChangeKind.PARTED: t("Took the merger of “%(name)s” with “%(successor)s” back"),
    ChangeKind.CLOSED: t("Closed “%(name)s”"),
    ChangeKind.REOPENED: t("Opened “%(name)s” again"),
}
_TAKEN_BACK: dict[ChangeKind, Text] = {
    ChangeKind.RENAMED: t("Took the renaming back: “%(name)s” as before"),
    ChangeKind.MOVED: t("Took the move of “%(name)s” back: below “%(place)s” as before"),
    ChangeKind.CLOSED: t("Took the reopening of “%(name)s” back"),
    ChangeKind.REOPENED: t("Took the closing of “%(name)s” back"),
}


def kinds_below(parent_kind: Kind, *, everything: bool) -> list[Kind]:
    """The kinds that may be registered below a body; ``everything`` for the province."""
    return [
        kind
        for kind, parents in PARENT_KINDS.items()
        if parent_kind in parents and (everything or kind in LOCAL_KINDS)
    ]


def kind_after_move(kind: Kind, quota_parent_kind: Kind) -> Kind:
    """A county that gets its places from the province is province-managed, and back (HN-01)."""
    straight = quota_parent_kind is Kind.PROVINCIAL_OFFICE
    if kind is Kind.COUNTY and straight:
        return Kind.PROVINCE_MANAGED_COUNTY
    if kind is Kind.PROVINCE_MANAGED_COUNTY and not straight:
        return Kind.COUNTY
    return kind


def check_no_cycle(path: str, new_parent_path: str, field_name: str) -> None:
    """Refuse to hang a body below itself or below one of its own."""
    if is_below(new_parent_path, path):
        raise Refusal(
            t("A body cannot stand below itself or below one of its own."), field=field_name
        )


def check_mergeable(kind: Kind, successor_kind: Kind) -> None:
    """Refuse a merger of unlike bodies: a school goes into a school, a county into a county."""
    groups = (
        frozenset({Kind.COUNTY, Kind.PROVINCE_MANAGED_COUNTY})
        | {Kind.DEMONSTRATION_ZONE, Kind.AIRPORT_ZONE},
        frozenset({Kind.RESEARCH_INSTITUTE, Kind.TEACHER_CENTRE}),
    )
    alike = kind == successor_kind or any({kind, successor_kind} <= group for group in groups)
    if not alike or kind in ONLY_ONE:
        raise Refusal(
            t(
                "A body of the kind “%(kind)s” cannot merge into one of the kind “%(other)s”.",
                kind=kind.label,
                other=successor_kind.label,
            ),
            field="successor_id",
        )


def check_active(state: str, name: str, field_name: str = "") -> None:
    """Refuse an act with a body that is closed or merged."""
    if state != OrganisationState.ACTIVE:
        raise WrongState(
            t("“%(name)s” is closed or merged; nothing new can be put there.", name=name),
            field=field_name,
        )


def check_step_date(on_date: date, today: date) -> None:
    """Refuse a step dated in the future: the tree says what is, not what will be."""
    if on_date > today:
        raise Refusal(t("The date cannot lie after today."), field="on_date")


def contact_finding(name: str, *, named: bool) -> Finding:
    """HN-66: a body names one responsible contact before it may submit anything."""
    if named:
        return Finding(
            Severity.PASS,
            t("“%(name)s” has named its responsible contact.", name=name),
            rule="HN-66",
            code="contact",
        )
    return Finding(
        Severity.BLOCK,
        t("“%(name)s” has not named its responsible contact yet.", name=name),
        rule="HN-66",
        code="contact",
        mend=t("Name one person with phone and mail on the body's page, then submit again."),
    )


def bureau_name(kind: Kind, name: str) -> str:
    """How a letter addresses the bureau of a place when nothing else is known: 郑州市教育局."""
    places = BUREAUS - {Kind.PROVINCIAL_OFFICE, Kind.DIRECT_UNIT}
    return name + _BUREAU if kind in places and not name.endswith(_BUREAU) else ""


_BUREAU = "教育局"


def short_name(name: str) -> str:
    """郑州 for 郑州市; empty where nothing sensible is left (滑县)."""
    return name[:-1] if len(name) > 2 and name[-1] in "市州" else ""


def merged_aliases(own: Sequence[str], name: str, more: Sequence[str]) -> list[str]:
    """Other names in order, each once, without the name itself."""
    seen = {match_key(name)}
    kept = []
    for alias in [*own, *more]:
        tidy = clean_line(alias)
        if match_key(tidy) and match_key(tidy) not in seen:
            seen.add(match_key(tidy))
            kept.append(tidy)
    return kept


def search_key(name: str) -> str:
    """The sound of a name and its initials, for search and for order: ``zhengzhoushi zzs``."""
    sounds = lazy_pinyin(match_key(name))
    initials = lazy_pinyin(match_key(name), style=Style.FIRST_LETTER)
    return f"{''.join(sounds)} {''.join(initials)}"[:300]


@dataclass(frozen=True, slots=True)
class BodyLink:
    """A page of a later room about one body, shown on the body's page; declared in the sitemap.

    The endpoint takes the body's number as ``argument``; ``allowed`` is asked with the viewer and
    the body. A ``primary`` one is what the viewer most likely came for.
    """

    label: Text
    endpoint: str
    allowed: Callable[[Viewer, Any], bool]
    grave: bool = False
    primary: bool = False
    argument: str = "body_id"
