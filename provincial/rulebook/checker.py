"""Is this file a good rulebook? Every missing, unknown or contradictory entry, with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from provincial.core.findings import Finding, Severity
from provincial.core.text import Text, t
from provincial.rulebook import catalogue, contradictions, reading, schema
from provincial.rulebook.loader import Rulebook, is_absent
from provincial.rulebook.parameter import Parameter
from provincial.rulebook.positions import line_numbers, line_of
from provincial.rulebook.records import HOUSE_DEFAULT, Category, Document, Entry, Source
from provincial.rulebook.values import ValueFault, read

#: Largest file taken, in bytes; the longest notice needs 30,000.
LARGEST_FILE = 1_000_000


@dataclass(frozen=True, slots=True)
class FileFinding(Finding):
    """A finding about a file: ``place`` is the entry (``green_channel.ratio``), ``line`` its line.

    ``code`` is one of ``unreadable``, ``syntax``, ``missing``, ``unknown``, ``mistyped``,
    ``range``, ``contradiction``, ``source``, ``quote``.
    """

    place: str = ""
    line: int = 0

    def as_data(self) -> dict[str, object]:
        """A form that JSON can hold."""
        return {**Finding.as_data(self), "place": self.place, "line": self.line}


def check_file(path: Path | str) -> list[FileFinding]:
    """All findings about a rulebook file, by line; empty for a clean file. Never raises."""
    try:
        raw = Path(path).read_bytes()
    except (OSError, ValueError) as fault:
        cause = getattr(fault, "strerror", None) or str(fault)
        return [_finding("unreadable", t("The file cannot be opened: %(cause)s", cause=cause))]
    return check_bytes(raw)


def check_bytes(raw: bytes) -> list[FileFinding]:
    """All findings about the bytes of a rulebook file."""
    if len(raw) > LARGEST_FILE:
        return [_finding("unreadable", t("The file is too large for a rulebook."))]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        message = t("The file is not in UTF-8. Save it as UTF-8 and try again.")
        return [_finding("unreadable", message, line=line)]
    return check_text(text.replace("\r\n", "\n"))


def check_text(text: str) -> list[FileFinding]:
    """All findings about the text of a rulebook file."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except RecursionError:
        return [_finding("syntax", t("The file is nested too deeply."))]
    except ValueError as fault:
        return [_syntax_finding(str(fault), text)]
    lines = line_numbers(text)
    placed = [replace(found, line=line_of(lines, found.place)) for found in _Check(data).run()]
    located = [replace(found, cell=f"{found.line}") for found in placed]
    return sorted(located, key=lambda found: found.line)


def check_rulebook(rulebook: Rulebook) -> list[FileFinding]:
    """All findings about a rulebook in memory, for the editor; ``place`` instead of lines."""
    data = rulebook.to_data()
    nested: dict[str, Any] = {"document": data["document"], "category": data["categories"]}
    for key, row in data["parameters"].items():
        group, _, name = key.partition(".")
        nested.setdefault(group, {})[name] = row
    return _Check(nested).run()


def _finding(
    code: str,
    message: Text,
    place: str = "",
    *,
    line: int = 0,
    rule: str = "",
    mend: Text | None = None,
    severity: Severity = Severity.BLOCK,
) -> FileFinding:
    return FileFinding(
        severity, message, rule=rule, code=code, mend=mend, place=place, line=line,
        cell=f"{line}" if line else "",
    )  # fmt: skip


def _syntax_finding(cause: str, text: str) -> FileFinding:
    match = re.search(r"\(at line (\d+), column (\d+)\)", cause)
    line = int(match[1]) if match else text.count("\n") + 1
    reason = re.sub(r"\s*\(at [^)]*\)", "", cause)[:200]
    return _finding("syntax", t("This is not valid TOML: %(cause)s", cause=reason), line=line)


class _Check:
    """One pass over the parsed data; collects findings with the place of each."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.found: list[FileFinding] = []

    def run(self) -> list[FileFinding]:
        document = self._document()
        if document is None:
            return self.found
        entries = self._entries(document)
        categories = self._categories(document)
        rulebook = Rulebook(document, entries, tuple(categories))
        self._missing(document)
        for clash in contradictions.find(rulebook):
            self.found.append(
                _finding(
                    "contradiction", clash.message, clash.place,
                    rule=clash.rule, severity=clash.severity,
                )
            )  # fmt: skip
        return self.found

    def _add(self, code: str, message: Text, place: str, mend: Text | None = None) -> None:
        self.found.append(_finding(code, message, place, mend=mend))

    def _unknown_fields(self, row: Iterable[str], known: Iterable[str], place: str) -> None:
        allowed = set(known)
        for name in row:
            if name not in allowed:
                message = t("“%(name)s” is unknown here.", name=name)
                self._add("unknown", message, f"{place}.{name}")

    def _document(self) -> Document | None:
        raw = self.data.get("document")
        if not isinstance(raw, Mapping):
            self._add("missing", t("The header [document] is missing."), "document")
            return None
        self._unknown_fields(raw, reading.DOCUMENT_FIELDS, "document")
        for name in ("code", "title", "issuer"):
            if name not in raw:
                message = t("The header lacks “%(name)s”.", name=name)
                self._add("missing", message, "document")
                return None
        try:
            document = reading.read_document(raw)
        except ValueFault as fault:
            self._add(fault.kind, fault.message, "document")
            return None
        for code in document.groups:
            if schema.group(code) is None:
                self._add(
                    "unknown", t("There is no group “%(name)s”.", name=code), "document.groups"
                )
        return document

    def _entries(self, document: Document) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for group, rows in self.data.items():
            if group in {"document", "category"}:
                continue
            if schema.group(group) is None or not isinstance(rows, Mapping):
                self._add("unknown", t("There is no group “%(name)s”.", name=group), group)
                continue
            for name, row in rows.items():
                entry = self._entry(f"{group}.{name}", row, document)
                if entry is not None:
                    entries[entry.key] = entry
        return entries

    def _entry(self, key: str, row: object, document: Document) -> Entry | None:
        parameter = schema.parameter(key)
        if parameter is None:
            self._add("unknown", t("There is no parameter “%(key)s”.", key=key), key)
            return None
        if not isinstance(row, Mapping):
            mend = t("Write a table [%(key)s] with value and source.", key=key)
            self._add("mistyped", t("A table with value and source is expected."), key, mend)
            return None
        self._unknown_fields(row, reading.SOURCE_FIELDS | {"value", "absent"}, key)
        if not self._group_is_open(parameter, document):
            message = t("The header's groups do not name “%(name)s”.", name=parameter.group)
            self._add("contradiction", message, key)
        try:
            source = reading.read_source(row, document)
            self._source(source, key, document)
            value = self._value(parameter, row)
        except ValueFault as fault:
            self._add(fault.kind, fault.message, f"{key}.value")
            return None
        return Entry(key, value, source)

    def _group_is_open(self, parameter: Parameter, document: Document) -> bool:
        group = schema.group(parameter.group)
        return group is not None and (group.always or group.code in document.groups)

    def _value(self, parameter: Parameter, row: Mapping[str, Any]) -> Any:
        if is_absent(row):
            if row.get("value") is not None:
                raise ValueFault(t("An absent entry has no value."), "contradiction")
            if parameter.must_be_listed:
                raise ValueFault(t("This value cannot be left out."), "missing")
            if not row.get("note"):
                self._add("source", t("Say in “note” why the value is absent."), parameter.key)
            return None
        if "value" not in row:
            raise ValueFault(t("The value is missing."), "missing")
        return read(parameter, row["value"])

    def _source(self, source: Source, place: str, document: Document) -> None:
        if source.rule and catalogue.rule(source.rule) is None:
            message = t("There is no rule %(id)s in the catalogue.", id=source.rule)
            self._add("source", message, f"{place}.rule")
        known = catalogue.interpretation(source.interpretation)
        if source.interpretation and known is None:
            message = t("There is no interpretation %(id)s.", id=source.interpretation)
            self._add("source", message, f"{place}.interpretation")
        if source.origin not in {"", HOUSE_DEFAULT}:
            message = t("The origin can only be “%(origin)s”.", origin=HOUSE_DEFAULT)
            self._add("source", message, f"{place}.origin")
        self._quote(source, place, document)

    def _quote(self, source: Source, place: str, document: Document) -> None:
        is_open = bool(source.interpretation or source.origin or source.note)
        if not source.quote:
            if not is_open:
                mend = t("Quote the sentence, or name the interpretation or the house default.")
                self._add("quote", t("The quoted sentence is missing."), place, mend)
            return
        if not source.article:
            self._add("source", t("The article of the quote is missing."), place)
        # A copy of a copy keeps citing the first notice; that is in order while it is named.
        is_named = source.document == document.code or source.cite_as != source.document
        if not is_named:
            message = t("There is no document “%(code)s”.", code=source.document)
            self._add("source", message, f"{place}.document")
        held = source.document in catalogue.DOCUMENT_CODES
        if held and catalogue.find_quote(source.document, source.quote) is None:
            message = t("The quoted words do not occur in the document.")
            self._add("quote", message, f"{place}.quote")

    def _categories(self, document: Document) -> list[Category]:
        raw = self.data.get("category", [])
        if not isinstance(raw, list):
            self._add("mistyped", t("A category is a table with code and name."), "category")
            return []
        categories: list[Category] = []
        for position, row in enumerate(raw):
            category = self._category(f"category.{position}", row, document)
            if category is not None:
                categories.append(category)
        if not raw:
            self._add("missing", t("The notice has no project category."), "category")
        return categories

    def _category(self, place: str, row: object, document: Document) -> Category | None:
        try:
            category = reading.read_category(row, document)
        except ValueFault as fault:
            self._add(fault.kind, fault.message, place)
            return None
        assert isinstance(row, Mapping)  # noqa: S101  read_category refused everything else
        self._unknown_fields(row, reading.CATEGORY_FIELDS | reading.SOURCE_FIELDS, place)
        self._source(category.source, place, document)
        return category

    def _missing(self, document: Document) -> None:
        for group in schema.GROUPS:
            if not group.always and group.code not in document.groups:
                continue
            rows = self.data.get(group.code)
            listed = rows if isinstance(rows, Mapping) else {}
            for parameter in group.parameters:
                if parameter.must_be_listed and parameter.name not in listed:
                    message = t(
                        "“%(key)s” (%(label)s) is missing.",
                        key=parameter.key,
                        label=parameter.label,
                    )
                    mend = t("Add a table [%(key)s] with value and source.", key=parameter.key)
                    place = group.code if listed else "document.groups"
                    self._add("missing", message, place, mend)
