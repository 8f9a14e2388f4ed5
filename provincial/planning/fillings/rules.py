"""How full places are in words and numbers; who could be offered what."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from provincial.core.findings import Finding, Severity
from provincial.core.text import Text, t


class Stage(StrEnum):
    """How far the names on places have come: at whom they wait."""

    DRAFT = "draft"
    AT_SCHOOL = "at_school"
    AT_COUNTY = "at_county"
    AT_CITY = "at_city"
    AT_PROVINCE = "at_province"
    CONFIRMED = "confirmed"

    @property
    def label(self) -> Text:
        """The word for people."""
        return {
            "draft": t("Entered"),
            "at_school": t("Waiting at the school"),
            "at_county": t("At the county"),
            "at_city": t("At the city"),
            "at_province": t("At the province"),
            "confirmed": t("Confirmed"),
        }[self.value]


@dataclass(slots=True)
class Row:
    """One body: what it holds, how far the names on it and below have come, what stays empty."""

    organisation_id: int
    name: str
    kind: str
    sheet_id: int | None = None
    held: int = 0
    filled: int = 0
    stages: dict[Stage, int] = field(default_factory=dict)
    green_limit: int | None = None
    green: int = 0
    refused: int = 0

    @property
    def free(self) -> int:
        """Places on which nobody stands yet, wherever in the body they lie."""
        return self.held - self.filled

    @property
    def share(self) -> Decimal | None:
        """The part of the places that is filled; nothing where none is held (A-16)."""
        return Decimal(self.filled) / Decimal(self.held) if self.held else None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a holder had not filled when the window closed (HN-39)."""

    organisation_id: int
    name: str
    held: int
    filled: int

    @property
    def short(self) -> int:
        """Places that count against the holder."""
        return max(self.held - self.filled, 0)


def shortfall_finding(name: str, held: int, filled: int) -> Finding:
    """Whether places handed to a body were filled in full at the close (HN-39)."""
    short = held - filled
    if short <= 0:
        return Finding(
            Severity.PASS,
            t("%(body)s filled all its places.", body=name),
            rule="HN-39",
            code="shortfall",
            measured=str(filled),
            limit=str(held),
        )
    return Finding(
        Severity.WARN,
        t("%(body)s left %(n)s places empty at the close.", body=name, n=short),
        rule="HN-39",
        code="shortfall",
        measured=str(filled),
        limit=str(held),
    )
