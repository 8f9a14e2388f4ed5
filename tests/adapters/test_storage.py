"""Files: put once, read back, delete; what a file is by its content."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import xlsxwriter

from provincial.adapters import storage as kinds
from provincial.adapters.storage import Storage, StorageError, open_storage, sniff
from provincial.core.clock import now


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    return open_storage(str(tmp_path / "文件 files"))


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("附件4").write("A1", "郑州市")
    return out.getvalue()


def ole(name: str) -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    return head + bytes(512) + name.encode("utf-16-le") + bytes(64)


def test_a_file_comes_back_whole(store: Storage, tmp_path: Path) -> None:
    data = "名额".encode() * 1_000_000
    stored = store.put(data)
    assert stored.size == len(data)
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert stored.key.startswith(stored.sha256[:2] + "/")
    assert store.get(stored.key) == data
    pieces = list(store.open(stored.key))
    assert len(pieces) > 1
    assert b"".join(pieces) == data
    assert stat.S_IMODE((tmp_path / "文件 files" / stored.key).stat().st_mode) == 0o640


def test_the_same_content_is_two_files_and_deleting_one_leaves_the_other(store: Storage) -> None:
    first, second = store.put(b"x"), store.put(b"x")
    assert first.key != second.key
    store.delete(first.key)
    store.delete(first.key)
    assert store.get(second.key) == b"x"
    with pytest.raises(FileNotFoundError):
        store.get(first.key)


@pytest.mark.parametrize("key", ["../../etc/passwd", "/etc/passwd", "aa/..", "", "aa/x\n"])
def test_r18_a_key_never_leaves_the_folder(store: Storage, key: str) -> None:
    for act in (store.get, store.delete):
        with pytest.raises(FileNotFoundError):
            act(key)


def test_the_sweeper_sees_what_is_old(store: Storage) -> None:
    key = store.put(b"").key
    assert list(store.keys_before(now() + timedelta(minutes=1))) == [key]
    assert list(store.keys_before(now() - timedelta(days=7))) == []


def test_r35_a_store_that_takes_nothing_says_so(tmp_path: Path) -> None:
    store = open_storage(str(tmp_path / "files"))
    (tmp_path / "files").rmdir()
    (tmp_path / "files").write_bytes(b"a file where the folder should be")
    with pytest.raises(StorageError):
        store.put(b"x")


def test_r35_an_unreachable_bucket_url_is_built_but_a_wrong_one_refused() -> None:
    assert open_storage("s3://plan/files?endpoint=http://127.0.0.1:9&region=cn&style=virtual")
    for wrong in ("s3://", "s3://u:p@bucket", "s3://bucket?secret=1"):
        with pytest.raises(ValueError, match="storage setting"):
            open_storage(wrong)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n", kinds.PDF),
        (b"\n%PDF-1.7\n", kinds.TEXT),
        (b"\x89PNG\r\n\x1a\n\0", kinds.PNG),
        (b"\xff\xd8\xff\xe0", kinds.JPEG),
        (b"GIF89a", kinds.GIF),
        (b"RIFF\0\0\0\0WEBPVP8 ", kinds.WEBP),
        (workbook(), kinds.XLSX),
        (zipped(**{"[Content_Types].xml": "", "word/document.xml": ""}), kinds.DOCX),
        (zipped(mimetype=kinds.ODS), kinds.ODS),
        (zipped(mimetype="application/zip"), kinds.ZIP),
        (zipped(**{"a.txt": "x"}), kinds.ZIP),
        (workbook()[:500], kinds.UNKNOWN),
        (ole("Workbook"), kinds.XLS),
        (ole("WordDocument"), kinds.DOC),
        (ole("EncryptedPackage"), kinds.ENCRYPTED_OFFICE),
        (ole("Other"), kinds.OLE),
        ("单位,名额\n郑州市,12\n".encode(), kinds.TEXT),
        ("单位,名额\n郑州市,12\n".encode("gb18030"), kinds.TEXT),
        ("单位,名额".encode("utf-16"), kinds.TEXT),
        (("字" * 4000).encode()[:8193], kinds.TEXT),
        (b"MZ\x90\0\3", kinds.UNKNOWN),
        (b"", kinds.UNKNOWN),
    ],
)
def test_r18_types_by_content(data: bytes, kind: str) -> None:
    assert sniff(data) == kind
