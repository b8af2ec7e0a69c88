"""How passwords are kept (SECURITY P3, P4, P8): Argon2id over a keyed hash, in bounded slots."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from idp.accounts import passwords
from idp.accounts.passwords import HashBusy, PasswordHasher
from idp.sealing import RootSecrets
from idp.settings import Settings

PASSWORD = "Copper.Kettle.41"


@pytest.fixture
def hasher(secrets: RootSecrets, settings: Settings) -> PasswordHasher:
    return PasswordHasher(secrets, settings.password)


def is_right(hasher: PasswordHasher, password: str, stored: str | None) -> bool:
    with hasher.slot() as slot:
        return slot.verify(password, stored)


def test_what_is_stored(hasher: PasswordHasher) -> None:
    stored = hasher.hash(PASSWORD)

    assert stored.startswith(f"1$argon2id$v=19$m={passwords.MEMORY_KIB},t={passwords.TIME_COST},p=1$")
    assert len(stored) <= 255
    assert is_right(hasher, PASSWORD, stored)
    assert not is_right(hasher, PASSWORD + " ", stored)
    assert not hasher.needs_rehash(stored)
    assert hasher.hash(PASSWORD) != stored


def test_p3_the_costs_as_shipped() -> None:
    # In a process of its own: the tests' own process hashes lightly.
    look = "from idp.accounts import passwords as p; print(p.MEMORY_KIB, p.TIME_COST, p.PARALLELISM)"
    assert subprocess.check_output([sys.executable, "-c", look], text=True).split() == ["19456", "2", "1"]


def test_passwords_alike_in_72_bytes_are_different(hasher: PasswordHasher) -> None:
    stored = hasher.hash("A1!" + "x" * 100)

    assert not is_right(hasher, "A1!" + "x" * 99 + "y", stored)


def test_composed_and_decomposed_are_the_same_password(hasher: PasswordHasher) -> None:
    assert is_right(hasher, "Walnutbri7!e\u0301", hasher.hash("Walnutbri7!\u00e9"))


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "x" * 257, "\ufdfa" * 1_000_000])
def test_what_can_be_nobodys_password_is_wrong(hasher: PasswordHasher, text: str) -> None:
    assert not is_right(hasher, text, hasher.hash(PASSWORD))
    assert not is_right(hasher, text, None)


def test_without_a_stored_one_nothing_is_right(hasher: PasswordHasher) -> None:
    assert not is_right(hasher, PASSWORD, None)
    assert not is_right(hasher, "nobody's password", None)


def test_the_database_alone_verifies_nothing(hasher: PasswordHasher, settings: Settings, tmp_path: Path) -> None:
    """SECURITY P8: the keyed step's key is not in the database."""
    elsewhere = PasswordHasher(RootSecrets.create(tmp_path / "other"), settings.password)

    assert not is_right(elsewhere, PASSWORD, hasher.hash(PASSWORD))


def test_a_new_root_secret_keeps_sign_ins_and_asks_for_a_rehash(
    hasher: PasswordHasher, settings: Settings, tmp_path: Path
) -> None:
    stored = hasher.hash(PASSWORD)
    rotated = PasswordHasher(RootSecrets.create(tmp_path / "keys"), settings.password)

    assert is_right(rotated, PASSWORD, stored)
    assert rotated.needs_rehash(stored)
    assert rotated.hash(PASSWORD).startswith("2$argon2id$")


def test_a_lost_root_secret_is_a_wrong_password_and_an_alarm(
    hasher: PasswordHasher, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stored = hasher.hash(PASSWORD)
    RootSecrets.create(tmp_path / "keys")
    (tmp_path / "keys" / "root-1.key").unlink()
    without = PasswordHasher(RootSecrets.load(tmp_path / "keys"), settings.password)

    assert not is_right(without, PASSWORD, stored)
    assert "root secret 1" in caplog.text


def test_who_finds_no_slot_in_time_is_told_so(secrets: RootSecrets, make_settings: Callable[..., Settings]) -> None:
    hasher = PasswordHasher(secrets, make_settings(password={"hash_wait_seconds": 1}).password)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with hasher.slot():
            held.set()
            done.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(60)
    try:
        with pytest.raises(HashBusy):
            hasher.hash(PASSWORD)
    finally:
        done.set()
        thread.join()
    assert hasher.hash(PASSWORD)
