"""Carrying places along when the tree has changed, by entries of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise

from sqlalchemy import select

from provincial.core import clock
from provincial.core.db import db
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.papers.models import Paper
from provincial.people.organisations.rules import ChangeKind, OrganisationChange
from provincial.planning.deadlines.queries import deadline_below
from provincial.planning.ledger import queries as ledger
from provincial.planning.ledger.actions import (
    Flow,
    book,
    carry_used,
    hang,
    lock_sheet,
    note,
    open_batch,
    sheet_on_path,
)
from provincial.planning.ledger.models import QuotaBatch, QuotaSheet
from provincial.planning.ledger.rules import BatchKind
from provincial.planning.letters import actions as letters
from provincial.planning.moves.queries import bodies_with_letter, fed_by, givers_of
from provincial.planning.quotas.actions import give_back
from provincial.planning.quotas.queries import holdings


def follow_organisation_change(change: OrganisationChange, by: Viewer) -> None:
    """Carry places along when the tree has changed; called after the tree itself was changed.

    A body that moved takes its places with it; one that merged leaves them to its successor after
    the bodies below it have moved; one that closed gives back what it has not handed on. Letters
    whose figures are no longer true are written again.
    """
    body, reason = change.organisation_id, change.reason
    batches: list[QuotaBatch] = []
    if change.kind is ChangeKind.MERGED and change.successor_id is not None:
        batches += _move_children(change.children, body, change.successor_id, reason, by)
        batches += follow_merge(body, change.successor_id, reason=reason, by=by)
    elif change.kind is ChangeKind.PARTED and change.successor_id is not None:
        batches += _move_children(change.children, change.successor_id, body, reason, by)
    elif change.kind is ChangeKind.CLOSED:
        batches += _give_everything_back(body, reason, by)
    elif change.quota_moves:
        before, after = change.before["quota_parent_id"], change.after["quota_parent_id"]
        batches += follow_move(body, int(str(before)), int(str(after)), reason=reason, by=by)
    write_letters_again(batches, reason=reason, by=by, on=clock.today())


def write_letters_again(
    batches: Sequence[QuotaBatch], *, reason: str, by: Viewer, on: date
) -> list[Paper]:
    """Letters to the bodies whose places these acts changed, from the top down; the new letters.

    A letter that stands is replaced, or withdrawn when nothing is left; a body that has none gets
    its first where the table above is already in force. Elsewhere locking the table writes them.
    """
    written: list[Paper] = []
    for giver, bodies in givers_of(batch.id for batch in batches):
        empty = ledger.without_places(giver.id, bodies)
        letters.withdraw(giver, empty, reason=reason, by=by)
        told = set(bodies_with_letter(giver.id, bodies))
        in_force = giver.parent_id is None or giver.locked_at is not None
        wanted = [b for b in bodies if b not in empty and (in_force or b in told)]
        due = deadline_below(giver)
        written += letters.send(giver, wanted, due=due, reason=reason, by=by, on=on)
    return written


def _move_children(
    children: Sequence[int], giver_id: int, new_giver_id: int, reason: str, by: Viewer
) -> list[QuotaBatch]:
    """The bodies below that hold places from ``giver_id`` take them along to the new giver."""
    return [
        batch
        for child in fed_by(giver_id, children)
        for batch in follow_move(child, giver_id, new_giver_id, reason=reason, by=by)
    ]


def _give_everything_back(organisation_id: int, reason: str, by: Viewer) -> list[QuotaBatch]:
    """What a closed body holds goes back to the body above it; refuses while others hold its places."""
    batches = []
    for holding in holdings(organisation_id):
        if not holding.held:
            continue
        if holding.used:
            raise Refusal(
                t(
                    "%(n)s places of %(body)s are filled; its nominations must be withdrawn first.",
                    body=holding.sheet.organisation.name,
                    n=holding.used,
                ),
                rule="HN-38",
            )
        if holding.given:
            raise Refusal(
                t(
                    "%(body)s has handed on %(n)s places; they must be given back first.",
                    body=holding.sheet.organisation.name,
                    n=holding.given,
                ),
                rule="HN-38",
            )
        cells = ledger.cells_of([holding.sheet.id])
        left = {project: facts.unassigned for (_s, project), facts in cells.items()}
        batches.append(give_back(holding.sheet, left, reason=reason, by=by))
    return batches


def follow_move(
    organisation_id: int, old_parent_id: int, new_parent_id: int, *, reason: str, by: Viewer
) -> list[QuotaBatch]:
    """Carry a body's places along when it moves under another parent of the quota tree.

    Its own sheet and everything below stay; the sheets between it and the body above both parents
    lose or gain what it holds, by entries. Plans that are archived keep their history.
    """
    batches = []
    for sheet_id in ledger.sheets_in_running_plans(organisation_id):
        sheet = _lock_tree_for_move(sheet_id, new_parent_id)
        old_chain = ledger.chain_above(sheet.id)
        new_parent = sheet_on_path(sheet.category_id, new_parent_id)
        new_chain = [new_parent, *ledger.chain_above(new_parent)]
        held = {p: c.held for (s, p), c in ledger.cells_of([sheet.id]).items() if c.held}
        batch = open_batch(sheet, BatchKind.MOVE, by=by, reason=reason)
        flows = _move_flows(sheet.id, old_chain, new_chain, held)
        book(batch, flows, ledger.cells_of([sheet.id, *old_chain, *new_chain]))
        sheet = hang(sheet.id, new_parent)
        places = sum(held.values())
        said = t("Took %(n)s places along to its new place in the tree", n=places)
        note("quotas.move", sheet, by=by, after={"places": places}, reason=reason, said=said)
        batches.append(batch)
    return batches


def follow_merge(
    organisation_id: int, successor_id: int, *, reason: str, by: Viewer
) -> list[QuotaBatch]:
    """Give the successor what a merged body still holds itself, along both chains.

    The bodies below it have moved before (``follow_move``), so all it holds is unassigned or used by
    nominations; places that are used stay used at the successor.
    """
    batches = []
    for sheet_id in ledger.sheets_in_running_plans(organisation_id):
        sheet = _lock_tree_for_move(sheet_id, successor_id)
        target = sheet_on_path(sheet.category_id, successor_id)
        old_chain = ledger.chain_above(sheet.id)
        new_chain = [target, *ledger.chain_above(target)]
        cells = ledger.cells_of([sheet.id])
        left = {p: c.held - c.given for (s, p), c in cells.items() if c.held - c.given}
        if not left:
            continue
        batch = open_batch(sheet, BatchKind.MOVE, by=by, reason=reason)
        flows = _merge_flows(sheet.id, old_chain, new_chain, left)
        known = ledger.cells_of([sheet.id, *old_chain, *new_chain])
        carry_used(sheet.id, target, partial(book, batch, flows, known))
        places = sum(left.values())
        said = t("Left %(n)s places to the body it was merged into", n=places)
        note("quotas.merge", sheet, by=by, after={"places": places}, reason=reason, said=said)
        batches.append(batch)
    return batches


def _lock_tree_for_move(sheet_id: int, new_parent_id: int) -> QuotaSheet:
    """Both chains under lock, from the top down, then the sheet itself."""
    category_id = db.session.scalars(
        select(QuotaSheet.category_id).where(QuotaSheet.id == sheet_id)
    ).one()
    chain = ledger.chain_above(sheet_id)
    target = ledger.sheet_of(category_id, new_parent_id)
    others = [target.id, *ledger.chain_above(target.id)] if target else []
    for each in ledger.top_down({*chain, *others}):
        lock_sheet(each)
    return lock_sheet(sheet_id)


def _move_flows(
    sheet_id: int, old_chain: Sequence[int], new_chain: Sequence[int], held: Mapping[int, int]
) -> list[Flow]:
    """Out along the old chain, in along the new one; the part both share stays untouched."""
    shared = set(old_chain) & set(new_chain)
    flows: list[Flow] = []
    for chain, sign in ((old_chain, -1), (new_chain, 1)):
        below = sheet_id
        for above in chain:
            flows += [Flow(below, above, project, sign * n) for project, n in held.items()]
            if above in shared:
                break
            below = above
    return flows


def _merge_flows(
    sheet_id: int, old_chain: Sequence[int], new_chain: Sequence[int], left: Mapping[int, int]
) -> list[Flow]:
    """Out from the merged sheet up to the shared body, and from there down to the successor."""
    shared = set(old_chain) & set(new_chain)
    flows: list[Flow] = []
    for chain, sign in (([sheet_id, *old_chain], -1), (list(new_chain), 1)):
        for below, above in pairwise(chain):
            if below in shared:
                break
            flows += [Flow(below, above, project, sign * n) for project, n in left.items()]
    return flows
