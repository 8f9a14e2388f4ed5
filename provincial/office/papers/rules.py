"""States of a paper, its number, and the code that people type to verify it."""

from __future__ import annotations

import unicodedata
from datetime import date

from provincial.core.refusals import Refusal
from provincial.core.states import Machine, State, Tone, Transition
from provincial.core.text import Text, t


class PaperState(State):
    """Whether a paper counts."""

    VALID = "valid"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "valid": (t("Valid"), Tone.GOOD),
            "replaced": (t("Replaced"), Tone.ATTENTION),
            "withdrawn": (t("Withdrawn"), Tone.BLOCKED),
        }


_ISSUERS = frozenset({"province_administrator", "province_officer"})

#: A paper is never changed: it is valid until another takes its place or it is taken back.
MACHINE = Machine(
    (
        Transition(
            PaperState.VALID, "replace", _ISSUERS, PaperState.REPLACED, t("Replace"), grave=True
        ),
        Transition(
            PaperState.VALID,
            "withdraw",
            _ISSUERS,
            PaperState.WITHDRAWN,
            t("Withdraw"),
            grave=True,
            needs_reason=True,
        ),
    )
)

#: Digits and capital letters without those that are taken for another (I, L, O, U).
CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})

#: How often an unknown code may be tried from one address in ten minutes (R40).
UNKNOWN_TRIES = 20

#: Kinds of paper by which a plan is carried out; not those about a person (bans, exemptions).
PLAN_KINDS = frozenset({"quota_letter"})
#: Kinds of paper that name teachers.
NAME_KINDS = frozenset({"nomination_list"})


def number_of(pattern: str, running: int, issued_on: date) -> str:
    """The number of a paper, e.g. ``教师培训〔{year}〕{n}号``; the running number has no noughts.

    GB/T 9704: the year in full between 〔 〕, no leading noughts, no 第.
    """
    if "{n}" not in pattern:
        raise ValueError("A number pattern needs a place for the running number: {n}.")
    return pattern.replace("{year}", str(issued_on.year)).replace("{n}", str(running))


def tidy_code(typed: str) -> str:
    """The code as stored from what was typed: blanks, dashes, small letters and look-alikes."""
    wide = unicodedata.normalize("NFKC", typed).upper().translate(_MISREAD)
    code = "".join(sign for sign in wide if sign.isalnum() or sign not in "- \t–—－")
    code = "".join(code.split())
    if len(code) != CODE_LENGTH or any(sign not in CODE_SIGNS for sign in code):
        raise Refusal(
            t(
                "The code has %(count)s letters and digits, as printed below the QR code.",
                count=CODE_LENGTH,
            ),
            field="typed",
        )
    return code


def shown_code(code: str) -> str:
    """The code in groups of four, as printed."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))
