"""What stands in the way of taking an act back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provincial.core.findings import Finding, Severity
from provincial.core.text import Text, t


@dataclass(frozen=True, slots=True)
class UndoRow:
    """One entry on its way back: what the cell holds and has passed on or filled, and what came later.

    ``above_left`` is what the parent has unassigned: a place given back can be given again only
    from there.
    """

    entry_id: int
    sheet_id: int
    parent_id: int | None
    project_id: int
    body: str
    project: str
    delta: int
    held: int
    given: int
    later: int
    above_left: int = 0
    undone: bool = False


def undo_obstacles(rows: Sequence[UndoRow]) -> list[Finding | None]:
    """What stands in the way of taking each of these entries back together.

    A place that one of them frees can be given again by another: both sides of a swap go back at once.
    """
    freed: dict[tuple[int | None, int], int] = {}
    for row in rows:
        if row.delta > 0 and not row.undone:
            key = (row.parent_id, row.project_id)
            freed[key] = freed.get(key, 0) + row.delta
    return [
        undo_obstacle(
            replace(row, above_left=row.above_left + freed.get((row.parent_id, row.project_id), 0))
        )
        for row in rows
    ]


def undo_obstacle(row: UndoRow) -> Finding | None:
    """What stands in the way of taking this entry back alone; nothing when it can be."""
    if row.undone:
        return _obstacle(
            t("%(body)s · %(project)s was taken back already.", **_names(row)), "undone"
        )
    if row.later:
        return _obstacle(
            t(
                "%(body)s · %(project)s has been changed %(n)s times since; undo the later change first.",
                n=row.later,
                **_names(row),
            ),
            "later_change",
        )
    if row.held - row.delta < row.given:
        return _obstacle(
            t(
                "%(body)s has already passed on %(given)s places of %(project)s.",
                given=row.given,
                **_names(row),
            ),
            "passed_on",
        )
    if -row.delta > row.above_left and row.delta < 0:
        return _obstacle(
            t(
                "The body above has only %(left)s places of %(project)s left to hand out again.",
                left=row.above_left,
                project=row.project,
            ),
            "handed_on_above",
        )
    return None


def _names(row: UndoRow) -> dict[str, object]:
    return {"body": row.body, "project": row.project}


def _obstacle(message: Text, code: str) -> Finding:
    return Finding(Severity.BLOCK, message, rule="HN-38", code=code)
