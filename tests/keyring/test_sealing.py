"""Root secrets: only ours, never made by a server, and nothing sealed opens anywhere but in its place (SECURITY 4.12)."""

import time
from pathlib import Path

import pytest

from idp.sealing import LOOK_EVERY_SECONDS, RootSecrets, SealBroken, SecretsFault, generation_of


def test_what_is_sealed_opens_in_its_place_only(secrets: RootSecrets) -> None:
    sealed = secrets.seal("outbox", b"plain", "outbox:1")
    assert b"plain" not in sealed
    assert secrets.open("outbox", sealed, "outbox:1") == b"plain"
    assert secrets.seal("outbox", b"plain", "outbox:1") != sealed
    for purpose, value, place in [
        ("signing-key", sealed, "outbox:1"),
        ("outbox", sealed, "outbox:2"),
        ("outbox", sealed[:-1] + bytes([sealed[-1] ^ 1]), "outbox:1"),
        ("outbox", sealed[:10], "outbox:1"),
        ("outbox", b"", "outbox:1"),
    ]:
        with pytest.raises(SealBroken):
            secrets.open(purpose, value, place)


def test_a_new_generation_seals_and_the_old_one_still_opens(secrets: RootSecrets, tmp_path: Path) -> None:
    sealed, mac = secrets.seal("outbox", b"plain", "here"), secrets.mac("guard", "ana")
    newer = RootSecrets.create(tmp_path / "keys")
    assert newer.current == secrets.current + 1
    assert newer.open("outbox", sealed, "here") == b"plain"
    assert newer.mac("guard", "ana") != mac
    assert newer.mac("guard", "ana", generation=secrets.current) == mac


def test_a_generation_that_comes_into_the_folder_opens_without_a_restart(secrets: RootSecrets, tmp_path: Path) -> None:
    with pytest.raises(SealBroken):
        secrets.mac("known-device", "somebody made this up", generation=2)
    newer = RootSecrets.create(tmp_path / "keys")
    # At most once a second the folder is looked into, whatever generations strangers name.
    time.sleep(LOOK_EVERY_SECONDS)
    assert secrets.open("outbox", newer.seal("outbox", b"plain", "here"), "here") == b"plain"
    assert generation_of(secrets.seal("outbox", b"plain", "here")) == secrets.current == 1


def test_what_a_node_with_another_generation_made_is_ours_too(secrets: RootSecrets, tmp_path: Path) -> None:
    newer = RootSecrets.create(tmp_path / "keys")
    assert secrets.mac("csrf", "browser") in newer.macs("csrf", "browser")
    assert newer.mac("csrf", "browser") in secrets.macs("csrf", "browser")
    assert next(newer.macs("csrf", "browser")) == newer.mac("csrf", "browser")
    assert RootSecrets({1: bytes(32)}).mac("csrf", "browser") not in newer.macs("csrf", "browser")


def test_a_damaged_file_that_comes_into_the_folder_changes_nothing(secrets: RootSecrets, tmp_path: Path) -> None:
    newer = RootSecrets.create(tmp_path / "keys")
    sealed = newer.seal("outbox", b"plain", "here")
    (tmp_path / "keys" / "root-2.key").write_text("damaged")
    with pytest.raises(SealBroken):
        secrets.open("outbox", sealed, "here")
    assert secrets.open("outbox", secrets.seal("outbox", b"plain", "here"), "here") == b"plain"


def test_a_mac_tells_purposes_and_lists_apart(secrets: RootSecrets) -> None:
    made = [
        secrets.mac("a", "bc"),
        secrets.mac("ab", "c"),
        secrets.mac("a", "b", "c"),
        secrets.mac("a", "bc", ""),
    ]
    assert len(set(made)) == len(made)
    assert secrets.mac("a", "bc") == made[0]


def test_loading_makes_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SecretsFault, match="idp keys init"):
        RootSecrets.load(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_file_is_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    RootSecrets.create(tmp_path / "keys")
    file = tmp_path / "keys" / "root-1.key"
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    RootSecrets.create(tmp_path / "keys")
    assert file.read_bytes() == before
    assert (tmp_path / "keys" / "root-2.key").exists()


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (None, 0o644, "open to others"),
        (b"c2hvcnQ=\n", 0o600, "32 bytes"),
        (b"not base64!\n", 0o600, "cannot be read"),
        (b"", 0o600, "32 bytes"),
    ],
)
def test_a_bad_file_is_named_with_the_reason(tmp_path: Path, content: bytes | None, mode: int, reason: str) -> None:
    RootSecrets.create(tmp_path)
    file = tmp_path / "root-1.key"
    if content is not None:
        file.write_bytes(content)
    file.chmod(mode)
    with pytest.raises(SecretsFault, match=f"root-1.key: .*{reason}"):
        RootSecrets.load(tmp_path)
