"""The secrets of a production site are made once, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from provincial.adapters.keys import KeyRingError, load_keys
from provincial.keyring import main


def test_r29_keys_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R29: without keys production refuses; made once, they are found; never overwritten."""
    monkeypatch.setenv("PTP_INSTANCE", str(tmp_path))
    with pytest.raises(KeyRingError):
        load_keys(tmp_path / "keys", production=True)
    assert main(["new"]) == 0
    before = load_keys(tmp_path / "keys", production=True).session_secrets
    assert main(["new"]) == 1
    assert load_keys(tmp_path / "keys", production=True).session_secrets == before
    assert main([]) == 2
