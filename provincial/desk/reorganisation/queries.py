"""Choices of the pages of reorganisation."""

from __future__ import annotations

from collections.abc import Sequence

from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import bureaus_below
from provincial.people.organisations.rules import PARENT_KINDS, Kind, is_below


def possible_parents(viewer: Viewer, body: Organisation) -> Sequence[Organisation]:
    """Bureaus in the viewer's scope below which this body could stand."""
    kinds = PARENT_KINDS.get(Kind(body.kind), frozenset())
    if body.kind == Kind.COUNTY:
        kinds |= PARENT_KINDS[Kind.PROVINCE_MANAGED_COUNTY]
    return [
        bureau
        for bureau in bureaus_below(viewer)
        if bureau.kind in kinds and not is_below(bureau.path, body.path)
    ]
