"""Who goes where when a body merges or closes, and what the officer reads before it does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from provincial.core.findings import Finding, Severity
from provincial.core.text import Text, t
from provincial.people.accounts.rules import roles_for
from provincial.people.organisations.rules import ChangeKind, Kind


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change does to people: memberships that go along, are there already, end or return."""

    going: int = 0
    there: int = 0
    ending: int = 0
    returning: int = 0
    invitations: int = 0
    contact: bool = False


def goes_along(user_id: int, role: str, heir_kind: Kind, held: Collection[tuple[int, str]]) -> bool:
    """Whether a membership is made anew at the heir.

    The role must exist there; ``held`` are the (user, role) pairs that the heir has already.
    """
    return role in roles_for(heir_kind) and (user_id, role) not in held


def findings(kind: ChangeKind, touched: Touched) -> list[Finding]:
    """What a change of the tree does to people, in numbers."""
    lines = [
        (touched.going, t("%(count)s memberships go to the successor.", count=touched.going)),
        (touched.there, t("%(count)s people act for the successor already.", count=touched.there)),
        (touched.returning, t("%(count)s memberships come back.", count=touched.returning)),
        (touched.invitations, _invitations(kind, touched.invitations)),
        (int(touched.contact), _contact(kind)),
    ]
    found = [Finding(Severity.PASS, message, code="people") for count, message in lines if count]
    if touched.ending:
        message = t(
            "%(count)s memberships end; these people no longer act here.", count=touched.ending
        )
        found.append(Finding(Severity.WARN, message, code="people"))
    return found


def _invitations(kind: ChangeKind, count: int) -> Text:
    if kind is ChangeKind.MERGED:
        return t("%(count)s open invitations go to the successor.", count=count)
    if kind is ChangeKind.CLOSED:
        return t("%(count)s open invitations become void.", count=count)
    return t("%(count)s open invitations come back.", count=count)


def _contact(kind: ChangeKind) -> Text:
    if kind is ChangeKind.MERGED:
        return t("The responsible contact goes to the successor, which has none.")
    return t("The responsible contact comes back from the successor.")


def reopened_alone() -> Finding:
    """Opening a closed body again, without taking the closing back, brings nobody back."""
    return Finding(
        Severity.WARN,
        t("Nobody acts for it then; its administrator must be invited anew."),
        code="people",
    )
