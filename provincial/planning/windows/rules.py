"""What a window and an extension must be; how a window stands at an instant."""

from __future__ import annotations

from datetime import date, datetime

from provincial.core.refusals import Refusal, WrongState
from provincial.core.states import State, Tone
from provincial.core.text import Text, t
from provincial.planning.plans.rules import LIVE, PlanState


class WindowState(State):
    """How a window stands now."""

    FUTURE = "future"
    OPEN = "open"
    CLOSED = "closed"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "future": (t("Not open yet"), Tone.NEUTRAL),
            "open": (t("Open now"), Tone.GOOD),
            "closed": (t("Window closed"), Tone.NEUTRAL),
        }


def state_at(opens_at: datetime, closes_at: datetime, at: datetime) -> WindowState:
    """Where an instant lies; the interval is half-open."""
    if at < opens_at:
        return WindowState.FUTURE
    return WindowState.OPEN if at < closes_at else WindowState.CLOSED


def require_draft(state: str) -> None:
    """Windows are edited only in a draft."""
    if state != PlanState.DRAFT:
        raise WrongState(
            t("The plan has been issued. Extend a window for one body, or issue a notice.")
        )


def require_live(state: str) -> None:
    """Extensions are given only while the plan is under way."""
    if state not in LIVE:
        raise WrongState(t("Windows are extended only in a plan that is under way."))


def require_order(opens: date, closes: date) -> None:
    """The last day is not before the first."""
    if closes < opens:
        raise Refusal(t("The last day lies before the first."), field="closes")


def require_later(last_day: date, common: date, today: date) -> None:
    """An extension lies after the common close and is not over already."""
    if last_day <= common:
        raise Refusal(
            t("The window is open until %(day)s for everybody already.", day=common),
            field="last_day",
            rule="A-44",
        )
    if last_day < today:
        raise Refusal(t("This day has passed already."), field="last_day")
