"""Which figures and first steps are for whom."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.people.organisations.permissions import runs_province, sees_province
from provincial.people.organisations.rules import QUOTA_HOLDERS, Kind

_NO_FIGURES = ("teacher",)


def sees_province_figures(viewer: Viewer) -> bool:
    """Whether home shows the province's four figures: to whoever reads the whole province."""
    return sees_province(viewer)


def sees_own_figures(viewer: Viewer) -> bool:
    """Whether home shows what the viewer's own body holds."""
    holds = viewer.organisation_kind in QUOTA_HOLDERS - {Kind.PROVINCIAL_OFFICE}
    return holds and not viewer.is_any(*_NO_FIGURES)


def starts_the_province(viewer: Viewer) -> bool:
    """Whether home leads this viewer through the first steps of a new province."""
    return runs_province(viewer)
