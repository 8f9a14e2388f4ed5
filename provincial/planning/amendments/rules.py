"""States of a supplementary notice, and what a changed value touches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from provincial.core.refusals import Refusal, WrongState
from provincial.core.states import Machine, State, Tone, Transition
from provincial.core.text import Text, t
from provincial.planning.plans.rules import LIVE, OFFICERS


class NoticeState(State):
    """Where a supplementary notice stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "draft": (t("Notice draft"), Tone.NEUTRAL),
            "submitted": (t("Waits for a second officer"), Tone.WAITING),
            "approved": (t("Takes effect on its date"), Tone.WAITING),
            "in_force": (t("In force"), Tone.GOOD),
            "withdrawn": (t("Notice withdrawn"), Tone.BLOCKED),
        }


_S = NoticeState


def _step(
    state: NoticeState,
    action: str,
    target: NoticeState,
    label: Text,
    *,
    grave: bool = False,
    reason: bool = False,
) -> Transition:
    return Transition(state, action, OFFICERS, target, label, grave, reason)


MACHINE = Machine(
    (
        _step(_S.DRAFT, "submit", _S.SUBMITTED, t("Submit for approval")),
        _step(_S.DRAFT, "withdraw", _S.WITHDRAWN, t("Withdraw the notice"), reason=True),
        _step(_S.SUBMITTED, "approve", _S.APPROVED, t("Bring in force"), grave=True),
        _step(_S.SUBMITTED, "return", _S.DRAFT, t("Return to the colleague"), reason=True),
        _step(
            _S.APPROVED, "withdraw", _S.WITHDRAWN, t("Withdraw the notice"), grave=True, reason=True
        ),
        _step(_S.IN_FORCE, "revoke", _S.WITHDRAWN, t("Revoke the notice"), grave=True, reason=True),
        _step(_S.WITHDRAWN, "restore", _S.DRAFT, t("Take the notice up again"), reason=True),
    )
)

#: Groups of parameters that bind those who hand out places; the others bind institutions.
_PLACES = frozenset({"quotas", "green_channel", "workbench", "nominations", "ban", "integrity"})
_INSTITUTIONS = frozenset(
    {"proposals", "money", "classes", "bulletins", "closing", "reviews", "programmes", "caps"}
)

#: Kinds of body by audience.
AUDIENCES: dict[str, Text] = {
    "allocation_units": t("cities and counties that hold places"),
    "institutions": t("training institutions"),
}


def audiences(keys: Collection[str]) -> list[str]:
    """Whom changed values bind; what is neither for one nor the other binds both."""
    groups = {key.partition(".")[0] for key in keys}
    found = []
    if groups - _INSTITUTIONS:
        found.append("allocation_units")
    if groups - _PLACES:
        found.append("institutions")
    return found


def touches_quota_tables(key: str) -> bool:
    """Whether a parameter speaks of places, and so of the categories with a quota table."""
    return key.partition(".")[0] in _PLACES


def require_live(state: str) -> None:
    """Only an issued plan that is not closed for good can be changed by a notice."""
    if state not in LIVE:
        raise WrongState(t("Only an issued plan is changed by a supplementary notice."))


def require_draft(state: str) -> None:
    """Values are entered while the notice is a draft."""
    if state != NoticeState.DRAFT:
        raise WrongState(t("The notice is no draft any more; its values stand."))


def require_complete(doc_number: str, changes: Mapping[str, object]) -> None:
    """A notice has a number and changes something."""
    if not doc_number.strip():
        raise Refusal(t("The document number is missing."), field="doc_number", rule="HN-03")
    if not changes:
        raise Refusal(t("The notice changes nothing yet. Enter at least one value."))


def require_quoted(article: str, quote: str) -> None:
    """A changed value names its article and sentence in the new notice."""
    if not article.strip():
        raise Refusal(t("Give the article of the notice."), field="article")
    if not quote.strip():
        raise Refusal(t("Quote the sentence of the notice."), field="quote")


def require_effective(effective_on: date, issued_on: date | None) -> None:
    """A notice takes effect not before the plan was issued."""
    if issued_on is not None and effective_on < issued_on:
        raise Refusal(
            t("The notice takes effect before the plan was issued on %(day)s.", day=issued_on),
            field="effective_on",
        )


def require_latest(version: int, latest: int) -> None:
    """Only the newest change can be revoked; what came after builds on it."""
    if version != latest:
        raise Refusal(t("A later notice has changed the plan since; revoke that one first."))
