"""One English sentence has one Chinese one, whichever room says it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parents[2] / "provincial/translations"


def test_no_sentence_has_two_translations() -> None:
    """Catalogues are merged at start: a second translation would win by chance."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in CATALOGUES.glob("*/zh_Hans/LC_MESSAGES/messages.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    found[key].add(str(message.string))
    assert {key: words for key, words in found.items() if len(words) > 1} == {}
