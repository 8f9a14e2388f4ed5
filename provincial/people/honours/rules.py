"""Kinds and levels of titles, who may enter which, and what a withdrawal needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from provincial.core.refusals import Refusal, WrongState
from provincial.core.states import State, Tone
from provincial.core.text import Text, t
from provincial.people.organisations.rules import Kind
from provincial.rulebook import vocabulary


class HonourState(State):
    """Whether a title counts."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "active": (t("Stands"), Tone.GOOD),
            "withdrawn": (t("Title withdrawn"), Tone.BLOCKED),
        }


#: Code to (Chinese name, label).
KINDS: dict[str, tuple[str, Text]] = {
    "master_teacher": ("名师", t("Master teacher")),
    "key_teacher": ("骨干教师", t("Key teacher")),
    "chief_teacher": ("首席教师", t("Chief teacher")),
    "subject_leader": ("学科带头人", t("Subject leader")),
    "special_grade": ("特级教师", t("Special-grade teacher")),
    "excellent_teacher": ("优秀教师", t("Excellent teacher")),
    "excellent_principal": ("优秀校长", t("Excellent principal")),
}
#: Levels, highest first.
LEVELS: dict[str, tuple[str, Text]] = {
    term.code: (term.name, term.label) for term in vocabulary.LEVELS if term.code != "school"
}
_COUNTY_AND_CITY = ("city", "county")
#: Which levels a body of a kind enters: its own and those below it.
_ENTERED_BY: dict[str, tuple[str, ...]] = {
    Kind.PROVINCIAL_OFFICE.value: tuple(LEVELS),
    Kind.PREFECTURE_CITY.value: _COUNTY_AND_CITY,
    Kind.PROVINCE_MANAGED_COUNTY.value: _COUNTY_AND_CITY,
    Kind.DEMONSTRATION_ZONE.value: _COUNTY_AND_CITY,
    Kind.AIRPORT_ZONE.value: _COUNTY_AND_CITY,
    Kind.COUNTY.value: ("county",),
}


@dataclass(frozen=True, slots=True)
class Honour:
    """One title as other rooms read it."""

    id: int
    teacher_id: int
    kind: str
    level: str
    name: str
    awarded_on: date
    document_number: str


def levels_for(organisation_kind: str) -> tuple[str, ...]:
    """The levels whose titles a body of this kind enters and withdraws; none for a school."""
    return _ENTERED_BY.get(organisation_kind, ())


def title_name(kind: str, level: str, name: str) -> str:
    """A title as papers call it: 河南省骨干教师 when named so, else 省级骨干教师."""
    return name or f"{LEVELS[level][0]}{KINDS[kind][0]}"


def judge_award(awarded_on: date, birth_on: date, today: date) -> None:
    """Refuse a day on which nobody can have given the title."""
    if awarded_on > today:
        raise Refusal(t("The day lies in the future."), field="awarded_on")
    if awarded_on.year - birth_on.year < 18:
        message = t("At that time the person was younger than %(age)s.", age=18)
        raise Refusal(message, field="awarded_on")


def judge_withdrawal(state: str, awarded_on: date, withdrawn_on: date, today: date) -> None:
    """Refuse to withdraw what does not stand, or on a day before it was given (HN-43)."""
    if state != HonourState.ACTIVE:
        raise WrongState(t("This title has been withdrawn already."))
    if withdrawn_on > today:
        raise Refusal(t("The day lies in the future."), field="withdrawn_on")
    if withdrawn_on < awarded_on:
        message = t("A title cannot be withdrawn before it was given.")
        raise Refusal(message, field="withdrawn_on", rule="HN-43")
