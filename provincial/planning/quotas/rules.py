"""Plain decisions of a holder: locking and dates. No database here."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from provincial.core.findings import Finding, Severity
from provincial.core.identity import parse_count
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.planning.ledger.rules import BatchKind, CellFacts

#: Acts of a holder, which the holder takes back; the province's own tables have their own page.
HOLDER_ACTS = frozenset({BatchKind.SPLIT, BatchKind.SWAP, BatchKind.TOP_UP, BatchKind.GIVE_BACK})


def check_lock(cells: Iterable[CellFacts]) -> list[Finding]:
    """What stands in the way of locking: every column must be handed out in full (HN-38, HN-39)."""
    return [
        Finding(
            Severity.BLOCK,
            t(
                "%(project)s: %(left)s of %(held)s places are not assigned yet.",
                project=cell.name,
                left=cell.unassigned,
                held=cell.held,
            ),
            rule="HN-38",
            code="unassigned",
            measured=str(cell.given),
            limit=str(cell.held),
            mend=t("Assign the rest or give it back with a reason."),
        )
        for cell in cells
        if cell.unassigned
    ]


def summarised(findings: Sequence[Finding], cells: Sequence[CellFacts]) -> list[Finding]:
    """Many open columns in one line; the table beside it names each."""
    left = [cell for cell in cells if cell.unassigned]
    if len(left) <= 3:
        return list(findings)
    message = t(
        "%(places)s places in %(columns)s columns are not assigned yet.",
        places=sum(cell.unassigned for cell in left),
        columns=len(left),
    )
    mend = t("Assign the rest or give it back with a reason.")
    given, held = sum(cell.given for cell in cells), sum(cell.held for cell in cells)
    return [
        Finding(Severity.BLOCK, message, "HN-38", "unassigned", "", str(given), str(held), mend)
    ]


def check_due_below(wanted: date, own_due: date | None, on: date) -> None:
    """A body may set an earlier date for those below it, never a later one."""
    if own_due is not None and wanted > own_due:
        raise Refusal(
            t("The date for those below can be %(due)s at the latest.", due=own_due.isoformat()),
            field="due_below",
            rule="HN-40",
        )
    if wanted < on:
        raise Refusal(t("The date has passed already."), field="due_below")


#: A cell of the split page: (organisation, project).
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CellsRead:
    """The split page as typed: figures by cell, what differs from the page as opened, what is wrong."""

    figures: Mapping[Cell, int]
    wanted: Mapping[Cell, int]
    errors: Mapping[Cell, Text] = field(default_factory=dict)


def read_cells(
    typed: Mapping[Cell, str],
    opened_with: Mapping[Cell, int] | None,
    passed_on: Mapping[Cell, int],
) -> CellsRead:
    """Read what was typed; an empty cell or a dash is nought, full-width digits count.

    ``opened_with`` is what the page showed when it was opened (unknown: every cell counts as typed);
    ``passed_on`` what a body has handed on itself, below which its figure cannot go (HN-38).
    """
    figures: dict[Cell, int] = {}
    errors: dict[Cell, Text] = {}
    for cell, raw in typed.items():
        try:
            figures[cell] = parse_count(raw) or 0
        except Refusal as refused:
            errors[cell] = refused.message
    wanted = {
        cell: n
        for cell, n in figures.items()
        if opened_with is None or opened_with.get(cell, 0) != n
    }
    for cell, n in wanted.items():
        if n < passed_on.get(cell, 0):
            errors[cell] = t("At least %(count)s: already handed on.", count=passed_on[cell])
    return CellsRead(figures, wanted, errors)


@dataclass(frozen=True, slots=True)
class Merged:
    """Two saves of one page laid together: the figures to show, and the cells both have changed."""

    figures: Mapping[Cell, int]
    clashes: Mapping[Cell, tuple[int, int]]


def merge_saves(
    mine: Mapping[Cell, int],
    wanted: Mapping[Cell, int],
    theirs: Mapping[Cell, int],
    known: Container[Cell],
) -> Merged:
    """Keep what I changed, take over what the other changed; name each cell where we differ.

    ``known`` are the cells the table has now: a body may have moved away since the page was opened.
    """
    wanted = {cell: n for cell, n in wanted.items() if cell in known}
    figures = {cell: wanted.get(cell, theirs.get(cell, 0)) for cell in mine if cell in known}
    clashes = {
        cell: (theirs.get(cell, 0), n) for cell, n in wanted.items() if theirs.get(cell, 0) != n
    }
    return Merged(figures, clashes)


def todo_title(category: str, left: Sequence[CellFacts]) -> Text:
    """What a holder has to do next: name the one column that is open, or count them."""
    if not left:
        return t("Lock the table: %(category)s is fully allocated", category=category)
    places = sum(facts.unassigned for facts in left)
    if len(left) == 1:
        return t(
            "Split places: %(project)s still has %(n)s unassigned", project=left[0].name, n=places
        )
    return t(
        "Split places: %(category)s still has %(n)s unassigned in %(columns)s columns",
        category=category,
        n=places,
        columns=len(left),
    )
