"""The pieces of a rulebook: its document, an entry with its source, a category, a difference."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from provincial.core.text import Text, t
from provincial.rulebook.parameter import Parameter
from provincial.rulebook.values import Value, plain
from provincial.rulebook.vocabulary import column_name

#: Origin of a value that neither a notice nor an interpretation gives.
HOUSE_DEFAULT = "house default"


@dataclass(frozen=True, slots=True)
class Document:
    """The notice itself. ``groups`` lists the groups of parameters it speaks of.

    ``cite_as`` is what a citation begins with: the document number, or a short title for a
    document that has none. ``issued_on`` is ``None`` when the copy at hand bears no date. Dates
    and times are in China Standard Time.
    """

    code: str
    title: str
    number: str
    issuer: str
    issued_on: date | None
    published_at: datetime | date | None
    source_file: str
    cite_as: str
    groups: tuple[str, ...] = ()

    def compared(self, other: Document) -> list[tuple[str, object, object]]:
        """Name, this value and the other's for every field that differs."""
        return [
            (field.name, getattr(self, field.name), getattr(other, field.name))
            for field in fields(self)
            if getattr(self, field.name) != getattr(other, field.name)
        ]

    def as_data(self) -> dict[str, Any]:
        """A form that JSON can hold."""
        data: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        data["issued_on"] = self.issued_on.isoformat() if self.issued_on else None
        data["published_at"] = self.published_at.isoformat() if self.published_at else None
        data["groups"] = list(self.groups)
        return data


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: rule id, article and quoted words, or why there is none.

    ``interpretation`` (A-…, C-…) says how an open point is read; ``origin`` is ``house default``,
    ``absent``, or empty for the notice itself. ``document`` is the code of the quoted document,
    ``cite_as`` its number.
    """

    rule: str = ""
    article: str = ""
    quote: str = ""
    interpretation: str = ""
    origin: str = ""
    note: str = ""
    document: str = ""
    cite_as: str = ""

    @property
    def doc_number(self) -> str:
        """The number of the quoted document."""
        return self.cite_as

    def citation(self) -> str:
        """The article as papers cite it: 教办师〔2023〕389号 三(二). Empty without an article."""
        return f"{self.cite_as} {self.article}".strip() if self.article else ""

    @property
    def is_from_notice(self) -> bool:
        """Whether the notice itself gives the value, without the house reading it."""
        return bool(self.quote) and not self.origin and not self.interpretation

    def standing(self) -> Text:
        """How firm the value is, for the mark beside it."""
        if self.origin == HOUSE_DEFAULT:
            return t("House default")
        if self.interpretation:
            return t("Interpretation %(id)s", id=self.interpretation)
        if not self.quote:
            return t("Not in the notice")
        return t("From the notice")

    def as_data(self) -> dict[str, str]:
        """A form that JSON can hold, without empty fields."""
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in pairs if value}


@dataclass(frozen=True, slots=True)
class Entry:
    """A parameter's value in one notice, with its source."""

    key: str
    value: Value
    source: Source


@dataclass(frozen=True, slots=True)
class Column:
    """One stage and subject of a quota table."""

    stage: str
    subject: str

    @property
    def name(self) -> str:
        """The Chinese head: 小学语文."""
        return column_name(self.stage, self.subject)


@dataclass(frozen=True, slots=True)
class Category:
    """A project category of the notice (HN-04, HN-05).

    ``quota_annex`` is the number of the annex with its quota table, ``units_annex`` of the list of
    training institutions; ``columns`` are the table's columns as far as they are known.
    """

    code: str
    name: str
    source: Source
    quota_annex: int | None = None
    units_annex: int | None = None
    tier: str = ""
    theme: str = ""
    programme_line: str = ""
    face_days: Decimal | None = None
    online_hours: Decimal | None = None
    target: str = ""
    eligibility: str = ""
    outcomes: str = ""
    columns: tuple[Column, ...] = ()

    @property
    def has_quota_table(self) -> bool:
        """Whether the notice allots places of this category in a table (HN-32)."""
        return self.quota_annex is not None

    def summary(self) -> str:
        """The category in one line, for lists of differences."""
        parts = [self.name, self.tier, self.theme, self.programme_line]
        parts += [plain_text(self.face_days), plain_text(self.online_hours)]
        parts += [self.target, self.eligibility, self.outcomes]
        parts.append("、".join(column.name for column in self.columns))
        return " · ".join(part for part in parts if part)

    def as_data(self) -> dict[str, Any]:
        """A form that JSON can hold, without empty fields."""
        data: dict[str, Any] = {"code": self.code, "name": self.name, **self.source.as_data()}
        for name in ("quota_annex", "units_annex", "tier", "theme", "programme_line"):
            data[name] = getattr(self, name)
        for name in ("target", "eligibility", "outcomes"):
            data[name] = getattr(self, name)
        data["face_days"] = plain(self.face_days)
        data["online_hours"] = plain(self.online_hours)
        data["columns"] = [
            {"stage": column.stage, "subjects": [column.subject]} for column in self.columns
        ]
        return {name: value for name, value in data.items() if value not in (None, "", [])}


#: What the facts of a notice are called.
_HEADER_WORDS = {
    "code": t("Code"),
    "title": t("Title of the notice"),
    "number": t("Document number"),
    "issuer": t("Issuing body"),
    "issued_on": t("Date of issue"),
    "published_at": t("Published"),
    "source_file": t("Source file"),
    "cite_as": t("Cited as"),
    "groups": t("Groups of parameters"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two rulebooks have otherwise.

    ``parameter`` is ``None`` for the header and for categories, whose values are texts.
    """

    key: str
    parameter: Parameter | None
    before: Value
    after: Value
    source: Source | None

    @property
    def label(self) -> Text:
        """The word for people."""
        if self.parameter is not None:
            return self.parameter.label
        part, _, name = self.key.partition(".")
        if part == "category":
            return t("Project category %(name)s", name=name)
        return t("Notice: %(name)s", name=_HEADER_WORDS.get(name, name))


def plain_text(value: Decimal | None) -> str:
    """An amount as text, empty when absent."""
    return "" if value is None else format(value, "f")
