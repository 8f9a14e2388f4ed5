"""What a project asks of a teacher, as data and in words (HN-37)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.planning.plans.rules import LIVE
from provincial.rulebook import vocabulary
from provincial.rulebook.people_words import TITLE_OF

#: Posts that a project may ask for or leave out (GP-04).
POSTS: dict[str, Text] = {
    "head": t("heads of schools"),
    "not_head": t("teachers who are not head of a school"),
    "class_teacher": t("class teachers"),
}
#: Levels of an honour that a project may ask for, highest first (HN-43).
HONOURS: dict[str, Text] = {
    "national": t("an honour of national level"),
    "provincial": t("an honour of provincial level"),
    "city": t("an honour of city level"),
    "county": t("an honour of county level"),
}
#: Nobody works in a school for longer, or is older, than this.
_MOST_YEARS = 80
RULE = "HN-37"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a project asks of a teacher. Empty fields ask for nothing.

    ``years_from``/``years_to`` count whole years of service, ``age_from``/``age_to`` years of age,
    both on the day ``on`` (nothing: the day of the nomination), both ends included. ``title`` is the
    lowest title that is enough. ``in_service`` keeps out who is retired or waits for a post.
    """

    stage: str = ""
    subject: str = ""
    title: str = ""
    years_from: int | None = None
    years_to: int | None = None
    age_from: int | None = None
    age_to: int | None = None
    on: date | None = None
    rural_only: bool = False
    post: str = ""
    honour: str = ""
    in_service: bool = True

    @classmethod
    def from_data(
        cls, data: Mapping[str, Any] | None, *, stage: str = "", subject: str = ""
    ) -> Conditions:
        """Read what ``as_data`` wrote; stage and subject are the project's own where not said."""
        known = {one.name for one in fields(cls)}
        kept = {name: value for name, value in (data or {}).items() if name in known}
        kept["stage"] = kept.get("stage") or stage
        kept["subject"] = kept.get("subject") or subject
        if isinstance(kept.get("on"), str):
            kept["on"] = date.fromisoformat(kept["on"])
        return cls(**kept)

    def as_data(self) -> dict[str, Any]:
        """The conditions beyond stage and subject as JSON holds them, empty ones left out."""
        data: dict[str, Any] = {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name not in ("stage", "subject") and getattr(self, one.name) != one.default
        }
        if self.on is not None:
            data["on"] = self.on.isoformat()
        return data

    def words(self) -> list[Text]:
        """The conditions in words, one sentence each, for those who nominate."""
        return list(_words(self))


def _words(asked: Conditions) -> Iterator[Text]:
    terms = {term.code: term.label for term in (*vocabulary.STAGES, *vocabulary.SUBJECTS)}
    none = Text("")
    subject = terms.get(asked.subject, Text(asked.subject))
    lines: tuple[tuple[object, Text], ...] = (
        (asked.stage, t("School stage: %(stage)s", stage=terms.get(asked.stage, none))),
        (asked.subject, t("School subject: %(subject)s", subject=subject)),
        (asked.title, t("Title: %(title)s or above", title=_label(asked.title))),
        (asked.years_from, t("At least %(n)s years of service", n=asked.years_from)),
        (asked.years_to, t("At most %(n)s years of service", n=asked.years_to)),
        (asked.age_from, t("At least %(n)s years old", n=asked.age_from)),
        (asked.age_to, t("At most %(n)s years old", n=asked.age_to)),
        (asked.on, t("Age and service are counted on %(day)s", day=asked.on)),
        (asked.rural_only, t("Only teachers of rural schools")),
        (asked.post, t("Only %(posts)s", posts=POSTS.get(asked.post, none))),
        (asked.honour, t("With %(honour)s or higher", honour=HONOURS.get(asked.honour, none))),
        (asked.in_service, t("In service")),
    )
    for wanted, sentence in lines:
        if wanted or (isinstance(wanted, int) and wanted is not False):
            yield sentence


def _label(title: str) -> Text:
    return TITLE_OF[title].label if title in TITLE_OF else Text("")


def check_conditions(asked: Conditions) -> None:
    """Refuse conditions that nobody can meet, on the field that is wrong (HN-37)."""
    for low, high in (("years_from", "years_to"), ("age_from", "age_to")):
        first, last = getattr(asked, low), getattr(asked, high)
        for name, value in ((low, first), (high, last)):
            if value is not None and not 0 <= value <= _MOST_YEARS:
                raise Refusal(t("This number of years cannot be right."), field=name, rule=RULE)
        if first is not None and last is not None and first > last:
            message = t("The upper limit lies below the lower one, so nobody could be nominated.")
            raise Refusal(message, field=high, rule=RULE)
    for name, allowed in (("title", TITLE_OF), ("post", POSTS), ("honour", HONOURS)):
        if getattr(asked, name) and getattr(asked, name) not in allowed:
            raise Refusal(t("Choose one of the list."), field=name, rule=RULE)


def require_notice(plan_state: str, notice_state: str | None) -> None:
    """Conditions of an issued plan change by a supplementary notice in force only (HN-37)."""
    if plan_state == "draft":
        return
    if plan_state not in LIVE:
        raise Refusal(t("The conditions of this plan do not change any more."), rule=RULE)
    if notice_state != "in_force":
        raise Refusal(
            t("The plan is issued: choose the supplementary notice that changes the conditions."),
            field="notice",
            rule=RULE,
        )
