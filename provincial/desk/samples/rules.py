"""Where the demonstration has places and names, and how it shares them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provincial.core.viewer import Viewer

CITY = "410100"
#: The district that has split its places to its schools and locked the table.
DISTRICT = "410105"
#: What the city has handed down of each column, in percent.
SHARE_HANDED_DOWN = 40
#: A city that has handed out everything, and one that has not begun.
READY_CITY = "410200"
LAST_LABEL = "2022年省培计划"
#: Why dates of the notice are accepted or extended.
REASON = "演示"
#: The school whose people have accounts.
SCHOOL = "410105-P03"


@dataclass(frozen=True, slots=True)
class Officers:
    """The people of the demonstration by their sign-in names, as viewers."""

    by_login: Mapping[str, Viewer]

    def __getitem__(self, login: str) -> Viewer:
        return self.by_login[login]


def shared_out(places: int, weights: Sequence[int]) -> list[int]:
    """``places`` by ``weights``: whole parts first, the rest to the largest remainders."""
    total = sum(weights)
    parts = [places * weight // total for weight in weights]
    rests = sorted(range(len(weights)), key=lambda i: (-(places * weights[i] % total), i))
    for i in rests[: places - sum(parts)]:
        parts[i] += 1
    return parts


def split_evenly(
    held: Mapping[int, int], children: Sequence[int], weights: Sequence[int], percent: int
) -> dict[tuple[int, int], int]:
    """``percent`` of what is held of each project, over the children: ``{(child, project): places}``."""
    return {
        (child, project): part
        for project, places in held.items()
        for child, part in zip(children, shared_out(places * percent // 100, weights), strict=True)
        if part
    }
