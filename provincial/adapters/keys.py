"""Secrets of the site: where they lie, and what is done with them (R6, R29).

Each purpose has its own random files in ``instance/keys``: ``fields-1.key``, ``fields-2.key`` …
The highest number writes, the others only read, so a rotation is: add a file, let a job rewrite
what the old one wrote, remove the old file. A key's id is a fingerprint of the key, not its
number: a restored backup with the wrong key then says "unknown key" instead of "tampered".
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

log = logging.getLogger(__name__)

_FORMAT = "v1"
_ALGORITHM = "a256gcm"  # the place that SM4 would take
_NONCE = 12
_FILE = re.compile(r"(?P<purpose>[a-z]+)-(?P<number>[1-9][0-9]{0,3})\.key")


class Purpose(StrEnum):
    """What a secret is for; no secret serves two purposes."""

    SESSION = "session"
    FIELDS = "fields"
    INDEX = "index"
    PAPERS = "papers"
    JOURNAL = "journal"


class KeyRingError(RuntimeError):
    """A key is missing, unreadable, unsafe or unknown; the site must not go on without it."""


class TamperedError(ValueError):
    """A stored value was changed, or stands in another place than the one it was written for."""


@dataclass(frozen=True, slots=True)
class Key:
    """One random secret of 32 bytes; ``id`` is its fingerprint, 8 hexadecimal digits."""

    id: str
    number: int
    material: bytes = field(repr=False)

    def derive(self, use: str) -> bytes:
        """32 bytes for ``use``; different uses never share bytes."""
        return _derived(self.material, use)


@lru_cache(maxsize=256)
def _derived(material: bytes, use: str) -> bytes:
    # Twenty thousand teachers need the same few derived keys eighty thousand times.
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"provincial/{use}".encode())
    return hkdf.derive(material)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of the site, newest first per purpose."""

    keys: dict[Purpose, tuple[Key, ...]]

    @property
    def session_secrets(self) -> list[bytes]:
        """Secrets that sign cookies and form tokens: the first signs, all verify."""
        return [key.derive("session") for key in self.keys[Purpose.SESSION]]

    def current_id(self, purpose: Purpose) -> str:
        """Id of the key that writes now; a rotation is done when no row carries another."""
        return self.keys[purpose][0].id

    def encrypt(self, value: str, context: str) -> str:
        """``value`` sealed for one place: ``v1:<key id>:<algorithm>:<base64>`` (R6).

        ``context`` is ``table.column:row-uuid``; it is bound in, so that a value that somebody
        copies to another row does not open there.
        """
        key = self.keys[Purpose.FIELDS][0]
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(key.derive("fields")).encrypt(nonce, value.encode(), context.encode())
        return f"{_FORMAT}:{key.id}:{_ALGORITHM}:{_b64(nonce + sealed)}"

    def decrypt(self, stored: str, context: str) -> str:
        """Open what ``encrypt`` wrote for the same ``context``.

        Raises ``TamperedError`` for a changed or moved value, ``KeyRingError`` for a lost key.
        """
        key_id, sealed = _taken_apart(stored)
        key = next((key for key in self.keys[Purpose.FIELDS] if key.id == key_id), None)
        if key is None:
            raise KeyRingError(
                f"A value was written with field key {key_id}, which is not in the key folder. "
                "Restore that key file from the key backup."
            )
        cipher = AESGCM(key.derive("fields"))
        try:
            plain = cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
        except InvalidTag as fault:
            raise TamperedError("The value was changed, or belongs to another record.") from fault
        return plain.decode()

    def needs_rewrite(self, stored: str) -> bool:
        """Whether an older key wrote ``stored``."""
        return _taken_apart(stored)[0] != self.current_id(Purpose.FIELDS)

    def blind_index(self, value: str, context: str) -> bytes:
        """32 bytes that are equal for equal values of one column, and tell nothing without the key.

        ``value`` must be normalised before (``core.identity``); ``context`` is ``table.column``.
        """
        return _blind(self.keys[Purpose.INDEX][0], value, context)

    def blind_indexes(self, value: str, context: str) -> list[bytes]:
        """The index under every key of the ring: what to look for while a rotation runs."""
        return [_blind(key, value, context) for key in self.keys[Purpose.INDEX]]

    def mac(self, purpose: Purpose, data: bytes) -> bytes:
        """HMAC-SHA256 under the current key of ``purpose``: journal seal, signed paper links."""
        return hmac.digest(self.keys[purpose][0].derive(purpose.value), data, "sha256")

    def verify_mac(self, purpose: Purpose, data: bytes, seal: bytes) -> bool:
        """Whether any key of ``purpose`` made ``seal`` over ``data``; constant time per key."""
        return any(
            hmac.compare_digest(hmac.digest(key.derive(purpose.value), data, "sha256"), seal)
            for key in self.keys[purpose]
        )


def load_keys(folder: Path, production: bool) -> KeyRing:
    """The ring in ``folder``; made at the first start of a trial instance, never in production.

    A folder that holds some purposes but not all is refused everywhere: a new field key beside
    old data would make that data unreadable without anybody noticing.
    """
    if production:
        found = _read(folder)
    else:
        with _alone(folder):
            found = _read(folder)
            if not found:
                for purpose in Purpose:
                    _write(folder, purpose, 1)
                found = _read(folder)
                log.warning("New keys were made in %s. Back them up apart from the data.", folder)
    missing = [purpose.value for purpose in Purpose if not found.get(purpose)]
    if missing:
        raise KeyRingError(
            f"No key for {', '.join(missing)} in {folder}. Restore the key folder from the key "
            "backup; for a new production site make it once with the command “keys new”."
        )
    _refuse_open_doors(folder, production)
    return KeyRing(found)


def new_keys(folder: Path) -> KeyRing:
    """Make the keys of a new site; refuses a folder that already holds any."""
    with _alone(folder):
        if _read(folder):
            raise KeyRingError(f"{folder} already holds keys; nothing was changed.")
        for purpose in Purpose:
            _write(folder, purpose, 1)
        return KeyRing(_read(folder))


def add_key(folder: Path, purpose: Purpose) -> Key:
    """First step of a rotation: a new key of ``purpose`` that writes from the next start on."""
    with _alone(folder):
        present = _read(folder).get(purpose, ())
        return _write(folder, purpose, present[0].number + 1 if present else 1)


def mask_phone(phone: str) -> str:
    """``138****2316``; anything that is not a mobile number keeps its last two characters."""
    if re.fullmatch(r"[0-9]{11}", phone):
        return f"{phone[:3]}****{phone[-4:]}"
    return _mostly_hidden(phone)


def mask_id(number: str) -> str:
    """``110***********2316`` for an ID number of 18; anything else keeps its last two."""
    if re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return f"{number[:3]}{'*' * 11}{number[-4:]}"
    return _mostly_hidden(number)


def mask_name(name: str) -> str:
    """``张*``, for pages that anybody may open; the number of characters stays hidden."""
    return f"{name[:1]}*" if name else ""


def _mostly_hidden(text: str) -> str:
    return "*" * (len(text) - 2) + text[-2:] if len(text) > 4 else "*" * len(text)


def _blind(key: Key, value: str, context: str) -> bytes:
    return hmac.digest(key.derive(f"index/{context}"), value.encode(), "sha256")


def _taken_apart(stored: str) -> tuple[str, bytes]:
    parts = stored.split(":")
    if len(parts) != 4 or parts[0] != _FORMAT or parts[2] != _ALGORITHM:
        raise TamperedError("The stored value has no known form.")
    try:
        sealed = base64.b64decode(parts[3], validate=True)
    except ValueError as fault:
        raise TamperedError("The stored value is damaged.") from fault
    return parts[1], sealed


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _read(folder: Path) -> dict[Purpose, tuple[Key, ...]]:
    found: dict[Purpose, list[Key]] = {}
    for path in sorted(folder.glob("*.key")) if folder.is_dir() else []:
        match = _FILE.fullmatch(path.name)
        if match is None or match["purpose"] not in list(Purpose):
            raise KeyRingError(f"{path} is not a key of this site; move it out of the key folder.")
        key = _key(_material(path), int(match["number"]))
        found.setdefault(Purpose(match["purpose"]), []).append(key)
    return {
        purpose: tuple(sorted(keys, key=lambda key: -key.number)) for purpose, keys in found.items()
    }


def _material(path: Path) -> bytes:
    try:
        material = base64.b64decode(path.read_text("ascii").strip(), validate=True)
    except (ValueError, OSError) as fault:
        raise KeyRingError(
            f"{path} cannot be read as a key: restore it from the backup."
        ) from fault
    if len(material) != 32:
        raise KeyRingError(f"{path} holds {len(material)} bytes instead of 32: restore it.")
    return material


def _key(material: bytes, number: int) -> Key:
    fingerprint = hashlib.sha256(b"provincial/key-id/" + material).hexdigest()[:8]
    return Key(fingerprint, number, material)


def _write(folder: Path, purpose: Purpose, number: int) -> Key:
    key = _key(secrets.token_bytes(32), number)
    path = folder / f"{purpose.value}-{number}.key"
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)  # what a start that died half-way left behind
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(_b64(key.material) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    _sync_folder(folder)
    return key


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time: web and worker start together and must not both make keys."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _refuse_open_doors(folder: Path, production: bool) -> None:
    for path in (folder, *folder.glob("*.key")):
        if path.stat().st_mode & 0o077:
            sentence = f"Others may read {path}: set the folder to 0700 and its files to 0400."
            if production:
                raise KeyRingError(sentence)
            log.warning("%s", sentence)
