"""Decisions about lists: who may submit them, which scan belongs to which, where a list stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.core.states import Machine, Transition
from provincial.core.text import Text, t
from provincial.planning.nominations.rules import (
    BUREAU_OFFICERS,
    PROVINCE_OFFICERS,
    ListState,
    NominationState,
)

#: The kind of the paper, and what it is about.
KIND = "nomination_list"
ABOUT = "nomination_list"

_L = ListState
_OPEN = (_L.SUBMITTED, _L.STAMPED)

#: THE table of steps of a list: pages draw their buttons from it, actions obey it.
MACHINE = Machine(
    [
        *(
            Transition(one, "stamp", BUREAU_OFFICERS, _L.STAMPED, t("Upload the stamped list"))
            for one in _OPEN
        ),
        *(
            Transition(
                *(one, "withdraw", BUREAU_OFFICERS, _L.WITHDRAWN, t("Take the submission back")),
                grave=True,
                needs_reason=True,
            )
            for one in _OPEN
        ),
        *(
            Transition(
                *(one, "accept", PROVINCE_OFFICERS, _L.CONFIRMED, t("Confirm for the province")),
                grave=True,
            )
            for one in _OPEN
        ),
        *(
            Transition(
                *(one, "return", PROVINCE_OFFICERS, _L.RETURNED, t("Return")), needs_reason=True
            )
            for one in _OPEN
        ),
        Transition(
            *(_L.CONFIRMED, "reopen", PROVINCE_OFFICERS, _L.SUBMITTED),
            t("Take the confirmation back"),
            needs_reason=True,
        ),
    ]
)

#: Names of these states count on a list; the others have left it since.
ON_LIST = frozenset(
    {
        NominationState.CITY_SUBMITTED,
        NominationState.GREEN_PENDING,
        NominationState.GREEN_APPROVED,
        NominationState.PROVINCE_CONFIRMED,
    }
)
WAITING = ON_LIST - {NominationState.PROVINCE_CONFIRMED}


@dataclass(frozen=True, slots=True)
class Entered:
    """One name that is to be submitted, and who wrote it."""

    name: str
    entered_by_id: int | None


def needs_stamp(names: Iterable[Entered], signer_id: int, signers: int) -> bool:
    """Whether the stamp must stand for the second signature (HN-37).

    Nobody submits names they have entered; only where the body has a single signer they may, and
    the list then counts once its stamped twin is here. Refuses with a finding for each name.
    """
    own = [entered for entered in names if entered.entered_by_id == signer_id]
    if not own:
        return False
    if signers <= 1:
        return True
    findings = [
        Finding(
            Severity.BLOCK,
            t("%(name)s was entered by you; a colleague must submit this name.", name=one.name),
            rule="HN-37",
            code="own_entry",
        )
        for one in own
    ]
    message = t(
        "You have entered %(n)s of these names yourself, so a colleague must submit them. Untick "
        "them, or have the list submitted by somebody else.",
        n=len(own),
    )
    raise Refusal(message, rule="HN-37", findings=findings)


def refuse_empty(count: int) -> None:
    """A list names somebody."""
    if count == 0:
        raise Refusal(t("Tick at least one name."), field="names")


_GROUPS = re.compile(
    r"(?<![0-9A-Z])([0-9A-Z]{4})[ \t]*([0-9A-Z]{4})[ \t]*([0-9A-Z]{4})(?![0-9A-Z])"
)


def codes_in(text: str) -> list[str]:
    """What looks like a paper's code in the text layer of a file, each once, in order."""
    found = ("".join(match.groups()) for match in _GROUPS.finditer(text))
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class KnownPaper:
    """A paper of this site whose code was found: what it is called and what it is about."""

    code: str
    title: str
    number: str
    about: tuple[str, int]
    valid: bool


def check_scan(own: KnownPaper, found: Collection[KnownPaper], typed: str) -> None:
    """Refuse a scan that is not of this very version of this list.

    ``found`` are the papers whose codes stand in the file or were typed; an older version and a
    foreign paper are each named. Where the file has no text, the typed code decides.
    """
    if any(paper.code == own.code for paper in found) and typed in ("", own.code):
        return
    others = [paper for paper in found if paper.code != own.code]
    if not others:
        if typed:
            message = t("No list of this site carries the code that you typed. Check each sign.")
        else:
            message = t(
                "The code could not be read from the file: it seems to be a picture. Type the "
                "code printed below the QR code."
            )
        raise Refusal(message, field="code", rule="HN-40")
    other = others[0]
    if other.about == own.about:
        raise Refusal(
            t(
                "This is an older version of the list, %(number)s; it was replaced by %(own)s. "
                "Print, stamp and upload the new one.",
                number=other.number,
                own=own.number,
            ),
            field="file",
            rule="HN-40",
        )
    raise Refusal(
        t(
            "This is another paper: “%(title)s”, %(number)s. The list here is %(own)s.",
            title=other.title,
            number=other.number,
            own=own.number,
        ),
        field="file",
        rule="HN-40",
    )


def require_stamp(*, needs: bool, stamped: bool) -> None:
    """A list that the maker had to submit counts only with its stamped twin (HN-37)."""
    if needs and not stamped:
        raise Refusal(
            t(
                "The same person entered and submitted these names. The list counts once its "
                "stamped twin has been uploaded."
            ),
            rule="HN-37",
        )


def mixed_finding(name: str, channel: Text) -> Finding:
    """Regular names and those of the green channel stand on lists of their own (HN-42)."""
    return Finding(
        Severity.BLOCK,
        t("%(name)s belongs on another list (%(channel)s).", name=name, channel=channel),
        rule="HN-42",
        code="mixed",
    )


def green_first_finding(name: str) -> Finding:
    """The green channel is approved before a name is confirmed (HN-42)."""
    return Finding(
        Severity.BLOCK,
        t("%(name)s must first be approved for the green channel.", name=name),
        rule="HN-42",
        code="green_first",
    )


def refuse_begun(states: Sequence[NominationState]) -> None:
    """A city takes its list back only while the province has not begun with it."""
    begun = {NominationState.GREEN_APPROVED, NominationState.PROVINCE_CONFIRMED}
    if any(state in begun for state in states):
        raise Refusal(
            t("The province has begun with this list. Ask it to return the list or the names.")
        )


def standing(states: Iterable[NominationState], *, stamped: bool) -> ListState:
    """Where a list stands by what became of its names."""
    found = set(states)
    if found & WAITING:
        return ListState.STAMPED if stamped else ListState.SUBMITTED
    return ListState.CONFIRMED if found & ON_LIST else ListState.RETURNED


def title_of(year: int, category: str, *, green: bool) -> str:
    """The title of the paper: ``2023年省级骨干教师培育项目推荐名单``."""
    return f"{year}年{category}项目{'绿色通道' if green else ''}推荐名单"


def number_pattern(body: str) -> str:
    """How a body numbers its lists: ``甲市教育局推荐名单〔2023〕3号``."""
    return f"{body}推荐名单〔{{year}}〕{{n}}号"


def told(number: str, count: int) -> Text:
    """What the province reads when a list comes in."""
    return t("A list of %(n)s names was submitted: %(number)s", n=count, number=number)
