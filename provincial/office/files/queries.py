"""Reading files. There is no public address for a file: the room that owns it serves it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from provincial.adapters.services import storage
from provincial.core.db import db
from provincial.office.files.models import StoredFile


def file_by_id(file_id: int) -> StoredFile | None:
    """The row of a file."""
    return db.session.get(StoredFile, file_id)


def content(file: StoredFile) -> bytes:
    """The bytes of a file as they were stored; ``StorageError`` when the store does not answer."""
    return storage().get(file.storage_key)


def held_by(org_path: str) -> int:
    """Bytes that a body keeps in the store, without the bodies below it."""
    statement = select(func.coalesce(func.sum(StoredFile.size), 0)).where(
        StoredFile.org_path == org_path
    )
    return int(db.session.scalar(statement) or 0)


def known_keys(keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` that a row names."""
    statement = select(StoredFile.storage_key).where(StoredFile.storage_key.in_(list(keys)))
    return set(db.session.scalars(statement))
