"""Storing and sweeping files (R18)."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from provincial.adapters import storage as kinds
from provincial.adapters.services import services, storage
from provincial.core.refusals import Refusal
from provincial.core.viewer import Viewer
from provincial.office.files import actions, jobs, queries, rules

PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("附件4 名额分配表.xlsx", "附件4 名额分配表.xlsx"),
        ("C:\\Users\\x\\表.xls", "表.xls"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ('a"b<c>|d?.pdf', "a_b_c__d_.pdf"),
        ("   ", "file"),
        ("...", "file"),
        ("长" * 300 + ".pdf", "长" * 156 + ".pdf"),
        ("行\r\nSet-Cookie: x.pdf", "行Set-Cookie_ x.pdf"),
    ],
)
def test_r18_names_keep_their_chinese(typed: str, kept: str) -> None:
    """R18: a name is cleaned for storage and headers, never emptied of Chinese."""
    assert rules.clean_name(typed) == kept


class TestStore:
    """R18: by content, within limits."""

    def test_content_comes_back(self, session: Session, clerk: Viewer) -> None:
        file = actions.store(PDF, "通知.pdf", "notice", by=clerk, media_types={kinds.PDF})
        assert queries.content(file) == PDF
        assert (file.media_type, file.org_path, file.size) == (kinds.PDF, clerk.path, len(PDF))
        assert queries.held_by(clerk.path) == len(PDF)

    @pytest.mark.parametrize(
        ("data", "words"),
        [(b"", "empty"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"MZ\x00\x01\x02", "unknown")],
        ids=["empty", "picture called pdf", "program"],
    )
    def test_refusals(self, session: Session, clerk: Viewer, data: bytes, words: str) -> None:
        with pytest.raises(Refusal, match=words) as caught:
            actions.store(data, "x.pdf", "notice", by=clerk, media_types={kinds.PDF})
        assert caught.value.field == "file"

    def test_size_and_quota(self) -> None:
        rules.check(kinds.PDF_LIMIT, kinds.PDF, {kinds.PDF}, 0)
        with pytest.raises(Refusal, match="MB"):
            rules.check(kinds.PDF_LIMIT + 1, kinds.PDF, {kinds.PDF}, 0)
        with pytest.raises(Refusal, match="GB"):
            rules.check(1000, kinds.PDF, {kinds.PDF}, rules.QUOTA)
        with pytest.raises(Refusal, match="password"):
            rules.check(1000, kinds.ENCRYPTED_OFFICE, rules.WORKBOOKS, 0)


def test_r18_sweeps_what_no_row_names(session: Session) -> None:
    """A crash between store and commit leaves an object; it goes after a week, rows keep theirs."""
    kept = actions.store(PDF, "kept.pdf", "notice", by=None)
    orphan, young = storage().put(b"old"), storage().put(b"young")
    long_ago = (rules.SWEEP_AFTER + timedelta(hours=1)).total_seconds()
    folder = services().settings.instance / "files"
    for key in (kept.storage_key, orphan.key):
        age = os.stat(folder / key).st_mtime - long_ago
        os.utime(folder / key, (age, age))
    session.commit()
    jobs.sweep()
    assert storage().get(kept.storage_key) == PDF
    assert storage().get(young.key) == b"young"
    with pytest.raises(FileNotFoundError):
        storage().get(orphan.key)
