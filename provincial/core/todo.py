"""One thing that waits for a person: what to do, where, and by when.

Rooms provide ``queries.todo(viewer) -> list[TodoItem]``; the sitemap names them as
``app.config["TODO_SOURCES"]``; home and the hand-over of a post list what they give.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from provincial.core.text import Text
from provincial.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class TodoItem:
    """``title`` begins with the verb; ``source`` is the article behind a deadline, or empty.

    ``place`` is a stable word for the menu place where it waits; ``count`` how many wait there.
    """

    title: Text
    url: str
    due: date | None = None
    source: str = ""
    place: str = ""
    count: int | None = None


TodoSource = Callable[[Viewer], list[TodoItem]]
