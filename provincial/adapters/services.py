"""The outside services of this process, configured once by the application factory.

Actions and queries must not know the request; what they need of the outside (keys, files, the
public address) they ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provincial.adapters.keys import KeyRing
from provincial.adapters.storage import Storage
from provincial.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What the process reaches outside."""

    keys: KeyRing
    storage: Storage
    settings: Settings

    @property
    def fonts(self) -> Path:
        """Where the owner may put licensed fonts."""
        return self.settings.instance / "fonts"


_configured: list[Services] = []


def configure(services: Services) -> None:
    """Set the services; called by the factory, and again by a second application in tests."""
    _configured[:] = [services]


def services() -> Services:
    """The services of this process."""
    if not _configured:
        raise RuntimeError("The application has not been created yet.")
    return _configured[0]


def keys() -> KeyRing:
    """The site's secrets."""
    return services().keys


def storage() -> Storage:
    """The file store."""
    return services().storage


def public_url(path: str) -> str:
    """An absolute address for mails, letters and QR codes: never from the Host header (R28)."""
    return services().settings.public_url + path
