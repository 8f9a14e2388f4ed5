"""Values as people type them into one field, and back; the browser editor's two directions.

Lists have one item per line, tables one ``code: value`` per line. Full-width digits, colons and
dashes are taken as their narrow forms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.rulebook.parameter import Parameter
from provincial.rulebook.values import Kind, Range, Value, ValueFault, Window, number_text, read

_YES = frozenset({"yes", "true", "1", "是", "y", "on"})
_NO = frozenset({"no", "false", "0", "否", "n", "off"})
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日")
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"


def typed_text(parameter: Parameter, value: Value) -> str:
    """The value as the field shows it; :func:`read_typed` takes it back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Window):
        return f"{value.opens} — {value.closes}"
    if isinstance(value, tuple):
        return "\n".join(str(item) for item in value)
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {_item_text(item)}" for key, item in value.items())
    if isinstance(value, Fraction):
        return _ratio_text(value)
    return number_text(value)


def read_typed(parameter: Parameter, text: str) -> Value:
    """What was typed, as the exact value; empty means absent. Raises :class:`Refusal` on the key."""
    if not text.strip():
        if parameter.must_be_listed:
            raise Refusal(t("This value cannot be left out."), field=parameter.key)
        return None
    try:
        return read(parameter, _RAW[parameter.kind](text.strip()))
    except ValueFault as fault:
        raise Refusal(fault.message, field=parameter.key) from fault


def _item_text(item: Decimal | Range | str) -> str:
    return item if isinstance(item, str) else number_text(item)


def _ratio_text(value: Fraction) -> str:
    shown = number_text(value)
    exact = shown.endswith("%") and Fraction(Decimal(shown[:-1])) / 100 == value
    return shown if exact else str(value)


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _whole(text: str) -> object:
    narrow = _narrow(text).replace(",", "")
    return int(narrow) if re.fullmatch(r"-?[0-9]{1,18}", narrow) else narrow


def _amount(text: str) -> object:
    return _narrow(text).replace(",", "")


def _flag(text: str) -> object:
    word = _narrow(text).casefold()
    return True if word in _YES else False if word in _NO else word


def _day(text: str) -> str:
    parts = re.findall(r"[0-9]+", text)
    if not _DATE.fullmatch(text):
        return text
    return f"{parts[0]}-{int(parts[1]):02}-{int(parts[2]):02}"


def _date(text: str) -> object:
    return _day(_narrow(text))


def _window(text: str) -> object:
    days = _DATE.findall(_narrow(text))
    if len(days) != 2:
        return text
    return {"opens": _day(days[0]), "closes": _day(days[1])}


def _same(text: str) -> object:
    return text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _codes(text: str) -> object:
    return [part for part in re.split(r"[\s,;、]+", _narrow(text)) if part]


def _whole_lines(text: str) -> object:
    return [_whole(part) for part in re.split(r"[\s,;、]+", _narrow(text)) if part]


def _pairs(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for line in _lines(text):
        key, colon, item = line.replace("：", ":").partition(":")
        if not colon:
            raise ValueFault(t("Write one “code: value” per line."))
        if key.strip() in pairs:
            raise ValueFault(t("“%(item)s” stands twice in the list.", item=key.strip()))
        pairs[key.strip()] = item.strip()
    return pairs


def _amounts(text: str) -> object:
    return {key: _amount(item) for key, item in _pairs(text).items()}


def _ranges(text: str) -> object:
    pattern = re.compile(rf"({_NUMBER})\s*[-–—~至]\s*({_NUMBER})")
    matches = {key: pattern.fullmatch(_narrow(item)) for key, item in _pairs(text).items()}
    return {key: [m[1], m[2]] if m else None for key, m in matches.items()}


_RAW: dict[Kind, Callable[[str], object]] = {
    Kind.INTEGER: _whole,
    Kind.DECIMAL: _amount,
    Kind.RATIO: _amount,
    Kind.FLAG: _flag,
    Kind.DATE: _date,
    Kind.WINDOW: _window,
    Kind.TEXT: _same,
    Kind.TEXTS: _lines,
    Kind.INTEGERS: _whole_lines,
    Kind.CHOICE: _narrow,
    Kind.CHOICES: _codes,
    Kind.AMOUNTS: _amounts,
    Kind.RANGES: _ranges,
    Kind.NAMES: _pairs,
}
