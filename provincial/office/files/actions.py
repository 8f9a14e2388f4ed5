"""Storing files. Bytes go to the store first, the row with the caller's transaction after."""

from __future__ import annotations

from collections.abc import Collection

from provincial.adapters.services import storage
from provincial.adapters.storage import StorageError, sniff
from provincial.core.db import db
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.files import queries, rules
from provincial.office.files.models import StoredFile


def store(
    data: bytes,
    name: str,
    purpose: str,
    *,
    by: Viewer | None,
    media_types: Collection[str] = (),
    org_path: str | None = None,
) -> StoredFile:
    """Store ``data`` under a new key and add its row; nobody (``by=None``): the site made it.

    The kind is read from the content, never from the name. ``media_types`` are the kinds accepted
    (``rules.WORKBOOKS``, ``rules.PICTURES``, ``{storage.PDF}``; empty: any). Refuses on field
    ``file``. When the caller's transaction fails the object has no row and is swept later.
    """
    media_type = sniff(data)
    place = org_path if org_path is not None else (by.path if by else "/")
    held = queries.held_by(place) if by is not None else 0
    rules.check(len(data), media_type, media_types, held)
    try:
        stored = storage().put(data)
    except StorageError as fault:
        raise Refusal(
            t("The file could not be saved; the store does not answer. Try again later."),
            field="file",
        ) from fault
    file = StoredFile(
        storage_key=stored.key,
        sha256=stored.sha256,
        size=stored.size,
        media_type=media_type,
        name=rules.clean_name(name),
        purpose=purpose,
        org_path=place,
        by_user_id=by.user_id if by else None,
    )
    db.session.add(file)
    db.session.flush()
    return file
