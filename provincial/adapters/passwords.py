"""Passwords, single-use secrets and the codes on activation slips (R21, R24)."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type
from pypinyin import lazy_pinyin

from provincial.adapters.common_words import COMMON_WORDS, KEYBOARD_ROWS
from provincial.core.findings import Finding, Severity
from provincial.core.text import Text, t

MIN_LENGTH = 15
MIN_LENGTH_WITH_SECOND_FACTOR = 8
MAX_LENGTH = 128
#: Characters that must remain when everything guessable is taken away.
MIN_REMAINDER = 5

#: 19 MiB, two passes, one lane: 28 ms; the library's default would let a small host do 8 a second.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
#: Each hash takes 19 MiB; a rush of sign-ins must not take the host's memory.
_turn = threading.BoundedSemaphore(4)
#: Of a random password nobody knows: an unknown user costs as much time as a known one.
_dummy_hash = _hasher.hash(secrets.token_urlsafe(32))

#: Neither 0 and O nor 1 and I: 32 signs, 5 bits each.
_SLIP_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_SLIP_GROUPS, _SLIP_GROUP = 4, 5
_UNRELATED = t("Use words that do not belong together.")
_LEET = str.maketrans({"@": "a", "$": "s", "0": "o", "1": "i", "3": "e", "5": "s", "7": "t"})
_YEARS = re.compile(r"(?:19|20)[0-9]{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])?)?")


def hash_password(password: str) -> str:
    """The argon2id hash of ``password``, with its own salt and parameters."""
    with _turn:
        return _hasher.hash(_as_hashed(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``stored``; the same work when there is no user."""
    with _turn:
        try:
            matches = _hasher.verify(stored or _dummy_hash, _as_hashed(password))
        except (VerificationError, InvalidHashError):
            return False
    return matches and bool(stored)


def needs_rehash(stored: str) -> bool:
    """Whether ``stored`` was made with other parameters; renew it at the next sign-in."""
    return _hasher.check_needs_rehash(stored)


def password_findings(
    password: str, own_words: Iterable[str], *, second_factor: bool = False
) -> list[Finding]:
    """What is wrong with a chosen password, as blocks; an empty list when it may be used.

    Length in characters, 15 or, with a second factor, 8, at most 128; no rule about kinds of
    characters. ``own_words`` are the person's name, account, phone, ID number and organisation:
    they, the common words, runs of keys, repeats and years do not count towards a password.
    """
    least = MIN_LENGTH_WITH_SECOND_FACTOR if second_factor else MIN_LENGTH
    length = len(password)
    if length < least:
        message = t("The password needs at least %(least)s characters.", least=least)
        mend = t("Several words with a meaning only for you are long and easy to remember.")
        return [_block(message, "password_short", str(length), str(least), mend)]
    if length > MAX_LENGTH:
        message = t("The password may have at most %(most)s characters.", most=MAX_LENGTH)
        return [_block(message, "password_long", str(length), str(MAX_LENGTH))]
    folded = _folded(password)
    foreign = _without(folded, _own_forms(own_words))
    if foreign != folded and len(_without_common(foreign)) < MIN_REMAINDER:
        message = t("The password is made of your own name, number or organisation.")
        return [_block(message, "password_own", mend=_UNRELATED)]
    if len(_without_common(folded)) < MIN_REMAINDER:
        message = t("The password is made of words, keys or years that everybody tries first.")
        return [_block(message, "password_common", mend=_UNRELATED)]
    return []


def new_token() -> str:
    """A single-use secret of 256 bits for links: invitation, reset, session."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """The SHA-256 of ``token``: the only form in which it is stored."""
    return hashlib.sha256(token.encode()).digest()


def new_slip_code() -> str:
    """A code of 100 bits to type from paper, ``K7MWQ-…``: four groups of five."""
    return "-".join(
        "".join(secrets.choice(_SLIP_SIGNS) for _ in range(_SLIP_GROUP))
        for _ in range(_SLIP_GROUPS)
    )


def clean_slip_code(typed: str) -> str | None:
    """The code as ``new_slip_code`` writes it, however it was typed; ``None`` if it is none."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    signs = re.sub(r"[\s\-‐‑–—−_.]+", "", folded)
    if len(signs) != _SLIP_GROUPS * _SLIP_GROUP or any(sign not in _SLIP_SIGNS for sign in signs):
        return None
    return "-".join(signs[at : at + _SLIP_GROUP] for at in range(0, len(signs), _SLIP_GROUP))


def _as_hashed(password: str) -> bytes:
    # Full-width and half-width input methods give different characters for the same keys.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _block(
    message: Text, code: str, measured: str = "", limit: str = "", mend: Text | None = None
) -> Finding:
    return Finding(Severity.BLOCK, message, code=code, measured=measured, limit=limit, mend=mend)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum() or char in "@$")


def _own_forms(words: Iterable[str]) -> list[str]:
    """Each word as typed and as pinyin, whole and its first letters; too short ones are left."""
    forms: set[str] = set()
    for word in words:
        folded = _folded(word)
        syllables = lazy_pinyin(word, errors="ignore")
        forms.update((folded, "".join(syllables), *syllables))
        forms.add("".join(syllable[:1] for syllable in syllables))
        forms.update(folded[-size:] for size in (4, 6, 8) if folded.isdigit())
    return sorted((form for form in forms if len(form) >= 2), key=len, reverse=True)


def _without(text: str, pieces: Iterable[str]) -> str:
    for piece in pieces:
        text = text.replace(piece, " ")
    return text


def _without_common(text: str) -> str:
    """What is left of ``text`` without words, years, runs of keys and repeats."""
    text = _YEARS.sub(" ", text)
    text = " ".join(_without_runs(part) for part in text.split())
    text = _without(text, COMMON_WORDS)
    text = _without(text.translate(_LEET), COMMON_WORDS)
    parts = {part for part in _without_repeats(text).split() if part}
    return "".join(sorted(parts))


def _without_repeats(text: str) -> str:
    """One copy of what stands three times and more in a row (``ababab``, ``aaaa``)."""
    return re.sub(r"(.{1,8}?)\1{2,}", r" \1 ", text)


def _without_runs(part: str) -> str:
    """``part`` without stretches of four and more neighbours on the keyboard or in the alphabet."""
    kept, at = [], 0
    while at < len(part):
        size = max(_run_length(part, at, row) for row in KEYBOARD_ROWS)
        if size >= 4:
            kept.append(" ")
            at += size
        else:
            kept.append(part[at])
            at += 1
    return "".join(kept)


def _run_length(part: str, at: int, row: str) -> int:
    size = 0
    while at + size < len(part) and part[at : at + size + 1] in row:
        size += 1
    return size
