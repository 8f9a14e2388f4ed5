"""States of an edition, who may take which step, and how a typed value gets its source."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from provincial.core.refusals import Refusal
from provincial.core.states import Machine, State, Tone, Transition
from provincial.core.text import Text, t
from provincial.rulebook.records import HOUSE_DEFAULT, Document, Source

#: The roles of the provincial office that prepare and release.
OFFICERS = frozenset({"province_administrator", "province_officer"})
_CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class EditionState(State):
    """Where an edition of a rulebook stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "draft": (t("Rulebook draft"), Tone.NEUTRAL),
            "submitted": (t("Waits for a second officer"), Tone.WAITING),
            "released": (t("Released"), Tone.GOOD),
            "withdrawn": (t("Rulebook withdrawn"), Tone.BLOCKED),
        }


def _step(
    state: EditionState,
    action: str,
    target: EditionState,
    label: Text,
    *,
    grave: bool = False,
    reason: bool = False,
) -> Transition:
    return Transition(state, action, OFFICERS, target, label, grave, reason)


MACHINE = Machine(
    (
        _step(EditionState.DRAFT, "submit", EditionState.SUBMITTED, t("Submit for release")),
        _step(
            EditionState.DRAFT,
            "withdraw",
            EditionState.WITHDRAWN,
            t("Withdraw the edition"),
            reason=True,
        ),
        _step(
            EditionState.SUBMITTED,
            "release",
            EditionState.RELEASED,
            t("Release the rulebook"),
            grave=True,
        ),
        _step(
            EditionState.SUBMITTED,
            "return",
            EditionState.DRAFT,
            t("Return to the colleague"),
            reason=True,
        ),
        _step(
            EditionState.RELEASED,
            "undo_release",
            EditionState.DRAFT,
            t("Undo the release"),
            grave=True,
            reason=True,
        ),
        _step(
            EditionState.WITHDRAWN,
            "restore",
            EditionState.DRAFT,
            t("Take up the edition again"),
            reason=True,
        ),
    )
)


class Basis(StrEnum):
    """On what a changed value rests."""

    NOTICE = "notice"
    HOUSE = "house"

    @property
    def label(self) -> Text:
        """The word for people."""
        return {
            Basis.NOTICE: t("The notice says so"),
            Basis.HOUSE: t("The notice leaves it open: house default"),
        }[self]


@dataclass(frozen=True, slots=True)
class Entered:
    """One row of the editor as typed: the value, its place in the notice, and why it changes."""

    value: str
    article: str = ""
    quote: str = ""
    basis: str = Basis.NOTICE.value
    reason: str = ""


def field_of(key: str, part: str) -> str:
    """The form field of one part of a row; the value's own field is the key."""
    return f"{key}/{part}"


def require_reason(reason: str, key: str = "") -> str:
    """Why, not empty; a refusal lands on the row's reason."""
    if not reason.strip():
        field = field_of(key, "reason") if key else "reason"
        raise Refusal(t("Say why, in a sentence."), field=field)
    return reason.strip()


def new_source(key: str, typed: Entered, old: Source, document: Document) -> Source:
    """The source of a changed value: other words come from this notice, the same ones stay cited.

    The note keeps why the value was changed. Refuses a value of the notice without its sentence.
    """
    reason = require_reason(typed.reason, key)
    if typed.basis == Basis.HOUSE.value:
        return replace(old, origin=HOUSE_DEFAULT, interpretation="", note=reason)
    if not typed.quote.strip() or not typed.article.strip():
        part = "article" if typed.quote.strip() else "quote"
        raise Refusal(
            t("Give the article and quote its sentence, or choose the house default."),
            field=field_of(key, part),
        )
    if typed.quote == old.quote and typed.article == old.article:
        return replace(old, origin="", note=reason)
    return Source(
        rule=old.rule,
        article=typed.article,
        quote=typed.quote,
        note=reason,
        document=document.code,
        cite_as=document.cite_as,
    )


def require_code(code: str, taken: Collection[str]) -> str:
    """A short name for addresses, of small letters, digits and dashes, not yet taken."""
    code = code.strip()
    if not 3 <= len(code) <= 60 or not _CODE.fullmatch(code):
        raise Refusal(
            t("The code has 3 to 60 small letters, digits and dashes, such as henan-2024."),
            field="code",
        )
    if code in taken:
        raise Refusal(t("The code “%(code)s” is taken.", code=code), field="code")
    return code


def require_second_person(user_id: int, earlier: Collection[int | None]) -> None:
    """Two persons: whoever made, changed or submitted it cannot release it (R14)."""
    if user_id in earlier:
        raise Refusal(
            t("You have worked on this yourself. A second officer of the province releases it.")
        )


def require_unused(uses: int) -> None:
    """A release is undone only while no plan was made from it."""
    if uses:
        raise Refusal(
            t("%(count)s plans use this rulebook; it can no longer be taken back.", count=uses)
        )
