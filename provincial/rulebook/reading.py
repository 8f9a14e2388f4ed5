"""From rows of a file or snapshot to the pieces of a rulebook. Raises ``ValueFault``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from provincial.core.clock import CHINA
from provincial.core.text import t
from provincial.rulebook import vocabulary
from provincial.rulebook.parameter import Parameter
from provincial.rulebook.records import Category, Column, Document, Source
from provincial.rulebook.values import Kind, ValueFault, read, read_date, read_text

#: What may stand in the header.
DOCUMENT_FIELDS = frozenset(
    {
        "code",
        "title",
        "number",
        "issuer",
        "issued_on",
        "published_at",
        "source_file",
        "cite_as",
        "groups",
    }
)
#: What may stand in an entry beside its value.
SOURCE_FIELDS = frozenset(
    {"rule", "article", "quote", "interpretation", "origin", "note", "document", "cite_as"}
)
#: What may stand in a category beside its source.
CATEGORY_FIELDS = frozenset(
    {
        "code",
        "name",
        "quota_annex",
        "units_annex",
        "tier",
        "theme",
        "programme_line",
        "face_days",
        "online_hours",
        "target",
        "eligibility",
        "outcomes",
        "columns",
    }
)
#: Numbers of the documents whose text the project holds, for quotes from another document.
CITED_AS = {
    "henan-2023": "教办师〔2023〕389号",
    "zhejiang-2020h1": "浙教办函〔2019〕357号",
    "zhejiang-2022h1": "浙教办函〔2021〕335号",
    "puer-2023": "普洱市教育体育局2023年通知",
    "national-2019": "教师厅〔2019〕2号",
}
_DAYS = Parameter("category.face_days", Kind.DECIMAL, t("Days"), minimum=0, maximum=366)
_HOURS = Parameter("category.online_hours", Kind.DECIMAL, t("Hours"), minimum=0, maximum=2000)
_ANNEX = Parameter("category.annex", Kind.INTEGER, t("Annex"), minimum=1, maximum=99)


def read_document(raw: object) -> Document:
    """The header of a rulebook."""
    if not isinstance(raw, Mapping):
        raise ValueFault(t("The header [document] is missing."))
    number = _optional(raw, "number")
    title = read_text(raw.get("title"))
    return Document(
        code=_code(raw.get("code")),
        title=title,
        number=number,
        issuer=read_text(raw.get("issuer")),
        issued_on=_day(raw.get("issued_on")),
        published_at=_moment(raw.get("published_at")),
        source_file=_optional(raw, "source_file"),
        cite_as=_optional(raw, "cite_as") or number or title,
        groups=tuple(str(group) for group in raw.get("groups", ())),
    )


def read_source(row: Mapping[str, Any], document: Document) -> Source:
    """The source fields of an entry or category."""
    code = _optional(row, "document") or document.code
    own = document.cite_as if code == document.code else CITED_AS.get(code, code)
    return Source(
        rule=_optional(row, "rule"),
        article=_optional(row, "article"),
        quote=_optional(row, "quote"),
        interpretation=_optional(row, "interpretation"),
        origin=_optional(row, "origin"),
        note=_optional(row, "note"),
        document=code,
        cite_as=_optional(row, "cite_as") or own,
    )


def read_category(row: object, document: Document) -> Category:
    """One project category."""
    if not isinstance(row, Mapping):
        raise ValueFault(t("A category is a table with code and name."))
    return Category(
        code=_code(row.get("code")),
        name=read_text(row.get("name")),
        source=read_source(row, document),
        quota_annex=_number(_ANNEX, row.get("quota_annex"), int),
        units_annex=_number(_ANNEX, row.get("units_annex"), int),
        tier=_optional(row, "tier"),
        theme=_optional(row, "theme"),
        programme_line=_optional(row, "programme_line"),
        face_days=_number(_DAYS, row.get("face_days"), Decimal),
        online_hours=_number(_HOURS, row.get("online_hours"), Decimal),
        target=_optional(row, "target"),
        eligibility=_optional(row, "eligibility"),
        outcomes=_optional(row, "outcomes"),
        columns=_columns(row.get("columns", ())),
    )


def _code(raw: object) -> str:
    if not isinstance(raw, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", raw):
        raise ValueFault(t("A code of small letters, digits and dashes is expected."))
    return raw


def _optional(row: Mapping[str, Any], name: str) -> str:
    raw = row.get(name)
    if raw in (None, ""):
        return ""
    try:
        return read_text(raw)
    except ValueFault as fault:
        raise ValueFault(t("%(key)s: %(message)s", key=name, message=fault.message)) from fault


def _day(raw: object) -> date | None:
    return None if raw is None else read_date(raw)


def _moment(raw: object) -> datetime | date | None:
    if raw is None:
        return None
    if isinstance(raw, str) and "T" in raw:
        try:
            raw = datetime.fromisoformat(raw)
        except ValueError as fault:
            raise ValueFault(t("“%(text)s” is not a date of the calendar.", text=raw)) from fault
    if isinstance(raw, datetime):
        return raw if raw.tzinfo else raw.replace(tzinfo=CHINA)
    return read_date(raw)


def _number(parameter: Parameter, raw: object, kind: type[Any]) -> Any:
    if raw is None:
        return None
    value = read(parameter, raw)
    assert isinstance(value, kind)  # noqa: S101  the reader of this kind answers nothing else
    return value


def _columns(raw: object) -> tuple[Column, ...]:
    if not isinstance(raw, list | tuple):
        raise ValueFault(t("Columns are a list of stages with their subjects."))
    columns: list[Column] = []
    for row in raw:
        if not isinstance(row, Mapping) or not isinstance(row.get("subjects"), list | tuple):
            raise ValueFault(t("Columns are a list of stages with their subjects."))
        columns += [_column(row.get("stage"), subject) for subject in row["subjects"]]
    for position, column in enumerate(columns):
        if column in columns[:position]:
            raise ValueFault(
                t("The column %(name)s stands twice.", name=column.name), "contradiction"
            )
    return tuple(columns)


def _column(stage: object, subject: object) -> Column:
    try:
        vocabulary.stage(str(stage))
        vocabulary.subject(str(subject))
    except KeyError as fault:
        raise ValueFault(
            t("There is no stage or subject %(code)s.", code=fault.args[0]), "range"
        ) from fault
    return Column(str(stage), str(subject))
