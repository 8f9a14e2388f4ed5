"""Second factor and proofs as plain decisions: codes, the time they count, two persons or one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta

from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.people.accounts.rules import CONFIRMED_FOR

#: Seconds that one code of the app counts, and how many codes before and after are taken too.
STEP_SECONDS = 30
STEPS_OF_GRACE = 1
#: Recovery codes made at a time.
RECOVERY_CODES = 10
#: A secret that was shown but not switched on is forgotten after this.
SETUP_LIFE = timedelta(minutes=15)

_CODE = re.compile(r"[0-9]{6}")


def clean_code(typed: str) -> str:
    """Six digits, however they were typed; nothing when it is no such code."""
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))
    return digits if _CODE.fullmatch(digits) else ""


def steps_to_try(at: datetime) -> list[int]:
    """The steps of the app's clock whose code is taken at this instant, the present one first."""
    now = int(at.timestamp()) // STEP_SECONDS
    around = [now + sign * n for n in range(1, STEPS_OF_GRACE + 1) for sign in (-1, 1)]
    return [now, *around]


def still_confirmed(confirmed_at: datetime, at: datetime) -> bool:
    """Whether a proof still counts for grave acts (R23)."""
    return at - confirmed_at < CONFIRMED_FOR


def require_two_persons(hands: Collection[int], earlier: Collection[int | None]) -> None:
    """Refuse a second signature from hands that have held the first one's account (R14).

    ``hands`` are the accounts that may be the same person as the one who signs now.
    """
    if set(hands) & set(earlier):
        raise Refusal(
            t(
                "Your account and that of the first officer have been in the same hands since a "
                "password or second factor was reset. A third officer decides, or somebody else "
                "first confirms that the account is back with its owner."
            )
        )
