"""Why two records may be one person, which of them is kept, and what the kept one takes over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.core.states import State, Tone
from provincial.core.text import Text, t
from provincial.people.teachers.rules import FIELDS, TeacherState


class MergeState(State):
    """Whether a merge holds."""

    MERGED = "merged"
    TAKEN_BACK = "taken_back"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "merged": (t("Merged"), Tone.GOOD),
            "taken_back": (t("Taken back"), Tone.ATTENTION),
        }


#: Why a pair is shown, the strongest first.
REASONS: dict[str, Text] = {
    "phone": t("Same name and same phone"),
    "person": t("Same name, day of birth and sex"),
    "sound": t("Names that sound alike at one school, born in the same year"),
}
#: What the kept record takes over where it says nothing itself. The ID number never: it is the
#: person's own in each record, and a wrong one is corrected, not filled in.
FILLED = tuple(name for name in FIELDS if name not in ("name", "id_number", "is_head"))


def fills(kept: Mapping[str, Any], gone: Mapping[str, Any]) -> dict[str, Any]:
    """What the kept record takes over from the other, by column, numbers plain."""
    found = {
        name: gone[name]
        for name in FILLED
        if kept[name] in ("", None) and gone[name] not in ("", None)
    }
    if "post" in found and gone["is_head"]:
        found["is_head"] = True
    return found


def differing_fields(one: Mapping[str, Any], two: Mapping[str, Any]) -> list[str]:
    """The fields in which two records differ, sealed ones by what they say."""
    return [name for name in FIELDS if one[name] != two[name]]


def judge_pair(
    kept: Mapping[str, Any], gone: Mapping[str, Any], kept_state: str, gone_state: str
) -> list[Finding]:
    """What speaks against a merge, in the records themselves."""
    if TeacherState.UNDONE in (kept_state, gone_state):
        message = t("The registration of one of the two has been taken back.")
        return [Finding(Severity.BLOCK, message, code="undone")]
    if TeacherState.MERGED in (kept_state, gone_state):
        message = t("One of the two has been merged already.")
        return [Finding(Severity.BLOCK, message, code="merged")]
    found = []
    if kept_state != TeacherState.ACTIVE:
        message = t("The record that is kept has left the register; keep the other one.")
        found.append(Finding(Severity.BLOCK, message, code="kept-left"))
    if kept["birth_on"] != gone["birth_on"] or kept["sex"] != gone["sex"]:
        message = t("Day of birth or sex differ: by their ID numbers these are two people.")
        found.append(Finding(Severity.WARN, message, code="two-people", rule="PE-130"))
    elif kept["id_number"] != gone["id_number"]:
        message = t("The ID numbers differ; the one of the kept record stays.")
        found.append(Finding(Severity.WARN, message, code="id-differs", rule="PE-130"))
    return found


def require_reason(reason: str) -> None:
    """Refuse a step without a reason."""
    if not reason.strip():
        raise Refusal(t("Say why, in a sentence."), field="reason")
