"""The quota letter: plain values for the paper that hands places to one body (HN-38, HN-67).

The same letter serves province to city, city to county and county to school; a supplementary
letter also lists the cells it changes and names the letter that it replaces.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum

from provincial.adapters.gongwen import chinese_date, masthead_size, text_width, title_lines
from provincial.adapters.qr import qr_data_uri

_ROUNDING = {"half_up": "四舍五入", "floor": "舍去尾数", "ceil": "进位取整"}
_BASIS = {"additional": "在下达名额之外另计", "within": "包含在下达名额之内"}
#: Characters of 4号 on one line of the imprint, within its indents.
_IMPRINT_WIDTH = 25


class LetterKind(StrEnum):
    """What the letter does; the value is the verb of its title."""

    ISSUE = "下达"
    CORRECT = "更正"
    SUPPLEMENT = "补充"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another paper, as a text cites it."""

    title: str
    number: str

    @property
    def full(self) -> str:
        """``《…的通知》（教办师〔2023〕389号）``."""
        return f"《{self.title}》（{self.number}）"


@dataclass(frozen=True, slots=True)
class LetterCell:
    """Places of one stage and subject; ``green`` is the green-channel figure beside them."""

    stage: str
    subject: str
    places: int
    green: int = 0


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that a supplementary letter changes."""

    stage: str
    subject: str
    before: int
    after: int

    @property
    def difference(self) -> str:
        """``+3``, ``-2`` or ``0``."""
        gap = self.after - self.before
        return f"{gap:+d}" if gap else "0"


@dataclass(frozen=True, slots=True)
class GreenChannel:
    """The rule behind the green-channel figures (HN-41, A-09), as the plan's rulebook holds it."""

    percent: str
    rounding: str
    basis: str
    scheme: str

    @property
    def rounding_words(self) -> str:
        """How fractions of a place are treated."""
        return _ROUNDING[self.rounding]

    @property
    def basis_words(self) -> str:
        """Whether the places come on top of the quota or out of it."""
        return _BASIS[self.basis]


@dataclass(frozen=True, slots=True)
class LetterContact:
    """One office of the contact block (HN-67); empty parts are left out."""

    office: str
    person: str = ""
    phone: str = ""
    email: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """How to reach the office; the line breaks only between these."""
        parts = (self.person, self.phone, self.email)
        return tuple(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaLetter:
    """Everything that stands on one quota letter; a template needs nothing else.

    ``issuer`` signs, ``masthead`` is the red head (the issuer and 文件 unless given), ``recipient``
    is the unit as the table names it, ``addressee`` the body that the letter speaks to. ``basis``
    is the plan's document with its article, ``through`` the letter of the body above when a city
    or county splits further. A supplementary letter needs ``replaces``, ``changes`` and
    ``correction_reason`` (a clause without full stop); ``cells`` always hold the state after.
    """

    issuer: str
    number: str
    issued_on: date
    recipient: str
    addressee: str
    project: str
    basis: Reference
    cells: tuple[LetterCell, ...]
    due: date | None
    platform: str
    contacts: tuple[LetterContact, ...]
    verify_url: str = ""
    short_code: str = ""
    kind: LetterKind = LetterKind.ISSUE
    basis_article: str = ""
    through: Reference | None = None
    green: GreenChannel | None = None
    replaces: Reference | None = None
    changes: tuple[CellChange, ...] = ()
    correction_reason: str = ""
    copies_to: str = ""
    masthead: str = ""

    def __post_init__(self) -> None:
        if (self.kind is LetterKind.ISSUE) != (self.replaces is None):
            raise ValueError("A letter names what it replaces exactly when it is supplementary.")
        if self.replaces and not (self.changes and self.correction_reason):
            raise ValueError("A supplementary letter lists its changes and says why.")
        if not self.masthead:
            object.__setattr__(self, "masthead", f"{self.issuer}文件")

    @property
    def verb(self) -> str:
        """下达, 更正 or 补充."""
        return self.kind.value

    @property
    def title(self) -> str:
        """``关于下达2023年省级骨干教师培育项目名额的通知``."""
        return f"关于{self.verb}{self.project}名额的通知"

    @property
    def title_lines(self) -> list[str]:
        """The title as it is set."""
        return title_lines(self.title)

    @property
    def masthead_size(self) -> str:
        """Size class of the red head."""
        return masthead_size(self.masthead)

    @property
    def issued_text(self) -> str:
        """Date of issue as papers write it."""
        return chinese_date(self.issued_on)

    @property
    def due_text(self) -> str:
        """Last day of the selection, for this body (it may be earlier than the province's)."""
        return chinese_date(self.due) if self.due else ""

    @property
    def total(self) -> int:
        """Places of all cells."""
        return sum(cell.places for cell in self.cells)

    @property
    def total_before(self) -> int:
        """Places before the changes of a supplementary letter."""
        return self.total - sum(change.after - change.before for change in self.changes)

    @property
    def green_total(self) -> int:
        """Green-channel figure of all cells, each rounded on its own."""
        return sum(cell.green for cell in self.cells)

    @property
    def attachments(self) -> tuple[str, ...]:
        """Names of the annexes."""
        table = f"{self.recipient}{self.project}名额分配表"
        if not self.replaces:
            return (table,)
        before_after = f"{self.recipient}{self.project}名额{self.verb}前后对照表"
        return (before_after, f"{table}（{self.verb}后）")

    @property
    def printed_by(self) -> str:
        """Who prints and sends the letter."""
        return self.issuer

    @property
    def imprint_room(self) -> int:
        """How many lines the imprint has, at most 10: the style sheet keeps that much room free."""
        if not self.copies_to:
            return 1
        lines = math.ceil(text_width(f"抄送：{self.copies_to}。") / _IMPRINT_WIDTH)
        return min(10, 1 + lines)

    @property
    def qr_uri(self) -> str:
        """The verification address as a QR code."""
        return qr_data_uri(self.verify_url)


#: What the paper itself adds when it is laid out; never part of the kept content.
_ADDED_LATER = {"number", "issued_on", "verify_url", "short_code", "qr_uri", "issued_text"}


def content_of(letter: QuotaLetter) -> dict[str, object]:
    """The letter as plain JSON values, with everything derived spelled out: what a paper keeps."""
    plain = _plain(letter)
    assert isinstance(plain, dict)  # noqa: S101  a dataclass always becomes a mapping
    return {name: value for name, value in plain.items() if name not in _ADDED_LATER}


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        names = [f.name for f in fields(value)]
        names += [n for n, made in vars(type(value)).items() if isinstance(made, property)]
        return {name: _plain(getattr(value, name)) for name in names if name != "qr_uri"}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value
