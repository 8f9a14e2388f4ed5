"""How values look on a page: dates, numbers, rates, and sentences in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import wraps
from itertools import groupby
from typing import Any

from flask import Flask
from flask_babel import get_locale, gettext
from jinja2 import pass_context
from jinja2.runtime import Context

from provincial.core.clock import CHINA
from provincial.core.findings import Finding
from provincial.core.states import State
from provincial.core.text import Text

NOTHING = "—"
#: More findings of one kind in a row than FOLDED_FROM are folded behind the first FOLDED_AFTER.
FOLDED_FROM, FOLDED_AFTER = 5, 3
_CHINESE = "一-鿿“”《》〔〕（）。、"
_NARROW = re.compile(f"(?<=[{_CHINESE}])[,;:?!]|[,;:?!](?=[{_CHINESE}])")
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_BRACKETS = re.compile(f"\\(([^()]*[{_CHINESE}][^()]*)\\)")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def translate(text: Text | str) -> str:
    """A sentence in the reader's language, with its values put in."""
    if not isinstance(text, Text):
        return str(text)
    if not text.source:
        return ""  # the catalogue answers the empty sentence with its own header
    values = {name: _spoken(value) for name, value in text.values.items()}
    return str(gettext(text.source, **values)) if values else str(gettext(text.source))


def _spoken(value: object) -> object:
    """A value within a sentence; days read as days, also those that were kept in JSON."""
    if isinstance(value, Text):
        return translate(value)
    kept = isinstance(value, str) and _ISO_DAY.fullmatch(value)
    return day(value) if kept or type(value) is date else value  # type: ignore[arg-type]


def _finalize(value: Any) -> Any:
    return translate(value) if isinstance(value, Text) else value


def is_chinese() -> bool:
    """Whether the page is read in Chinese."""
    return str(get_locale() or "zh_Hans").startswith("zh")


def day(value: date | datetime | str | None) -> str:
    """2023年11月20日, or 20 Nov 2023; a dash for nothing. Instants are shown as China's date.

    A string is a day as JSON keeps it (2023-11-20); anything else is shown as it is.
    """
    if value is None:
        return NOTHING
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return str(value)
    if isinstance(value, datetime):
        value = value.astimezone(CHINA).date()
    if is_chinese():
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%b %Y}"


def moment(value: datetime | None) -> str:
    """Date and time of day in China."""
    if value is None:
        return NOTHING
    local = value.astimezone(CHINA)
    return f"{day(local)} {local:%H:%M}"


def number(value: int | Decimal | None) -> str:
    """Thousands separated; a dash for nothing."""
    return NOTHING if value is None else f"{value:,}"


def signed(value: int | None) -> str:
    """A difference with its sign."""
    return NOTHING if value is None else f"{value:+,}" if value else "0"


def percent(value: Decimal | None) -> str:
    """One decimal, half up; a dash where the denominator is nought (A-16)."""
    if value is None:
        return NOTHING
    shown = (value * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{shown} %"


def share(value: Fraction | str | None) -> str:
    """An exact share with two decimals of a percent; also one that was kept as text (``7/10``)."""
    return NOTHING if value is None else f"{float(Fraction(value)) * 100:.2f} %"


def exact(value: Fraction | None) -> str:
    """An exact figure with two decimals, for showing how a whole one came about."""
    return NOTHING if value is None else f"{float(value):.2f}"


def printed(text: str) -> str:
    """Chinese text as print sets it: full-width marks, where a plain-text copy has narrow ones.

    Figures (1,065), times (8:59) and Latin words keep theirs; the stored sentence stays as it is.
    """
    wide = _NARROW.sub(lambda found: _WIDE[found[0]], text)
    return _BRACKETS.sub(r"（\1）", wide)


def colon(label: Text | str) -> str:
    """A label with its colon, full width in Chinese."""
    return translate(label) + ("：" if is_chinese() else ": ")


def bracketed(words: Text | str) -> str:
    """Words in brackets after others, full width in Chinese."""
    return f"（{translate(words)}）" if is_chinese() else f" ({translate(words)})"


def folded(findings: Iterable[Finding]) -> Iterator[tuple[list[Finding], list[Finding]]]:
    """Findings as a list shows them: of a long run of one kind, the first few and those folded away."""
    for (_severity, code), run in groupby(findings, key=lambda found: (found.severity, found.code)):
        found = list(run)
        cut = FOLDED_AFTER if code and len(found) > FOLDED_FROM else len(found)
        yield found[:cut], found[cut:]


def choices(states: Iterable[State]) -> list[tuple[str, str]]:
    """All, and each state with its word, for the filter of a list."""
    return [("", str(gettext("All"))), *((one.value, translate(one.label)) for one in states)]


def init_app(app: Flask) -> None:
    """Give the filters to every template; sentences translate themselves when printed."""
    app.jinja_env.finalize = _finalize
    values = (day, moment, number, signed, percent, share, exact)
    for function in (*values, printed, folded, choices):
        app.jinja_env.filters[function.__name__] = function
    for spoken in (translate, colon, bracketed):
        app.jinja_env.filters[spoken.__name__] = _for_each_reader(spoken)


def _for_each_reader(filter_: Callable[[Any], str]) -> Callable[..., str]:
    """A filter asked anew for each page: of a constant, the first reader's language would be kept."""

    @pass_context
    @wraps(filter_)
    def asked(_context: Context, value: Any) -> str:
        return filter_(value)

    return asked
