"""Who is signed in. Only views ask; below them the person is an argument."""

from __future__ import annotations

from provincial.web.access import viewer as current_viewer
from provincial.web.access import viewer_or_none as current_viewer_or_none

__all__ = ["current_viewer", "current_viewer_or_none"]
