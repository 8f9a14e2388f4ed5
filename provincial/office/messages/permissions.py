"""Who reads which message, and who sees the mail log."""

from __future__ import annotations

from sqlalchemy import or_
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.office.messages.models import Message


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of the feed: to me, or to the body I act for now.

    A teacher belongs to a school without acting for it; what the school is told of the colleagues
    (a ban, a nomination returned) is not for them (R5).
    """
    if viewer.is_any("teacher"):
        return Message.user_id == viewer.user_id
    return or_(
        Message.user_id == viewer.user_id,
        Message.organisation_id == viewer.organisation_id,
    )


def may_run_mail(viewer: Viewer) -> bool:
    """Whether the viewer may see the mail log and send again: the site's administrators."""
    return viewer.is_any("system_administrator", "province_administrator")
