"""State machines as tables: (state, action, who, next state). Pages, actions and tests read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provincial.core.refusals import WrongState
from provincial.core.text import Text, t


class Tone(StrEnum):
    """How a state looks; always beside a word and an icon, never colour alone."""

    NEUTRAL = "neutral"
    WAITING = "waiting"
    GOOD = "good"
    ATTENTION = "attention"
    BLOCKED = "blocked"


class State(StrEnum):
    """Base of every state enum; subclasses give each member its label and tone by ``looks``."""

    @property
    def label(self) -> Text:
        """The word for people."""
        return self.looks()[self.value][0]

    @property
    def tone(self) -> Tone:
        """The colour family of the tag."""
        return self.looks()[self.value][1]

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone of every member, by value."""
        raise NotImplementedError(cls)


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step. ``roles`` are the roles that may take it; ``grave`` asks for confirmation."""

    state: State
    action: str
    roles: frozenset[str]
    next_state: State
    label: Text
    grave: bool = False
    needs_reason: bool = False


class Machine:
    """A transition table with the two questions everyone asks of it."""

    def __init__(self, transitions: Iterable[Transition]) -> None:
        self.transitions: Sequence[Transition] = tuple(transitions)
        self._by_step = {(step.state, step.action): step for step in self.transitions}

    def step(self, state: State, action: str) -> Transition:
        """The transition for ``action`` in ``state``; refuses when there is none."""
        found = self._by_step.get((state, action))
        if found is None:
            raise WrongState(
                t("This cannot be done while the state is “%(state)s”.", state=state.label)
            )
        return found

    def open_to(self, state: State, role: str) -> list[Transition]:
        """The steps that ``role`` may take now, in table order; the page draws its buttons from it."""
        return [s for s in self.transitions if s.state == state and role in s.roles]
