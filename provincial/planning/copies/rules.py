"""Merging a row that comes back: only what was changed on it, and never over a newer change here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provincial.core.findings import Finding, Severity
from provincial.core.identity import match_key
from provincial.core.text import Text, t

#: The kind of an import run of this room.
KIND = "nomination_copy"
#: What may be changed on a copy, with the heading of its column.
FIELDS: dict[str, str] = {
    "grounds": "推荐理由",
    "note": "备注",
    "title": "职称",
    "since": "参加工作时间",
}
LABELS: dict[str, Text] = {
    "grounds": t("Grounds of the green channel"),
    "note": t("Remark"),
    "title": t("Title"),
    "since": t("Start of work"),
}
#: The heading of the codes, and what stands before the number of the copy.
CODE, VERSION = "行编码", "版本号"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one row: what was sent out, what is here now, what came back."""

    field: str
    sent: str
    now: str
    back: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What a row that came back changes, and where somebody here has changed the same since."""

    changes: tuple[Change, ...] = ()
    clashes: tuple[Change, ...] = ()


def merge(sent: Mapping[str, str], now: Mapping[str, str], back: Mapping[str, str]) -> Merged:
    """Compare three states of a row field by field.

    A field that came back as it went out changes nothing, whatever is here now; one that was changed
    on both sides is a clash unless both say the same.
    """
    changes: list[Change] = []
    clashes: list[Change] = []
    for field in FIELDS:
        if field not in back:
            continue
        before, here, there = (_tidy(side.get(field, "")) for side in (sent, now, back))
        if there in (before, here):
            continue
        change = Change(field, sent.get(field, ""), now.get(field, ""), back[field])
        (changes if here == before else clashes).append(change)
    return Merged(tuple(changes), tuple(clashes))


def _tidy(value: str) -> str:
    return match_key(value)


def clash_finding(change: Change) -> Finding:
    """A stale row: both values are named, and nothing is overwritten."""
    message = t(
        "%(field)s was changed here after the copy went out: now “%(now)s”, on the copy “%(back)s”.",
        field=LABELS[change.field],
        now=change.now or "—",
        back=change.back or "—",
    )
    mend = t("Decide which is right and change it on the page of the nomination.")
    return Finding(Severity.BLOCK, message, rule="HN-37", code="stale", mend=mend)


def change_finding(change: Change) -> Finding:
    """A field that the copy changes."""
    message = t(
        "%(field)s: “%(now)s” becomes “%(back)s”.",
        field=LABELS[change.field],
        now=change.now or "—",
        back=change.back or "—",
    )
    return Finding(Severity.PASS, message, code="changed")


def refused(code: str, message: Text, mend: Text | None = None, *, rule: str = "HN-37") -> Finding:
    """A row of a copy that cannot be merged."""
    return Finding(Severity.BLOCK, message, rule=rule, code=code, mend=mend)
