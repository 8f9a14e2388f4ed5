"""Who may read the journal as a whole: the auditor, who changes nothing (R32)."""

from __future__ import annotations

from provincial.core.viewer import Viewer


def may_audit(viewer: Viewer) -> bool:
    """Whether the viewer may search and export the journal."""
    return viewer.is_any("auditor")
