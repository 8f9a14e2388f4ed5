"""Who reads how full places are, who reminds, who asks for places."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.planning.boards.queries import BoardPlace
from provincial.planning.idle.models import PlaceWish
from provincial.planning.nominations.permissions import may_look as may_look_at_names
from provincial.planning.quotas.permissions import is_splitter, may_see_board

_HOLDERS = ("bureau_administrator", "bureau_officer", "school_administrator", "principal")
_PROVINCE = ("province_administrator", "province_officer")


def may_look(viewer: Viewer) -> bool:
    """Whether places and their filling are the viewer's work."""
    return may_see_board(viewer)


def may_see_place(viewer: Viewer, _place: BoardPlace) -> bool:
    """Whether the viewer reads these pages; the place itself was found within the scope."""
    return may_see_board(viewer)


def may_see_names(viewer: Viewer, place: BoardPlace) -> bool:
    """Whether the viewer reads who stands behind a number: of those, whose work has to do with names.

    The figures are for everyone who oversees places; finance or the site's own administration
    need no names of teachers (R3).
    """
    return may_see_place(viewer, place) and may_look_at_names(viewer)


def may_remind(viewer: Viewer, place: BoardPlace) -> bool:
    """Whether the viewer reminds those below: an officer of the very body, or of one above it."""
    return is_splitter(viewer) and place.top.quota_path.startswith(viewer.quota_path)


def may_ask(viewer: Viewer, place: BoardPlace) -> bool:
    """Whether the viewer asks the body above for places: whoever acts for a holder."""
    return viewer.is_any(*_HOLDERS) and place.top.id == viewer.organisation_id


def may_reissue(viewer: Viewer, place: BoardPlace) -> bool:
    """Whether the viewer prepares a table of the province from the offers."""
    return viewer.is_any(*_PROVINCE) and place.top.id == viewer.organisation_id


def may_close(viewer: Viewer, wish: PlaceWish) -> bool:
    """Whether the viewer closes a wish: whoever made it, or the body above that answers it."""
    own = wish.sheet.organisation_id == viewer.organisation_id
    above = wish.sheet.organisation.quota_parent_id == viewer.organisation_id
    return (own and viewer.is_any(*_HOLDERS)) or (above and is_splitter(viewer))
