"""Who edits and extends windows."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.planning.plans import permissions as plans
from provincial.planning.plans.models import Extension, Window
from provincial.planning.plans.rules import LIVE, OFFICERS


def may_see(_viewer: Viewer, _window: Window) -> bool:
    """Whoever sees the plan sees its windows."""
    return True


def may_edit(viewer: Viewer, window: Window) -> bool:
    """Whether the viewer may change the dates: officers, while the plan is a draft."""
    return plans.may_edit(viewer, window.plan)


def may_extend(viewer: Viewer, window: Window) -> bool:
    """Whether the viewer may extend the window for one body."""
    return viewer.role in OFFICERS and window.plan.state in LIVE


def may_withdraw(viewer: Viewer, extension: Extension) -> bool:
    """Whether the viewer may take an extension back."""
    return may_extend(viewer, extension.window)


def sees_reasons(viewer: Viewer, extension: Extension) -> bool:
    """Whether an extension concerns this viewer: the province, the body itself, those above it."""
    body = extension.organisation
    return (
        plans.sees_drafts(viewer)
        or body.path.startswith(viewer.path)
        or body.quota_path.startswith(viewer.quota_path)
    )
