"""What the pages of duplicates ask for."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField

from provincial.web.formkit import Form, ReasonField


class MergeForm(Form):
    """One record is merged into the other, as they were compared."""

    keep = HiddenField()
    seen = HiddenField()
    reason = ReasonField()

    @property
    def versions(self) -> tuple[int, int] | None:
        """The versions of (kept, gone) that the person compared."""
        parts: list[Any] = str(self.seen.data or "").split("-")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
            return None
        return int(parts[0][:9]), int(parts[1][:9])
