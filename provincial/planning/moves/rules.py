"""What a change of the tree does to places, as the officer reads it before it is made."""

from __future__ import annotations

from provincial.core.findings import Finding, Severity
from provincial.core.text import t
from provincial.people.organisations.rules import ChangeKind


def change_finding(
    kind: ChangeKind, category: str, held: int, given: int, used: int = 0
) -> Finding | None:
    """What a change of the tree does to the places of one category, as the officer reads it."""
    values = {"category": category, "n": held}
    if kind is ChangeKind.CLOSED and used:
        return Finding(
            Severity.BLOCK,
            t("%(category)s: %(n)s places are filled by nominations.", category=category, n=used),
            rule="HN-38",
            code="places_used",
            mend=t("Withdraw the nominations before the body can close."),
        )
    if kind is ChangeKind.CLOSED and given:
        return Finding(
            Severity.BLOCK,
            t("%(category)s: %(n)s places are held by bodies below.", category=category, n=given),
            rule="HN-38",
            code="places_below",
            mend=t("They must be given back, or the bodies moved, before this one can close."),
        )
    words = {
        ChangeKind.CLOSED: t("%(category)s: %(n)s places go back to the body above.", **values),
        ChangeKind.MERGED: t("%(category)s: %(n)s places go to the successor.", **values),
        ChangeKind.MOVED: t("%(category)s: %(n)s places move along.", **values),
        ChangeKind.PARTED: t(
            "%(category)s: places of bodies below come back; its own stay with the successor.",
            **values,
        ),
    }
    message = words.get(kind)
    return Finding(Severity.WARN, message, rule="HN-38", code="places") if message else None


def letters_finding(kind: ChangeKind, category: str, letters: int) -> Finding | None:
    """That letters whose figures change are written again, where any stand in the chain."""
    if not letters or kind is ChangeKind.RENAMED:
        return None
    return Finding(
        Severity.WARN,
        t(
            "%(category)s: letters whose figures change are written again; the old ones verify as "
            "replaced, or as withdrawn where nothing is left.",
            category=category,
        ),
        rule="HN-38",
        code="letters",
    )
