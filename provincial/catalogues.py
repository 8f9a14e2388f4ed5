"""Compiles the translation catalogues that changed: ``python -m provincial.catalogues``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parent / "translations"


def compile_all(folder: Path = TRANSLATIONS) -> list[Path]:
    """Write the ``.mo`` beside every ``.po`` that is newer than it; returns those written.

    Fuzzy entries are left out. A reader never sees a half-written file.
    """
    written = []
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        making = target.with_name(f"{target.name}.{os.getpid()}")
        with source.open("rb") as lines, making.open("wb") as out:
            write_mo(out, read_po(lines, locale=source.parts[-3], abort_invalid=True))
        making.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    count = len(compile_all())
    if count:
        sys.stdout.write(f"Compiled {count} translation catalogues.\n")
