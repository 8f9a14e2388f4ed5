"""What a teacher's record may say, and how the words of a list are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from provincial.core.findings import Finding, Severity
from provincial.core.identity import match_key
from provincial.core.refusals import Refusal, WrongState
from provincial.core.states import State, Tone
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer

#: A teacher below or above these years of age is asked about; PE-130 asks for the day of birth.
YOUNGEST, OLDEST = 18, 70
#: Nobody starts to work before this age; an earlier start is a slip of the year.
WORK_FROM = 14


class TeacherState(State):
    """Whether a record is in use."""

    ACTIVE = "active"
    LEFT = "left"
    MERGED = "merged"
    #: Registered by a list that was taken back, and named by nothing else; stands for nobody.
    UNDONE = "undone"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "active": (t("On the register"), Tone.GOOD),
            "left": (t("Has left"), Tone.NEUTRAL),
            "merged": (t("Merged into another record"), Tone.NEUTRAL),
            "undone": (t("Registration taken back"), Tone.NEUTRAL),
        }


#: Records that stand for nobody any more: their ID number may be registered anew.
GONE = frozenset({TeacherState.MERGED, TeacherState.UNDONE})


class EventKind(State):
    """A step of a teacher's history."""

    REGISTERED = "registered"
    CHANGED = "changed"
    TAKEN_BACK = "taken_back"
    TRANSFERRED = "transferred"
    LEFT = "left"
    RETURNED = "returned"
    MERGED = "merged"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "registered": (t("Registered"), Tone.GOOD),
            "changed": (t("Changed"), Tone.NEUTRAL),
            "taken_back": (t("Taken back"), Tone.ATTENTION),
            "transferred": (t("Transferred"), Tone.NEUTRAL),
            "left": (t("Has left"), Tone.NEUTRAL),
            "returned": (t("Came back"), Tone.GOOD),
            "merged": (t("Merged"), Tone.NEUTRAL),
        }


class Source(StrEnum):
    """Where a field of the register came from."""

    IMPORT = "import"
    FORM = "form"
    NOMINATION = "nomination"
    CORRECTION = "correction"

    @property
    def label(self) -> Text:
        """The word for people."""
        return {
            Source.IMPORT: t("from an imported list"),
            Source.FORM: t("typed here"),
            Source.NOMINATION: t("from a nomination"),
            Source.CORRECTION: t("corrected by the teacher"),
        }[self]


#: The fields that a person may change, with their words; the same on form, page and history.
FIELDS: dict[str, Text] = {
    "name": t("Full name"),
    "id_number": t("ID number"),
    "phone": t("Phone"),
    "stage": t("School stage"),
    "subject": t("School subject"),
    "title": t("Professional title"),
    "post": t("Post"),
    "is_head": t("Head of school"),
    "is_class_teacher": t("Class teacher"),
    "since": t("At work since"),
    "teaching_since": t("Teaching since"),
    "status": t("Status"),
    "ethnic_code": t("Ethnic group"),
    "political_code": t("Political status"),
    "native_place": t("Native place"),
}
#: What stands sealed in the record, and never in clear in its history (R6).
SEALED = frozenset({"id_number", "phone"})


def locked_fields(sources: Mapping[str, str]) -> set[str]:
    """Fields that came by import: the next import would overwrite what is typed here (ZJ22-61)."""
    locked = {name for name, source in sources.items() if source == Source.IMPORT}
    return locked | ({"is_head"} if "post" in locked else set())


def refuse_locked(changed: Collection[str], sources: Mapping[str, str]) -> None:
    """Refuse a local change of an imported field; says how it is changed (ZJ22-61, ZJ22-81)."""
    for name in sorted(set(changed) & locked_fields(sources), key=list(FIELDS).index):
        message = t(
            "“%(field)s” came with an imported list. Correct it where the list comes from and import "
            "it again; a change made here would be overwritten.",
            field=FIELDS[name],
        )
        raise Refusal(message, field=name, rule="ZJ22-61")


def require_active(state: str) -> None:
    """Refuse to change a record that is not in use."""
    if state != TeacherState.ACTIVE:
        label = TeacherState(state).label
        raise WrongState(t("This cannot be done while the state is “%(state)s”.", state=label))


@dataclass(frozen=True, slots=True)
class Step:
    """Who changes a record when and why, and from where the new values come."""

    on: date
    by: Viewer | None
    reason: str = ""
    source: Source = Source.FORM
    kind: EventKind = EventKind.CHANGED
    run_id: int | None = None
    undoes_id: int | None = None


@dataclass(frozen=True, slots=True)
class TeacherMerge:
    """One record goes into another, or (``undone``) comes out of it again.

    ``moved`` is what this follower's ``follow`` answered when they were merged.
    """

    kept_id: int
    gone_id: int
    on: date
    undone: bool = False
    moved: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TeacherFollower:
    """A room whose rows go along when two records of a teacher become one.

    ``preview`` says what would move (a block refuses the merge); ``follow`` moves it in the same
    transaction, journals it and answers the ids of what it moved; called with ``undone`` it moves
    just those back, and may raise ``Refusal`` when something builds on them.
    """

    name: str
    preview: Callable[[TeacherMerge], Sequence[Finding]]
    follow: Callable[[TeacherMerge, Viewer | None], Sequence[int]]


@dataclass(frozen=True, slots=True)
class TeacherLink:
    """A page of a later room about one teacher, shown on the teacher's page."""

    label: Text
    endpoint: str
    allowed: Callable[[Viewer, Any], bool]


@dataclass(frozen=True, slots=True)
class TeacherPanel:
    """A part of the teacher's page that a later room fills.

    ``load(viewer, teacher)`` gives the values of ``template`` (as ``panel``), or nothing to show.
    """

    template: str
    load: Callable[[Viewer, Any], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Education:
    """One block of education (PE-131): full-time or in-service; months as their first days."""

    kind: str
    qualification: str
    degree: str = ""
    entered_on: date | None = None
    graduated_on: date | None = None
    institution: str = ""
    major: str = ""


def judge_education(block: Education, birth_on: date, today: date) -> None:
    """Refuse a block whose months cannot be (PE-131)."""
    entered, left = block.entered_on, block.graduated_on
    if entered and left and left <= entered:
        message = t("The graduation lies before the start.")
        raise Refusal(message, field=f"{block.kind}_graduated_on", rule="PE-131")
    for key, day in (("entered_on", entered), ("graduated_on", left)):
        if day and day > today:
            raise Refusal(t("The day lies in the future."), field=f"{block.kind}_{key}")
        if day and years_between(birth_on, day) < WORK_FROM:
            message = t("At that time the person was younger than %(age)s.", age=WORK_FROM)
            raise Refusal(message, field=f"{block.kind}_{key}", rule="PE-131")


def changed_sentence(names: Collection[str]) -> Text:
    """What a change of these fields is called in the history."""
    known = [FIELDS[name] for name in FIELDS if name in names]
    if not known:
        return t("Changed fields of the record")
    if len(known) == 1:
        return t("Changed “%(field)s”", field=known[0])
    return t("Changed “%(field)s” and %(count)s more fields", field=known[0], count=len(known) - 1)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a list may say of a teacher and the register keeps in plain columns.

    ``None`` means: the list does not say; a known fact is then left as it is.
    """

    name: str | None = None
    stage: str | None = None
    subject: str | None = None
    title: str | None = None
    post: str | None = None
    is_head: bool | None = None
    is_class_teacher: bool | None = None
    since: date | None = None
    teaching_since: date | None = None
    status: str | None = None
    ethnic_code: str | None = None
    political_code: str | None = None
    native_place: str | None = None

    def said(self) -> dict[str, Any]:
        """The facts that the list gives, by column."""
        return {key: value for key in _FACTS if (value := getattr(self, key)) is not None}


_FACTS = tuple(Facts.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class TeacherRow:
    """One teacher as a list tells it. The numbers are plain here, in memory only (R6)."""

    row: int
    id_number: str = field(repr=False)
    birth_on: date
    sex: str
    school_id: int
    school: str
    facts: Facts
    phone: str | None = field(default=None, repr=False)
    verdict: str = "new"
    teacher_id: int | None = None

    def judged(self, verdict: str, teacher_id: int) -> TeacherRow:
        """The same row, known to be of a teacher on the register."""
        return replace(self, verdict=verdict, teacher_id=teacher_id)

    def as_data(self) -> dict[str, Any]:
        """Plain values for the run's record and its page, with the numbers masked (R6, R7)."""
        return {
            "row": self.row,
            "name": self.facts.name,
            "id_number": masked_id(self.id_number),
            "school": self.school,
            "stage": self.facts.stage,
            "subject": self.facts.subject,
            "verdict": self.verdict,
        }


def masked_id(number: str) -> str:
    """``110105********002X``: an ID number on internal lists keeps its first six and last four."""
    return f"{number[:6]}{'*' * 8}{number[-4:]}" if len(number) == 18 else "*" * len(number)


def is_head_post(post: str) -> bool:
    """Whether a post is that of a head of school or kindergarten, not of a deputy (GP-04)."""
    return re.search(r"(?<!副)(校长|园长)(?!助理)", match_key(post)) is not None


def judge_person(row: TeacherRow, said_sex: str | None, said_birth: date | None) -> list[Finding]:
    """Whether what a row says of a person agrees with the ID number (PE-130)."""
    found = []
    if said_sex is not None and said_sex != row.sex:
        message = t("The sex does not agree with the ID number.")
        found.append(Finding(Severity.BLOCK, message, rule="PE-130", code="sex-differs"))
    if said_birth is not None and not _same_birth(said_birth, row.birth_on):
        message = t("The day of birth does not agree with the ID number.")
        found.append(Finding(Severity.BLOCK, message, rule="PE-130", code="birth-differs"))
    return found


def judge_times(facts: Facts, birth_on: date, today: date) -> list[Finding]:
    """Whether age and the days on which work and teaching began are plausible (PE-130)."""
    found = []
    age = years_between(birth_on, today)
    if not YOUNGEST <= age <= OLDEST:
        message = t("By the ID number this person is %(age)s years old.", age=age)
        found.append(Finding(Severity.WARN, message, code="age", measured=str(age)))
    for key, day in (("since", facts.since), ("teaching_since", facts.teaching_since)):
        if day is None:
            continue
        if day > today:
            message = t("The day lies in the future.")
            found.append(Finding(Severity.BLOCK, message, code=f"{key}-future"))
        elif years_between(birth_on, day) < WORK_FROM:
            message = t("At that time the person was younger than %(age)s.", age=WORK_FROM)
            found.append(Finding(Severity.BLOCK, message, code=f"{key}-early"))
    if facts.since and facts.teaching_since and facts.teaching_since < facts.since:
        message = t("Teaching began before work did.")
        found.append(Finding(Severity.WARN, message, code="teaching_since-order"))
    return found


def years_between(start: date, end: date) -> int:
    """Whole years from one day to another; a birthday on 29 February is kept on 1 March."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _same_birth(said: date, known: date) -> bool:
    """A list may give the month only; it then reads as the first of the month."""
    return said == known or (said.day == 1 and said == known.replace(day=1))


def differing(facts: Facts, known: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a list that differ from what the register says, by column."""
    return {key: value for key, value in facts.said().items() if known.get(key) != value}
