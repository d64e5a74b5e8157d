"""The key file is made once, read by its owner only, and never replaced in silence."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.keyed import Keyring, KeyringError, key_path
from tests.storage.conftest import child

FIXED = Keyring(bytes(range(32)))


def test_the_key_is_made_at_first_use_and_is_the_same_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "new" / "store.sqlite.key"
    first, second = Keyring.open(path), Keyring.open(path)
    assert first.tag("record", "a") == second.tag("record", "a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name], "the draft is left behind"
    assert Keyring.open(path, first.fingerprint).fingerprint == first.fingerprint


def test_two_keys_give_different_tags(tmp_path: Path) -> None:
    one, other = Keyring.open(tmp_path / "a.key"), Keyring.open(tmp_path / "b.key")
    assert one.tag("record", "x") != other.tag("record", "x")


def test_a_tag_is_the_hmac_the_documentation_says() -> None:
    import hashlib
    import hmac

    message = b"".join(len(part).to_bytes(8, "big") + part for part in (b"record", "江苏".encode(), b"7"))
    assert FIXED.tag("record", "江苏", "7") == hmac.new(bytes(range(32)), message, hashlib.sha256).hexdigest()[:32]


@given(st.lists(st.text(max_size=6), max_size=4), st.lists(st.text(max_size=6), max_size=4))
def test_property_different_lists_of_texts_have_different_tags(one: list[str], other: list[str]) -> None:
    assert (FIXED.tag("d", *one) == FIXED.tag("d", *other)) == (one == other)
    assert FIXED.tag("d", *one) != FIXED.tag("e", *one)


def test_a_lost_key_is_told_and_no_new_one_is_made(tmp_path: Path) -> None:
    path = tmp_path / "store.key"
    fingerprint = Keyring.open(path).fingerprint
    path.unlink()
    with pytest.raises(KeyringError, match=r"is lost, .*: put it back from a backup, or name its place in the settings.$"):
        Keyring.open(path, fingerprint)
    assert not path.exists()


def test_the_key_of_another_store_is_refused(tmp_path: Path) -> None:
    mine, other = Keyring.open(tmp_path / "a.key"), Keyring.open(tmp_path / "b.key")
    with pytest.raises(KeyringError, match="is not the one this store was made with"):
        Keyring.open(tmp_path / "a.key", other.fingerprint)
    assert mine.fingerprint != other.fingerprint


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "store.key"
    Keyring.open(path)
    path.chmod(mode)
    with pytest.raises(KeyringError, match=r"can be read by others: run `chmod 600` on it\.$"):
        Keyring.open(path)


def test_every_damage_of_the_file_is_found_and_its_content_is_not_told(tmp_path: Path) -> None:
    path = tmp_path / "store.key"
    Keyring.open(path)
    whole = path.read_bytes()
    damaged = [whole[:n] for n in range(0, len(whole), 7)] + [whole + b"x", b"\0" * len(whole), whole.replace(b"-1 ", b"-2 ")]
    damaged += [whole[:at] + (b"1" if whole[at : at + 1] != b"1" else b"2") + whole[at + 1 :] for at in range(23, len(whole) - 1)]
    for data in damaged:
        path.write_bytes(data)
        with pytest.raises(KeyringError, match=r"is damaged: put it back from a backup.$") as told:
            Keyring.open(path)
        assert data.decode()[23:40] not in str(told.value) or len(data) < 30


def test_a_link_and_a_folder_are_no_key(tmp_path: Path) -> None:
    Keyring.open(tmp_path / "real.key")
    (tmp_path / "link.key").symlink_to(tmp_path / "real.key")
    (tmp_path / "folder.key").mkdir()
    for name in ("link.key", "folder.key"):
        with pytest.raises(KeyringError):
            Keyring.open(tmp_path / name)


def test_processes_that_make_the_key_at_once_all_get_the_same(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from storage.keyed import Keyring; print(Keyring.open(Path(sys.argv[1])).fingerprint)"
    started = [child(code, str(tmp_path / "store.key")) for _ in range(4)]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1


def test_a_keyring_tells_nothing_of_its_key() -> None:
    assert repr(FIXED) == "<Keyring>"


def test_the_key_lies_beside_the_store_and_never_in_the_archive(tmp_path: Path) -> None:
    assert key_path(tmp_path / "h.sqlite", tmp_path / "archive") == tmp_path / "h.sqlite.key"
    assert key_path(None, tmp_path / "archive") == tmp_path / "archive.key"
    with pytest.raises(KeyringError, match="name one in the settings"):
        key_path(None, None)
