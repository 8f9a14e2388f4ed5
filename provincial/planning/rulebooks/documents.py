"""A rulebook as plain values for a page: groups, values in words, articles and quoted sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provincial.core.text import Text, t
from provincial.rulebook import catalogue
from provincial.rulebook.loader import Rulebook
from provincial.rulebook.parameter import Parameter
from provincial.rulebook.records import Difference, Source
from provincial.rulebook.values import Value, words


@dataclass(frozen=True, slots=True)
class Line:
    """One value beside its article. ``anchor`` is the rule id where it first occurs, for links."""

    key: str
    label: Text
    words: Sequence[Text]
    citation: str
    quote: str
    rule: str
    interpretation: str
    standing: Text
    is_from_notice: bool
    reading: str
    note: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Section:
    """A group of values."""

    code: str
    label: Text
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference in words."""

    key: str
    label: Text
    before: Text
    after: Text
    citation: str
    quote: str
    reason: str


def sections(rulebook: Rulebook) -> list[Section]:
    """Every value that the notice sets, group by group, in the order of display."""
    seen: set[str] = set()
    return [
        Section(
            group.code, group.label, [_line(parameter, rulebook, seen) for parameter, _e in rows]
        )
        for group, rows in rulebook.entries()
    ]


def _line(parameter: Parameter, rulebook: Rulebook, seen: set[str]) -> Line:
    entry = rulebook.entry(parameter.key)
    source = entry.source
    anchor = next(
        (name for name in (source.rule, source.interpretation) if name and name not in seen), ""
    )
    seen.add(anchor)
    reading = catalogue.interpretation(source.interpretation)
    return Line(
        parameter.key,
        parameter.label,
        words(parameter, named(rulebook, parameter)) or [t("Not set")],
        source.citation(),
        source.quote,
        source.rule,
        source.interpretation,
        source.standing(),
        source.is_from_notice,
        reading.chinese if reading else "",
        source.note,
        anchor,
    )


def named(rulebook: Rulebook, parameter: Parameter) -> Value:
    """The value as people read it: project categories by their names, not by their codes."""
    value = rulebook.value(parameter.key)
    if parameter.key != "green_channel.categories" or not isinstance(value, tuple | list):
        return value
    found = [(code, rulebook.category(str(code))) for code in value]
    return tuple(category.name if category else str(code) for code, category in found)


def changes(differences: Sequence[Difference], notes: dict[str, dict[str, object]]) -> list[Change]:
    """Differences with their reasons, for the table of before and after."""
    rows = []
    for found in differences:
        source = found.source or Source()
        note = notes.get("document" if found.key.startswith("document.") else found.key, {})
        rows.append(
            Change(
                found.key,
                found.label,
                _said(found, found.before),
                _said(found, found.after),
                source.citation(),
                source.quote,
                str(note.get("reason") or source.note),
            )
        )
    return rows


def _said(found: Difference, value: Value) -> Text:
    if found.parameter is None:
        return Text("%(value)s", {"value": value or "—"})
    return in_words(found.parameter, value)


def in_words(parameter: Parameter, value: Value) -> Text:
    """A value in one line."""
    parts = words(parameter, value)
    if not parts:
        return t("Not set")
    said = parts[0]
    for part in parts[1:]:
        said = t("%(first)s; %(rest)s", first=said, rest=part)
    return said
