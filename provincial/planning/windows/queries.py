"""Reading windows and extensions."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.core.identity import clean_line, match_key
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.planning.plans.models import Extension, Plan, Window
from provincial.planning.plans.permissions import visible
from provincial.planning.windows import permissions

#: Kinds of body whose names are offered while typing.
_OFFERED = (
    "prefecture_city",
    "demonstration_zone",
    "airport_zone",
    "province_managed_county",
    "direct_unit",
    "county",
    "institution",
)


def window_in_scope(viewer: Viewer, window_id: int) -> Window | None:
    """The window with this id, when its plan is in the viewer's sight."""
    return db.session.scalar(
        select(Window).join(Plan).where(Window.id == window_id, visible(viewer))
    )


def extension_in_scope(viewer: Viewer, extension_id: int) -> Extension | None:
    """An extension of a window in scope that concerns the viewer."""
    found = db.session.scalar(
        select(Extension)
        .join(Window)
        .join(Plan)
        .where(Extension.id == extension_id, visible(viewer))
    )
    return found if found is not None and permissions.sees_reasons(viewer, found) else None


def extensions(window: Window, viewer: Viewer) -> list[Extension]:
    """Who is or was extended, of those who concern the viewer, the newest first."""
    statement = (
        select(Extension)
        .options(joinedload(Extension.organisation))
        .where(Extension.window_id == window.id)
        .order_by(Extension.withdrawn_at.is_not(None), Extension.id.desc())
    )
    found = db.session.scalars(statement)
    return [one for one in found if permissions.sees_reasons(viewer, one)]


def current_extension(window: Window, organisation: Organisation) -> Extension | None:
    """The body's own extension that has not been withdrawn."""
    return db.session.scalar(
        select(Extension).where(
            Extension.window_id == window.id,
            Extension.organisation_id == organisation.id,
            Extension.withdrawn_at.is_(None),
        )
    )


def offered_names() -> list[str]:
    """Names of bodies to choose from while typing; schools are typed in full."""
    statement = (
        select(Organisation.name)
        .where(Organisation.kind.in_(_OFFERED), Organisation.state == "active")
        .order_by(Organisation.sort_order, Organisation.id)
        .limit(400)
    )
    return list(db.session.scalars(statement))


def body_named(typed: str) -> Organisation:
    """The active body with this name or code; refuses none and several on field ``body``."""
    text = clean_line(typed)
    statement = select(Organisation).where(
        Organisation.state == "active",
        (Organisation.code == text) | (Organisation.name_key == match_key(text)),
    )
    found = list(db.session.scalars(statement.limit(3)))
    if not found:
        raise Refusal(t("No active body has the name or code “%(text)s”.", text=text), field="body")
    if len(found) > 1:
        codes = "、".join(body.code for body in found)
        raise Refusal(
            t("Several bodies have this name; type a code: %(codes)s.", codes=codes), field="body"
        )
    return found[0]
