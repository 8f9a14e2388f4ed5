"""The person who looks or acts, as a plain value: who, for which body, in which role."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. Rights are read from the database per request, never from the cookie.

    ``path`` is the organisation's place in the administrative tree (``/1/12/``), ``quota_path``
    its place in the quota tree, where a province-managed county stands beside the cities (HN-01).
    ``mandate_for`` names the user of a higher body who acts under a recorded mandate;
    ``support_user_id`` is the real person behind a read-only support view.
    """

    user_id: int
    name: str
    organisation_id: int
    organisation_name: str
    organisation_kind: str
    path: str
    quota_path: str
    role: str
    membership_id: int = 0
    mandate_id: int | None = None
    support_user_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def read_only(self) -> bool:
        """A support view may look but never act."""
        return self.support_user_id is not None

    def is_any(self, *roles: str) -> bool:
        """Whether the role now in use is one of ``roles``."""
        return self.role in roles
