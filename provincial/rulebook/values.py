"""Values of a rulebook: reading them exactly, writing them as JSON, saying them to a person.

Money, credits and hours are ``Decimal``, shares are ``Fraction``; a binary float is refused, for it
would turn 0.05 into something else (rules.md A-36).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from provincial.core.text import Text, t

if TYPE_CHECKING:
    from provincial.rulebook.parameter import Parameter
    from provincial.rulebook.vocabulary import Term

#: Longest text a value may hold, in characters.
LONGEST_TEXT = 2000
#: A figure with more digits than this, or a larger power of ten, is a slip of the keyboard.
MOST_DIGITS = 15


class Kind(StrEnum):
    """What a parameter holds."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    RATIO = "ratio"
    FLAG = "flag"
    DATE = "date"
    WINDOW = "window"
    TEXT = "text"
    TEXTS = "texts"
    INTEGERS = "integers"
    CHOICE = "choice"
    CHOICES = "choices"
    AMOUNTS = "amounts"
    RANGES = "ranges"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class Window:
    """A span of dates, both ends included (China Standard Time)."""

    opens: date
    closes: date


@dataclass(frozen=True, slots=True)
class Range:
    """Least and greatest allowed value, both included."""

    least: Decimal
    most: Decimal


Scalar = int | Decimal | Fraction | bool | date | Window | str
Value = Scalar | tuple[str, ...] | tuple[int, ...] | Mapping[str, Decimal | Range | str] | None


class ValueFault(ValueError):
    """Why a value cannot be taken: ``kind`` is ``mistyped``, ``range`` or ``contradiction``."""

    def __init__(self, message: Text, kind: str = "mistyped") -> None:
        super().__init__(str(message))
        self.message = message
        self.kind = kind


def read(parameter: Parameter, raw: object) -> Value:
    """``raw`` as found in TOML or JSON, as the exact value; raises :class:`ValueFault`."""
    value = _READERS[parameter.kind](parameter, raw)
    _check_bounds(parameter, value)
    return value


def plain(value: Value) -> object:
    """A form that JSON and TOML can hold without loss; ``read`` takes it back."""
    if isinstance(value, Decimal | Fraction):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Window):
        return {"opens": value.opens.isoformat(), "closes": value.closes.isoformat()}
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return {key: _plain_item(item) for key, item in value.items()}
    return value


def words(parameter: Parameter, value: Value) -> list[Text]:
    """The value for a person, one piece per line, with its unit; an empty list when absent."""
    if value is None:
        return []
    if isinstance(value, bool):
        return [t("Yes") if value else t("No")]
    if isinstance(value, Window):
        return [t("%(opens)s to %(closes)s", opens=value.opens, closes=value.closes)]
    if isinstance(value, tuple):
        return [_word(parameter, item) for item in value]
    if parameter.kind is Kind.NAMES and isinstance(value, Mapping):
        return [Text("%(value)s", {"value": name}) for name in value.values()]
    if isinstance(value, Mapping):
        return [
            t("%(name)s: %(value)s", name=_word(parameter, key), value=_map_word(parameter, item))
            for key, item in value.items()
        ]
    if parameter.kind is Kind.CHOICE:
        return [_word(parameter, str(value))]
    return [_with_unit(parameter, number_text(value))]


def number_text(value: object) -> str:
    """A number or date in the plain form for a page: 5%, 1/3, 400, 2023-11-20."""
    if isinstance(value, Fraction):
        percent = value * 100
        if percent.denominator in (1, 2, 4, 5, 10, 20):
            return f"{_decimal_text(Decimal(percent.numerator) / percent.denominator)}%"
        return str(value)
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if isinstance(value, Range):
        return f"{_decimal_text(value.least)}–{_decimal_text(value.most)}"
    return str(value)


def _decimal_text(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_unit(parameter: Parameter, text: str) -> Text:
    if parameter.unit is None:
        return Text("%(value)s", {"value": text})
    return t("%(value)s %(unit)s", value=text, unit=parameter.unit)


def _word(parameter: Parameter, item: object) -> Text:
    term = parameter.choice(str(item))
    return term.label if term else Text("%(value)s", {"value": str(item)})


def _map_word(parameter: Parameter, item: Decimal | Range | str) -> Text:
    if isinstance(item, str):
        return Text("%(value)s", {"value": item})
    return _with_unit(parameter, number_text(item))


def _plain_item(item: Decimal | Range | str) -> object:
    if isinstance(item, Range):
        return [format(item.least, "f"), format(item.most, "f")]
    return format(item, "f") if isinstance(item, Decimal) else item


def _integer(parameter: Parameter, raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueFault(t("A whole number is expected."))
    if abs(raw) >= 10**MOST_DIGITS:
        raise ValueFault(t("The number has too many digits."), "range")
    return raw


def _number(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
        raise ValueFault(t("A number is expected."))
    if isinstance(raw, str) and not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", raw):
        raise ValueFault(t("A number is expected."))
    try:
        number = Decimal(raw)
    except InvalidOperation as fault:  # pragma: no cover  the pattern lets only numbers through
        raise ValueFault(t("A number is expected.")) from fault
    # 1e999999999 is one short word in the file and a gigabyte as an exact fraction.
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise ValueFault(t("The number has too many digits."), "range")
    if len(number.as_tuple().digits) > 2 * MOST_DIGITS:
        raise ValueFault(t("The number has too many digits."), "range")
    return number


def _decimal(parameter: Parameter, raw: object) -> Decimal:
    return _number(raw)


def _ratio(parameter: Parameter, raw: object) -> Fraction:
    if isinstance(raw, str):
        match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", raw)
        if match and int(match[2]):
            return Fraction(int(match[1]), int(match[2]))
        match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)%", raw)
        if match:
            return Fraction(Decimal(match[1])) / 100
    return Fraction(_number(raw))


def _flag(parameter: Parameter, raw: object) -> bool:
    if not isinstance(raw, bool):
        raise ValueFault(t("Yes or no (true or false) is expected."))
    return raw


def read_date(raw: object) -> date:
    """A calendar date from TOML or JSON; a moment with a time of day is refused."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", raw):
        try:
            return date.fromisoformat(raw)
        except ValueError as fault:
            raise ValueFault(t("“%(text)s” is not a date of the calendar.", text=raw)) from fault
    raise ValueFault(t("A date such as 2023-11-20 is expected."))


def _date(parameter: Parameter, raw: object) -> date:
    return read_date(raw)


def _window(parameter: Parameter, raw: object) -> Window:
    if not isinstance(raw, Mapping) or set(raw) != {"opens", "closes"}:
        raise ValueFault(t("A window with “opens” and “closes” is expected."))
    window = Window(read_date(raw["opens"]), read_date(raw["closes"]))
    if window.closes < window.opens:
        raise ValueFault(
            t(
                "The window closes on %(closes)s, before it opens on %(opens)s.",
                closes=window.closes,
                opens=window.opens,
            ),
            "contradiction",
        )
    return window


def read_text(raw: object) -> str:
    """One text, not empty and not a novel."""
    if not isinstance(raw, str) or not raw.strip():
        raise ValueFault(t("A text is expected."))
    if len(raw) > LONGEST_TEXT:
        raise ValueFault(t("The text is longer than %(most)s characters.", most=LONGEST_TEXT))
    return raw


def _text(parameter: Parameter, raw: object) -> str:
    return read_text(raw)


def _list(raw: object) -> list[object]:
    if not isinstance(raw, list | tuple) or not raw:
        raise ValueFault(t("A list with at least one item is expected."))
    items = list(raw)
    for position, item in enumerate(items):
        if item in items[:position]:
            raise ValueFault(t("“%(item)s” stands twice in the list.", item=item), "contradiction")
    return items


def _texts(parameter: Parameter, raw: object) -> tuple[str, ...]:
    return tuple(read_text(item) for item in _list(raw))


def _integers(parameter: Parameter, raw: object) -> tuple[int, ...]:
    return tuple(_integer(parameter, item) for item in _list(raw))


def _choice(parameter: Parameter, raw: object) -> str:
    if not isinstance(raw, str) or parameter.choice(raw) is None:
        raise ValueFault(
            t("One of these is expected: %(codes)s.", codes=_codes(parameter.choices)), "range"
        )
    return raw


def _choices(parameter: Parameter, raw: object) -> tuple[str, ...]:
    return tuple(_choice(parameter, item) for item in _list(raw))


def _codes(terms: tuple[Term, ...]) -> str:
    return ", ".join(term.code for term in terms)


def _entries(parameter: Parameter, raw: object) -> list[tuple[str, object]]:
    if not isinstance(raw, Mapping) or not raw:
        raise ValueFault(t("A table of names and values is expected."))
    if parameter.choices:
        for key in raw:
            _choice(parameter, key)
    return [(str(key), item) for key, item in raw.items()]


def _amounts(parameter: Parameter, raw: object) -> dict[str, Decimal]:
    return {key: _number(item) for key, item in _entries(parameter, raw)}


def _ranges(parameter: Parameter, raw: object) -> dict[str, Range]:
    return {key: _range(item) for key, item in _entries(parameter, raw)}


def _range(raw: object) -> Range:
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        raise ValueFault(t("A pair of least and greatest value is expected."))
    pair = Range(_number(raw[0]), _number(raw[1]))
    if pair.most < pair.least:
        raise ValueFault(
            t("The least value %(least)s is above the greatest %(most)s.", **_pair_words(pair)),
            "contradiction",
        )
    return pair


def _pair_words(pair: Range) -> dict[str, object]:
    return {"least": number_text(pair.least), "most": number_text(pair.most)}


def _names(parameter: Parameter, raw: object) -> dict[str, str]:
    names = {key: read_text(item) for key, item in _entries(parameter, raw)}
    for code in names:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", code):
            raise ValueFault(t("“%(code)s” is not a code of small letters.", code=code))
    return names


def _check_bounds(parameter: Parameter, value: Value) -> None:
    if parameter.minimum is None and parameter.maximum is None:
        return
    for number in _numbers(value):
        low = parameter.minimum is not None and number < parameter.minimum
        high = parameter.maximum is not None and number > parameter.maximum
        if low or high:
            raise ValueFault(_out_of_range(parameter, number), "range")


def _out_of_range(parameter: Parameter, number: int | Decimal | Fraction) -> Text:
    shown = number_text(number)
    if parameter.maximum is None:
        return t("%(value)s is below %(least)s.", value=shown, least=parameter.minimum)
    if parameter.minimum is None:
        return t("%(value)s is above %(most)s.", value=shown, most=parameter.maximum)
    return t(
        "%(value)s is not between %(least)s and %(most)s.",
        value=shown,
        least=parameter.minimum,
        most=parameter.maximum,
    )


def _numbers(value: Value) -> list[int | Decimal | Fraction]:
    if isinstance(value, bool):
        return []
    if isinstance(value, int | Decimal | Fraction):
        return [value]
    if isinstance(value, tuple):
        return [item for item in value if isinstance(item, int)]
    if isinstance(value, Mapping):
        found: list[int | Decimal | Fraction] = []
        for item in value.values():
            if isinstance(item, Range):
                found += [item.least, item.most]
            elif isinstance(item, Decimal):
                found.append(item)
        return found
    return []


_READERS: dict[Kind, Callable[[Parameter, object], Value]] = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.RATIO: _ratio,
    Kind.FLAG: _flag,
    Kind.DATE: _date,
    Kind.WINDOW: _window,
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.INTEGERS: _integers,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.AMOUNTS: cast("Callable[[Parameter, object], Value]", _amounts),
    Kind.RANGES: cast("Callable[[Parameter, object], Value]", _ranges),
    Kind.NAMES: cast("Callable[[Parameter, object], Value]", _names),
}
