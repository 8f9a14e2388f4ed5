"""States of a mail, and when it is tried again."""

from __future__ import annotations

from datetime import timedelta

from provincial.core.states import State, Tone
from provincial.core.text import Text, t


class MailState(State):
    """Where a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "waiting": (t("Waiting to be sent"), Tone.WAITING),
            "sent": (t("Sent"), Tone.GOOD),
            "failed": (t("Not delivered"), Tone.BLOCKED),
            "cancelled": (t("Not sent"), Tone.NEUTRAL),
        }


#: A sender that dies with a mail in hand leaves it to another after this time.
IN_HAND = timedelta(minutes=5)
#: A mail that no server took in this many tries (about three days) is given up.
MOST_TRIES = 18
_LONGEST_WAIT = timedelta(hours=6)

#: Why a mail was not sent when the site has no mail server.
NO_SERVER = t("No mail server is set up.")


def wait_after(tries: int) -> timedelta:
    """How long to wait after ``tries`` failures: one minute, doubling, at most six hours."""
    return min(timedelta(minutes=1) * (1 << min(max(tries - 1, 0), 12)), _LONGEST_WAIT)
