"""Where uploaded and made files lie: a local folder, or a store that speaks S3 (R18, R35).

A file is never changed: it is put once under a new key, and the row that names it is committed
after. What no row names is swept after some days, so a crash in between leaves nothing wrong.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

MIB = 1024 * 1024
PDF_LIMIT = 20 * MIB
WORKBOOK_LIMIT = 10 * MIB
PICTURE_LIMIT = 5 * MIB

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
XLS = "application/vnd.ms-excel"
DOC = "application/msword"
ENCRYPTED_OFFICE = "application/x-encrypted-office"
OLE = "application/x-ole-storage"
ZIP = "application/zip"
PNG, JPEG, GIF, WEBP = "image/png", "image/jpeg", "image/gif", "image/webp"
TEXT = "text/plain"
UNKNOWN = "application/octet-stream"

_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
)


class StorageError(RuntimeError):
    """The store did not take or give a file (disk full, no line, no right); nothing was saved."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a file lies, its SHA-256 in hexadecimal and its size in bytes."""

    key: str
    sha256: str
    size: int


class Storage:
    """One place for files; ``open_storage`` makes it from a setting."""

    def __init__(self, store: LocalStore | S3Store, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    def put(self, data: bytes) -> Stored:
        """Save ``data`` under a new key; it is on the disk when this returns."""
        digest = hashlib.sha256(data).hexdigest()
        key = f"{digest[:2]}/{uuid.uuid4()}"
        try:
            obstore.put(self._store, key, data, mode="create")
            if self._folder is not None:
                _settle(self._folder / key)
        except (BaseError, OSError) as fault:
            raise StorageError("The file could not be saved.") from fault
        return Stored(key, digest, len(data))

    def get(self, key: str) -> bytes:
        """The whole file; ``FileNotFoundError`` when there is none."""
        return b"".join(self.open(key))

    def open(self, key: str) -> Iterator[bytes]:
        """The file in pieces of up to 1 MiB, for large downloads; faults show before the first."""
        _check(key)
        try:
            stream = obstore.get(self._store, key).stream(min_chunk_size=MIB)
        except FileNotFoundError:
            raise
        except (BaseError, OSError) as fault:
            raise StorageError("The file could not be read.") from fault
        return (bytes(chunk) for chunk in stream)

    def delete(self, key: str) -> None:
        """Remove a file; one that is already gone is no fault."""
        _check(key)
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as fault:
            raise StorageError("The file could not be removed.") from fault

    def keys_before(self, moment: datetime) -> Iterator[str]:
        """Keys put before ``moment``: what the sweeper compares with the rows that name files."""
        try:
            for batch in obstore.list(self._store):
                for entry in batch:
                    if entry["last_modified"] < moment and _KEY.fullmatch(entry["path"]):
                        yield entry["path"]
        except (BaseError, OSError) as fault:
            raise StorageError("The store could not be listed.") from fault


def open_storage(url: str) -> Storage:
    """The storage that ``url`` names: a folder, or ``s3://bucket/prefix?endpoint=…&region=…``.

    S3 credentials come from the environment (``AWS_ACCESS_KEY_ID`` …), never from the URL, which
    may end in a log. ``style=virtual`` puts the bucket into the host name, as some clouds ask.
    """
    if not url.startswith("s3://"):
        folder = Path(unquote(urlsplit(url).path) if url.startswith("file://") else url)
        folder = folder.resolve()
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        return Storage(LocalStore(folder), folder)
    parts = urlsplit(url)
    options = {name: values[0] for name, values in parse_qs(parts.query).items()}
    unknown = set(options) - {"endpoint", "region", "style"}
    if unknown or not parts.netloc or parts.username:
        raise ValueError(
            "The storage setting must be a folder or s3://bucket/prefix?endpoint=…&region=…"
        )
    endpoint = options.get("endpoint")
    config: dict[str, str] = {"bucket": parts.netloc, "region": options.get("region", "us-east-1")}
    if endpoint:
        config["endpoint"] = endpoint
    store = S3Store(
        prefix=parts.path.strip("/") or None,
        config=config,  # type: ignore[arg-type]
        virtual_hosted_style_request=options.get("style") == "virtual",
        client_options={"allow_http": bool(endpoint and endpoint.startswith("http://"))},
    )
    return Storage(store)


def sniff(data: bytes) -> str:
    """The media type by content, never by name; ``UNKNOWN`` when nothing fits.

    A locked Office file is ``ENCRYPTED_OFFICE``: it needs another sentence than a broken one.
    """
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _kind_of_ole(data)
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_zip(data)
    return TEXT if _looks_like_text(data) else UNKNOWN


def _kind_of_ole(data: bytes) -> str:
    names = {
        "EncryptedPackage": ENCRYPTED_OFFICE,
        "Workbook": XLS,
        "Book": XLS,
        "WordDocument": DOC,
    }
    return next(
        (kind for name, kind in names.items() if _ole_name(name) in data),
        OLE,
    )


def _ole_name(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\x00\x00"


def _kind_of_zip(data: bytes) -> str:
    """Only the directory of the archive is read; nothing is unpacked but a short first entry."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" in names:
                return XLSX if "xl/workbook.xml" in names else _word_or_zip(names)
            first = archive.infolist()[0] if names else None
            if first and first.filename == "mimetype" and first.file_size < 200:
                kind = archive.read(first).decode("ascii", "replace")
                return ODS if kind == ODS else ZIP
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return UNKNOWN
    return ZIP


def _word_or_zip(names: set[str]) -> str:
    return DOCX if "word/document.xml" in names else ZIP


def _looks_like_text(data: bytes) -> bool:
    """Whether the start reads as UTF-8, UTF-16 with its mark, or GB 18030, without controls."""
    head = data[:8192]
    if not head:
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(byte < 9 or 13 < byte < 32 for byte in head if byte != 27):
        return False
    # A cut in the middle of a character must not turn text into something unknown.
    return any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    for cut in range(4):
        try:
            head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _check(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise FileNotFoundError(key)


def _settle(path: Path) -> None:
    """Bring the file and its name to the disk: the row that names it may be committed next."""
    path.chmod(0o640)
    for place in (path, path.parent, path.parent.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
