"""Rulebooks in memory: read from a file or a snapshot, asked for values, compared, edited."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.rulebook import schema
from provincial.rulebook.catalogue import DOCUMENT_CODES, HERE
from provincial.rulebook.parameter import Group, Parameter
from provincial.rulebook.reading import read_category, read_document, read_source
from provincial.rulebook.records import (
    HOUSE_DEFAULT,
    Category,
    Difference,
    Document,
    Entry,
    Source,
)
from provincial.rulebook.values import Range, Value, ValueFault, Window, plain, read

T = TypeVar("T")


class RulebookError(Refusal):
    """A file or snapshot that cannot be used; ``findings`` says why, entry by entry."""


@dataclass(frozen=True)
class Rulebook:
    """One notice as data. Immutable; :meth:`with_value` answers with a changed copy.

    ``listed`` holds what the file lists; a value that it does not list is the house default when
    the schema has one and the group applies, else absent.
    """

    document: Document
    listed: Mapping[str, Entry]
    categories: tuple[Category, ...]

    def applies(self, group: str) -> bool:
        """Whether the notice speaks of this group of parameters."""
        found = schema.group(group)
        return found is not None and (found.always or group in self.document.groups)

    def entry(self, key: str) -> Entry:
        """Value and source of a parameter; ``KeyError`` when the schema does not know the key."""
        parameter = schema.PARAMETERS[key]
        found = self.listed.get(key)
        if found is not None:
            return found
        if parameter.default is not None and self.applies(parameter.group):
            return Entry(key, parameter.default, self._bare_source(HOUSE_DEFAULT))
        return Entry(key, None, self._bare_source("absent"))

    def value(self, key: str) -> Value:
        """The value of a parameter; ``None`` when the notice has none."""
        return self.entry(key).value

    def source(self, key: str) -> Source:
        """Where the value comes from."""
        return self.entry(key).source

    def integer(self, key: str) -> int | None:
        """A whole number."""
        return self._typed(key, int)

    def number(self, key: str) -> Decimal | None:
        """An exact amount."""
        return self._typed(key, Decimal)

    def ratio(self, key: str) -> Fraction | None:
        """An exact share."""
        return self._typed(key, Fraction)

    def flag(self, key: str) -> bool:
        """Yes or no; an absent switch is off."""
        return bool(self._typed(key, bool))

    def date(self, key: str) -> date | None:
        """A date; the day itself is still in time (rules.md part 0)."""
        return self._typed(key, date)

    def window(self, key: str) -> Window | None:
        """A span of dates, both ends included."""
        return self._typed(key, Window)

    def text(self, key: str) -> str | None:
        """A text or the code of a choice."""
        return self._typed(key, str)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts or of codes; empty when absent."""
        return cast("tuple[str, ...]", self._typed(key, tuple) or ())

    def integers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers; empty when absent."""
        return cast("tuple[int, ...]", self._typed(key, tuple) or ())

    def amounts(self, key: str) -> Mapping[str, Decimal]:
        """Exact amounts by code; empty when absent."""
        return cast("Mapping[str, Decimal]", self._typed(key, dict) or {})

    def ranges(self, key: str) -> Mapping[str, Range]:
        """Least and greatest value by code; empty when absent."""
        return cast("Mapping[str, Range]", self._typed(key, dict) or {})

    def names(self, key: str) -> Mapping[str, str]:
        """Chinese names by code; empty when absent."""
        return cast("Mapping[str, str]", self._typed(key, dict) or {})

    @property
    def selection_mode(self) -> str:
        """How trainees are selected (C-06)."""
        return self.text("plan.selection_mode") or ""

    @property
    def funding_mode(self) -> str:
        """Who pays (C-07)."""
        return self.text("plan.funding_mode") or ""

    def category(self, code: str) -> Category | None:
        """The category with this code."""
        return next((found for found in self.categories if found.code == code), None)

    def entries(self) -> list[tuple[Group, list[tuple[Parameter, Entry]]]]:
        """Every group that applies with its parameters, in the order of display.

        Parameters of which the notice says nothing are left out.
        """
        shown: list[tuple[Group, list[tuple[Parameter, Entry]]]] = []
        for group in schema.GROUPS:
            if not self.applies(group.code):
                continue
            rows = [(parameter, self.entry(parameter.key)) for parameter in group.parameters]
            kept = [row for row in rows if row[1].value is not None or row[0].key in self.listed]
            if kept:
                shown.append((group, kept))
        return shown

    def with_value(self, key: str, raw: object, source: Source) -> Rulebook:
        """A copy in which ``key`` has this value and source; ``None`` makes it absent.

        ``raw`` may be a value or its form in TOML or JSON. Raises :class:`Refusal` on the key.
        """
        parameter = schema.parameter(key)
        if parameter is None:
            raise Refusal(t("There is no parameter “%(key)s”.", key=key), field=key)
        if raw is None:
            if parameter.must_be_listed:
                raise Refusal(t("This value cannot be left out."), field=key)
            value: Value = None
        else:
            try:
                value = read(parameter, plain(cast("Value", raw)))
            except ValueFault as fault:
                raise Refusal(fault.message, field=key, rule=source.rule) from fault
        return replace(self, listed={**self.listed, key: Entry(key, value, source)})

    def differences(self, other: Rulebook) -> list[Difference]:
        """What ``other`` has otherwise, in the order of display: header, values, categories."""
        found = [
            Difference(f"document.{name}", None, str(old or ""), str(new or ""), None)
            for name, old, new in self.document.compared(other.document)
        ]
        for key, parameter in schema.PARAMETERS.items():
            before, after = self.entry(key), other.entry(key)
            if before.value != after.value:
                found.append(Difference(key, parameter, before.value, after.value, after.source))
        for code in dict.fromkeys(row.code for row in (*self.categories, *other.categories)):
            old_row, new_row = self.category(code), other.category(code)
            if old_row != new_row:
                source = new_row.source if new_row else None
                before_text = old_row.summary() if old_row else None
                after_text = new_row.summary() if new_row else None
                found.append(Difference(f"category.{code}", None, before_text, after_text, source))
        return found

    def to_data(self) -> dict[str, Any]:
        """A form that JSON holds without loss; a plan freezes it when it is issued."""
        return {
            "document": self.document.as_data(),
            "parameters": {
                key: {"value": plain(entry.value), **entry.source.as_data()}
                for key, entry in self.listed.items()
            },
            "categories": [category.as_data() for category in self.categories],
        }

    def _bare_source(self, origin: str) -> Source:
        return Source(origin=origin, document=self.document.code, cite_as=self.document.cite_as)

    def _typed(self, key: str, kind: type[T]) -> T | None:
        value = self.value(key)
        if value is None:
            return None
        if not isinstance(value, kind):
            raise TypeError(f"{key} holds {type(value).__name__}, not {kind.__name__}")
        return value


def builtin_codes() -> tuple[str, ...]:
    """The notices that come with the site, newest province first."""
    return DOCUMENT_CODES


@lru_cache(maxsize=len(DOCUMENT_CODES))
def builtin(code: str) -> Rulebook:
    """A notice that comes with the site; raises :class:`RulebookError` for another code."""
    if code not in DOCUMENT_CODES:
        raise RulebookError(t("There is no rulebook “%(code)s”.", code=code))
    return load(HERE / f"{code}.toml")


def load(path: Path | str) -> Rulebook:
    """Read a rulebook file.

    Raises :class:`RulebookError` at the first entry that cannot be read;
    ``checker.check_file`` names all of them with their lines.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        data = tomllib.loads(text, parse_float=Decimal)
    except (OSError, ValueError, RecursionError) as fault:
        raise RulebookError(
            t("The rulebook cannot be read: %(cause)s", cause=str(fault)[:200])
        ) from fault
    return from_toml(data)


def from_toml(data: Mapping[str, Any]) -> Rulebook:
    """A parsed file as a rulebook: one table per parameter, grouped by the part before the dot."""
    parameters = {
        f"{group}.{name}": row
        for group, rows in data.items()
        if group not in {"document", "category"} and isinstance(rows, Mapping)
        for name, row in rows.items()
    }
    return from_data(
        {
            "document": data.get("document"),
            "parameters": parameters,
            "categories": data.get("category", []),
        }
    )


def from_data(data: Mapping[str, Any]) -> Rulebook:
    """Read what :meth:`Rulebook.to_data` wrote."""
    try:
        document = read_document(data.get("document"))
        entries = {key: _entry(key, row, document) for key, row in dict(data["parameters"]).items()}
        categories = tuple(read_category(row, document) for row in data["categories"])
    except ValueFault as fault:
        raise RulebookError(fault.message) from fault
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise RulebookError(
            t("The rulebook cannot be read: %(cause)s", cause=str(fault)[:200])
        ) from fault
    return Rulebook(document, entries, categories)


def _entry(key: str, row: Mapping[str, Any], document: Document) -> Entry:
    parameter = schema.parameter(key)
    if parameter is None:
        raise ValueFault(t("There is no parameter “%(key)s”.", key=key))
    value = None if is_absent(row) else _read(parameter, row)
    return Entry(key, value, read_source(row, document))


def _read(parameter: Parameter, row: Mapping[str, Any]) -> Value:
    try:
        return read(parameter, row["value"])
    except ValueFault as fault:
        raise ValueFault(
            t("%(key)s: %(message)s", key=parameter.key, message=fault.message), fault.kind
        ) from fault


def is_absent(row: Mapping[str, Any]) -> bool:
    """Whether an entry says that the notice has no such value."""
    return row.get("absent") is True or ("value" in row and row["value"] is None)
