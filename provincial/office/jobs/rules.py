"""States of a job."""

from __future__ import annotations

from provincial.core.states import State, Tone
from provincial.core.text import Text, t


class JobState(State):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "queued": (t("Queued"), Tone.NEUTRAL),
            "running": (t("Running"), Tone.WAITING),
            "done": (t("Done"), Tone.GOOD),
            "failed": (t("Failed"), Tone.BLOCKED),
            "cancelled": (t("Cancelled"), Tone.NEUTRAL),
        }


#: A job that a killed worker left is taken up again this many times, then it fails.
MOST_ATTEMPTS = 5
