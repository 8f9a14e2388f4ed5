"""Sentences for people, kept as English source plus values until a page, file or log says them.

Rules and actions must not know the request, so they cannot translate; they hand up a ``Text``
and the edge (template, command line, paper) turns it into the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """An English source sentence with ``%(name)s`` places and the values for them."""

    source: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """The English sentence; the edge prefers its translation."""
        return self.source % self.values if self.values else self.source

    def __hash__(self) -> int:
        return hash(str(self))

    def as_data(self) -> dict[str, object]:
        """A form that JSON can hold; ``text_from_data`` reads it back."""
        return {"source": self.source, "values": {k: _plain(v) for k, v in self.values.items()}}


def t(source: str, **values: object) -> Text:
    """Mark ``source`` for translation and bind its values (extracted by Babel as a keyword)."""
    return Text(source, values)


def text_from_data(data: Mapping[str, object] | str) -> Text:
    """Read what ``Text.as_data`` wrote; a bare string is taken as it is."""
    if isinstance(data, str):
        return Text(data)
    values = data.get("values")
    restored: dict[str, object] = {}
    if isinstance(values, Mapping):
        for name, value in values.items():
            is_text = isinstance(value, Mapping) and "source" in value
            restored[str(name)] = text_from_data(value) if is_text else value
    return Text(str(data["source"]), restored)


def _plain(value: object) -> object:
    if isinstance(value, Text):
        return value.as_data()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
