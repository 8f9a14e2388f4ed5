"""Numbers and names as people type them: one normaliser per type, never a silent change of meaning.

Full-width digits pass ``str.isdigit`` and ``int``; superscripts pass the first and break the second.
So everything is brought to NFKC and matched with ``[0-9]`` in full (security.md part 3).
"""

from __future__ import annotations

import re
import unicodedata

from provincial.core.refusals import Refusal
from provincial.core.text import t

_CONTROLS = {"Cc", "Cf", "Co", "Cs"}
_DASHES = "-－—–―‐‑−─"
_DOTS = str.maketrans({"•": "·", "・": "·", "‧": "·", "．": "·", "●": "·"})
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
