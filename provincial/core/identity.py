"""Numbers and names as people type them: one normaliser per type, never a silent change of meaning.

Full-width digits pass ``str.isdigit`` and ``int``; superscripts pass the first and break the second.
So everything is brought to NFKC and matched with ``[0-9]`` in full (security.md part 3).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t

_CONTROLS = {"Cc", "Cf", "Co", "Cs"}
_DASHES = "-－—–―‐‑−─"
#: The dots that stand between the parts of a name, in the order in which lists use them.
NAME_DOTS = "·•・‧．･∙⋅●"
_DOTS = str.maketrans(dict.fromkeys(NAME_DOTS, "·"))
#: Largest figure a cell may hold; far above any province, far below the database's integer.
LARGEST_COUNT = 1_000_000


def clean_line(text: str) -> str:
    """One line as typed: outer blanks go, inner runs of blanks become one, the rest stays."""
    return re.sub(r"[\s\u3000\u200b\ufeff]+", " ", text).strip()


def has_hidden_characters(text: str) -> bool:
    """Whether ``text`` holds controls, direction marks or zero-width characters."""
    return any(unicodedata.category(char) in _CONTROLS for char in set(text))


def match_key(name: str) -> str:
    """The key on which names are compared: NFKC, no blanks, dots unified, case folded."""
    folded = unicodedata.normalize("NFKC", name).translate(_DOTS).casefold()
    return "".join(
        char
        for char in folded
        if not char.isspace() and unicodedata.category(char) not in _CONTROLS
    )


def parse_count(raw: object) -> int | None:
    """A count of places from a cell or field; ``None`` for an empty one; a dash is nought.

    Refuses fractions, negatives, words and anything beyond ``LARGEST_COUNT``.
    """
    if raw is None or isinstance(raw, bool):
        if raw is None:
            return None
        raise Refusal(t("A number is expected here, not yes or no."))
    if isinstance(raw, int | float):
        return _count_from_number(raw)
    text = "".join(unicodedata.normalize("NFKC", str(raw)).split())
    if not text:
        return None
    if len(text) <= 2 and all(char in _DASHES for char in text):
        return 0
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", text):
        text = text.replace(",", "")
    if re.fullmatch(r"[0-9]{1,19}", text):
        return _count_from_number(int(text))
    if re.fullmatch(r"[-−][0-9]{1,19}(\.[0-9]+)?", text):
        raise Refusal(t("A number of places cannot be negative."))
    if re.fullmatch(r"[0-9]{1,15}\.[0-9]+", text):
        return _count_from_number(float(text))
    raise Refusal(t("“%(text)s” is not a whole number.", text=clean_line(str(raw))[:40]))


def _count_from_number(number: float) -> int:
    if number != number or number in (float("inf"), float("-inf")):
        raise Refusal(t("A whole number is expected here."))
    if number < 0:
        raise Refusal(t("A number of places cannot be negative."))
    if number > LARGEST_COUNT:
        raise Refusal(t("The number is larger than any province could have."))
    if number != int(number):
        raise Refusal(t("Places are whole: %(number)s is a fraction.", number=f"{number:g}"))
    return int(number)


#: GB 11643-1999: weights of the first 17 digits, and the check digit for each remainder.
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_OLDEST = 110
_LONGEST_NAME = 50
#: What separates the parts of a name: Uighur dots, blanks, and the marks of foreign names.
_NAME_MARKS = " ·-'’."


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A resident ID number (GB 11643): 18 characters, and what it says of its holder.

    ``sex`` is a code of GB/T 2261.1 (1 male, 2 female); ``tidied`` when width or blanks changed.
    Residence permits of people from Hong Kong, Macao and Taiwan follow the same standard.
    """

    number: str
    birth_on: date
    sex: str
    tidied: bool = False

    @property
    def is_permit(self) -> bool:
        """Whether it is a residence permit (81 Hong Kong, 82 Macao, 83 Taiwan)."""
        return self.number[:2] in ("81", "82", "83")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in the form that the register keeps, and what was tidied, as findings that pass."""

    name: str
    notes: tuple[Finding, ...] = ()


def id_check_character(first_17: str) -> str:
    """The check character that belongs to 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def holds_id_number(words: str) -> bool:
    """Whether a sentence holds an ID number whose check digit is right, blanks between or not (R6)."""
    tidy = _half_width(words).upper()
    found = re.finditer(r"(?<![0-9])(?=([0-9]{17}[0-9X])(?![0-9]))", tidy)
    return any(id_check_character(one[1][:17]) == one[1][17] for one in found)


def parse_id_number(raw: str, today: date) -> IdNumber:
    """An ID number as typed, brought to half width and capital X, without blanks.

    Refuses with one finding: ``id-length``, ``id-characters``, ``id-checksum``, ``id-birth``. The
    sentences never repeat the number: they are kept with the import (R6).
    """
    tidy = _half_width(raw).upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", tidy):
        raise _wrong_form(tidy)
    try:
        birth_on = date(int(tidy[6:10]), int(tidy[10:12]), int(tidy[12:14]))
    except ValueError:
        birth_on = date.max
    if birth_on > today or today.year - birth_on.year > _OLDEST:
        raise _refused("id-birth", t("The ID number holds no possible day of birth."), _READ_AGAIN)
    if id_check_character(tidy[:17]) != tidy[17]:
        message = t("The check digit of the ID number is wrong: a digit is mistyped or swapped.")
        raise _refused("id-checksum", message, _READ_AGAIN)
    sex = "1" if int(tidy[16]) % 2 else "2"
    return IdNumber(tidy, birth_on, sex, tidy != raw.strip().upper())


def _wrong_form(tidy: str) -> Refusal:
    length = len(tidy)
    if not re.fullmatch(r"[0-9]*X?", tidy):
        message = t("An ID number has only digits, and X at the end.")
        return _refused("id-characters", message, _READ_AGAIN)
    if length == 15:
        message = t("This is an ID number of the first generation with 15 digits.")
        return _refused("id-length", message, t("Write the number of 18 digits of today's card."))
    message = t("An ID number has 18 characters; here are %(count)s.", count=length)
    return _refused("id-length", message, _READ_AGAIN)


_READ_AGAIN = t("Read the number again from the card.")


def parse_mobile(raw: str) -> str:
    """A mobile number of the mainland as 11 digits; blanks, hyphens and +86 are taken off.

    Refuses with the finding ``phone``; the sentence does not repeat the number (R6).
    """
    tidy = re.sub(r"[-()]", "", _half_width(raw))
    tidy = re.sub(r"^(\+86|0086|86(?=1[3-9][0-9]{9}$))", "", tidy)
    if not re.fullmatch(r"1[3-9][0-9]{9}", tidy):
        message = t("A mobile number has 11 digits and begins with 13 to 19.")
        raise _refused("phone", message, t("Write one number only, without words."))
    return tidy


def parse_person_name(raw: str) -> str:
    """A person's name as given: outer blanks go, rare characters, dots and inner blanks stay.

    Compare names on ``match_key``. Refuses with the finding ``name``: hidden characters, signs that
    no name has, fewer than two or more than 50 characters.
    """
    bare = re.sub(r"[\s\u3000]+", " ", raw).strip()
    if any(unicodedata.category(char) == "Co" for char in bare):
        message = t("The name holds a self-made character that others cannot see.")
        raise _refused(
            "name", message, t("Type the rare character again with a current input method.")
        )
    if has_hidden_characters(bare):
        message = t("The name holds characters that cannot be seen.")
        raise _refused("name", message, t("Type the name again instead of pasting it."))
    if not all(_stands_in_name(char) for char in bare):
        message = t("The name holds signs or digits that no name has.")
        raise _refused("name", message, t("Write the name alone, as on the ID card."))
    letters = sum(char not in _NAME_MARKS for char in match_key(bare))
    if letters < 2 or len(bare) > _LONGEST_NAME:
        message = t("A name has 2 to %(limit)s characters.", limit=_LONGEST_NAME)
        raise _refused("name", message, None)
    return bare


def read_person_name(raw: str) -> PersonName:
    """A name for the register: one kind of dot, half width, no blanks among Chinese characters.

    Says what it tidied (``name-dots``, ``name-width``, ``name-blanks``); a rare character is never
    replaced by another. Refuses what ``parse_person_name`` refuses.
    """
    bare = parse_person_name(raw)
    notes: list[Finding] = []

    def step(tidied: str, code: str, message: Text) -> str:
        if tidied != name:
            notes.append(Finding(Severity.PASS, message, code=code))
        return tidied

    name = bare
    name = step(_one_dot(name), "name-dots", t("The dots in the name were made one kind: ·"))
    name = step(_narrow(name), "name-width", t("Full-width letters in the name were made narrow."))
    if not any(char.isascii() and char.isalpha() for char in name):
        name = step(name.replace(" ", ""), "name-blanks", t("Blanks were taken out of the name."))
    return PersonName(name, tuple(notes))


def person_key(name: str) -> str:
    """The key on which names of people are compared: as ``match_key``, a full stop is a dot too."""
    return match_key(_one_dot(name))


def _one_dot(name: str) -> str:
    """Every dot between two parts of a name as U+00B7, without blanks around it."""
    plain = name.translate(_DOTS)
    return re.sub(r"(?<=[^\x00-\x7f·])\s*[·.]+\s*(?=[^\x00-\x7f·])", "·", plain)


def _narrow(name: str) -> str:
    """Full-width letters as narrow ones; nothing else changes (NFKC would change rare characters)."""
    return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in name)


def _stands_in_name(char: str) -> bool:
    # Newer planes of rare characters are still unknown to older Unicode tables.
    category = unicodedata.category(char)
    rare = 0x20000 <= ord(char) <= 0x3FFFF
    dot = char.translate(_DOTS) == "·"
    return rare or dot or category in ("Lo", "Lu", "Ll", "Lm", "Mn", "Mc") or char in _NAME_MARKS


def _half_width(raw: str) -> str:
    """Full-width forms of ASCII to ASCII, blanks and invisible marks out; nothing else changes.

    Not NFKC: that would turn a superscript or a number in a circle into a digit.
    """
    kept = (
        c for c in _narrow(raw) if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf")
    )
    return "".join(kept).lstrip("'‘’`")


def _refused(code: str, message: Text, mend: Text | None) -> Refusal:
    return Refusal(message, findings=[Finding(Severity.BLOCK, message, code=code, mend=mend)])
