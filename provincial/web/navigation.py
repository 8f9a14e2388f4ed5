"""The places at the left: groups by the plan's stages, only what the viewer may open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import current_app, request, url_for

from provincial.core.text import Text
from provincial.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the menu, declared in the sitemap."""

    group: Text
    label: Text
    endpoint: str
    allowed: Callable[[Viewer], bool]
    icon: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the menu; ``count`` is what waits there, or nothing."""

    label: Text
    url: str
    active: bool
    icon: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class NavGroup:
    """A heading with its links."""

    label: Text
    items: Sequence[NavItem]


def places_for(viewer: Viewer) -> list[NavGroup]:
    """The groups that hold at least one place for this viewer, in the sitemap's order."""
    groups: dict[str, tuple[Text, list[NavItem]]] = {}
    places = [place for place in current_app.config["PLACES"] if place.allowed(viewer)]
    here = _nearest([url_for(place.endpoint) for place in places], request.path)
    for place in places:
        url = url_for(place.endpoint)
        item = NavItem(place.label, url, url == here, place.icon)
        groups.setdefault(place.group.source, (place.group, []))[1].append(item)
    return [NavGroup(label, items) for label, items in groups.values()]


def _nearest(urls: Sequence[str], path: str) -> str:
    """The menu's address that the page stands under: the longest that begins its path."""
    under = [url for url in urls if path == url or path.startswith(url.rstrip("/") + "/")]
    return max(under, key=len, default="")
