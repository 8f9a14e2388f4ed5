"""The key ring: field encryption, blind index, seals, rotation, and what a start refuses."""

from __future__ import annotations

import logging
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provincial.adapters.keys import (
    KeyRing,
    KeyRingError,
    Purpose,
    TamperedError,
    add_key,
    load_keys,
    mask_id,
    mask_name,
    mask_phone,
    new_keys,
)

ID_NUMBER = "11010519491231002X"
HERE = "teacher.id_number:4b3f"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def ring(folder: Path) -> KeyRing:
    return load_keys(folder, production=False)


def test_r06_a_field_comes_back_and_its_stored_form_tells_nothing(ring: KeyRing) -> None:
    stored = ring.encrypt(ID_NUMBER, HERE)
    version, key_id, algorithm, _ = stored.split(":")
    assert (version, algorithm) == ("v1", "a256gcm")
    assert key_id == ring.current_id(Purpose.FIELDS)
    assert ID_NUMBER not in stored
    assert ring.encrypt(ID_NUMBER, HERE) != stored
    assert ring.decrypt(stored, HERE) == ID_NUMBER


def test_r06_chinese_and_empty_values_come_back(ring: KeyRing) -> None:
    for value in ("", "㛃䶮𬭎", "x" * 5000):
        assert ring.decrypt(ring.encrypt(value, HERE), HERE) == value


def test_r06_a_value_copied_to_another_row_does_not_open(ring: KeyRing) -> None:
    stored = ring.encrypt(ID_NUMBER, HERE)
    with pytest.raises(TamperedError):
        ring.decrypt(stored, "teacher.id_number:9c21")


@pytest.mark.parametrize("at", [-1, -8, -30])
def test_r06_a_changed_value_does_not_open(ring: KeyRing, at: int) -> None:
    stored = list(ring.encrypt(ID_NUMBER, HERE))
    stored[at] = "A" if stored[at] != "A" else "B"
    with pytest.raises(TamperedError):
        ring.decrypt("".join(stored), HERE)


@pytest.mark.parametrize("stored", ["", "plain", "v1:a:b", "v9:a:a256gcm:AA==", "v1:a:a256gcm:*"])
def test_r06_what_was_never_encrypted_does_not_open(ring: KeyRing, stored: str) -> None:
    with pytest.raises(TamperedError):
        ring.decrypt(stored, HERE)


def test_r06_the_index_is_equal_for_equal_values_of_one_column(ring: KeyRing) -> None:
    index = ring.blind_index(ID_NUMBER, "teacher.id_number")
    assert len(index) == 32
    assert index == ring.blind_index(ID_NUMBER, "teacher.id_number")
    assert index != ring.blind_index(ID_NUMBER, "expert.id_number")
    assert index != ring.blind_index("440524188001010014", "teacher.id_number")


def test_rotation_new_key_writes_old_key_reads(folder: Path, ring: KeyRing) -> None:
    stored, index = ring.encrypt(ID_NUMBER, HERE), ring.blind_index(ID_NUMBER, "t.c")
    seal, secret = ring.mac(Purpose.JOURNAL, b"head"), ring.session_secrets[0]
    for purpose in (Purpose.FIELDS, Purpose.INDEX, Purpose.JOURNAL, Purpose.SESSION):
        add_key(folder, purpose)
    later = load_keys(folder, production=True)
    assert later.decrypt(stored, HERE) == ID_NUMBER
    assert later.needs_rewrite(stored)
    assert not later.needs_rewrite(later.encrypt(ID_NUMBER, HERE))
    assert index in later.blind_indexes(ID_NUMBER, "t.c")
    assert index != later.blind_index(ID_NUMBER, "t.c")
    assert later.verify_mac(Purpose.JOURNAL, b"head", seal)
    assert later.session_secrets[0] != secret
    assert later.session_secrets[1] == secret


def test_a_lost_key_is_named(folder: Path, ring: KeyRing) -> None:
    stored = ring.encrypt(ID_NUMBER, HERE)
    add_key(folder, Purpose.FIELDS)
    (folder / "fields-1.key").unlink()
    with pytest.raises(KeyRingError, match=stored.split(":")[1]):
        load_keys(folder, production=False).decrypt(stored, HERE)


def test_no_purpose_shares_a_secret(ring: KeyRing) -> None:
    seals = {ring.mac(purpose, b"x") for purpose in Purpose}
    assert len(seals) == len(Purpose)
    assert not ring.verify_mac(Purpose.PAPERS, b"x", ring.mac(Purpose.JOURNAL, b"x"))


def test_r29_production_refuses_missing_keys_and_makes_none(folder: Path) -> None:
    with pytest.raises(KeyRingError, match="session, fields, index, papers, journal"):
        load_keys(folder, production=True)
    assert not folder.exists()


@pytest.mark.parametrize("production", [True, False])
def test_r29_a_single_missing_purpose_is_refused_everywhere(
    folder: Path, ring: KeyRing, production: bool
) -> None:
    (folder / "fields-1.key").unlink()
    with pytest.raises(KeyRingError, match="No key for fields"):
        load_keys(folder, production)
    assert not (folder / "fields-1.key").exists()


def test_first_start_of_a_trial_warns_and_closes_the_doors(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        load_keys(folder, production=False)
    assert "New keys were made" in caplog.text
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o400}
    caplog.clear()
    load_keys(folder, production=False)
    assert not caplog.records


def test_r29_production_refuses_keys_that_others_may_read(folder: Path, ring: KeyRing) -> None:
    (folder / "index-1.key").chmod(0o444)
    with pytest.raises(KeyRingError, match=r"index-1\.key"):
        load_keys(folder, production=True)


def test_processes_that_start_together_get_the_same_keys(folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: load_keys(folder, production=False), range(8)))
    assert len({ring.current_id(Purpose.FIELDS) for ring in rings}) == 1


@pytest.mark.parametrize("content", ["", "short", "*" * 44])
def test_a_damaged_key_file_is_named(folder: Path, ring: KeyRing, content: str) -> None:
    path = folder / "papers-1.key"
    path.chmod(0o600)
    path.write_text(content)
    with pytest.raises(KeyRingError, match=r"papers-1\.key"):
        load_keys(folder, production=False)


def test_new_keys_never_overwrite(folder: Path) -> None:
    new_keys(folder)
    with pytest.raises(KeyRingError, match="already holds keys"):
        new_keys(folder)
    load_keys(folder, production=True)


def test_r33_a_ring_shows_no_secret(ring: KeyRing) -> None:
    assert repr(ring.keys[Purpose.FIELDS][0].material)[2:10] not in repr(ring)


@pytest.mark.parametrize(
    ("number", "masked"),
    [("13800002316", "138****2316"), ("037167180000", "**********00"), ("110", "***"), ("", "")],
)
def test_r07_phone_mask(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


def test_r07_id_and_name_masks() -> None:
    assert mask_id("110105194912312316") == "110***********2316"
    assert mask_id(ID_NUMBER) == "110***********002X"
    assert mask_id("E12345678") == "*******78"
    assert mask_name("买买提·阿不都") == "买*"
    assert mask_name("") == ""
