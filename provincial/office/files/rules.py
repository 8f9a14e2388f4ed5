"""What may come in: types, sizes and names by purpose (R18)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import timedelta

from provincial.adapters import storage
from provincial.core.identity import clean_line
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t

#: What one body may keep in the store, so that no body can fill the disk for all.
QUOTA = 2 * 1024 * storage.MIB
#: Objects without a row are kept this long: a transaction may still be on its way.
SWEEP_AFTER = timedelta(days=7)

WORKBOOKS = frozenset({storage.XLSX, storage.XLS, storage.ODS, storage.TEXT})
PICTURES = frozenset({storage.PNG, storage.JPEG, storage.WEBP})
_LIMITS = {
    storage.PDF: storage.PDF_LIMIT,
    **dict.fromkeys(WORKBOOKS, storage.WORKBOOK_LIMIT),
    **dict.fromkeys(PICTURES, storage.PICTURE_LIMIT),
}
_WORDS: dict[str, Text] = {
    storage.PDF: t("PDF"),
    storage.XLSX: t("Excel workbook"),
    storage.XLS: t("old Excel workbook"),
    storage.ODS: t("OpenDocument table"),
    storage.TEXT: t("text table (CSV)"),
    storage.DOCX: t("Word document"),
    storage.DOC: t("old Word document"),
    storage.ENCRYPTED_OFFICE: t("locked Office file"),
    storage.OLE: t("old Office file"),
    storage.ZIP: t("ZIP archive"),
    storage.PNG: t("PNG picture"),
    storage.JPEG: t("JPEG picture"),
    storage.GIF: t("GIF picture"),
    storage.WEBP: t("WebP picture"),
    storage.UNKNOWN: t("file of unknown kind"),
}
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_LONGEST_NAME = 160


def clean_name(name: str) -> str:
    """The name people gave, safe to store and to send back; Chinese is kept.

    Folders, controls, direction marks and signs that file systems refuse go; a long name is cut
    before its ending.
    """
    last = re.split(r"[\\/]", name)[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"})
    tidy = clean_line(_FORBIDDEN.sub("_", visible)).strip(". ") or "file"
    stem, dot, ending = tidy.rpartition(".")
    if not dot or len(ending) > 10:
        return tidy[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"


def kind_words(media_type: str) -> Text:
    """A media type in words."""
    return _WORDS.get(media_type, t("file of unknown kind"))


def check(size: int, media_type: str, allowed: Collection[str], held: int) -> None:
    """Refuse what is empty, locked, of another kind than asked for, too large or over the quota."""
    if size == 0:
        raise Refusal(t("The file is empty."), field="file")
    if media_type == storage.ENCRYPTED_OFFICE and media_type not in allowed:
        raise Refusal(
            t("The file is locked with a password. Remove the password and upload it again."),
            field="file",
        )
    if allowed and media_type not in allowed:
        raise Refusal(
            t("The file is a %(kind)s; this place takes other kinds.", kind=kind_words(media_type)),
            field="file",
        )
    limit = _LIMITS.get(media_type, storage.PDF_LIMIT)
    if size > limit:
        raise Refusal(
            t(
                "The file has %(size)s MB; at most %(limit)s MB are accepted.",
                size=f"{size / storage.MIB:.1f}",
                limit=limit // storage.MIB,
            ),
            field="file",
        )
    if held + size > QUOTA:
        raise Refusal(
            t(
                "Your organisation's files already fill the %(limit)s GB it may keep.",
                limit=QUOTA >> 30,
            ),
            field="file",
        )
