"""What a serving process holds of the ring: what it shows, what it signs with, and what becomes of it under faults."""

import time
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from sqlalchemy import update

from idp.audit.trail import OPERATOR
from idp.keyring.keyring import Keyring, NoActiveKey
from idp.keyring.make_key import KeyFault
from idp.keyring.model import signing_keys
from idp.keyring.rotate import NOTICE_SECONDS
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.store.database import Database, StoreUnavailable
from idp.store.versions import Versions, bump
from tests.keyring.house import LOOK_EVERY_SECONDS, KeyringHouse
from tests.servers.clock import HandClock
from tests.servers.postgresql import PostgreSQL
from tests.store.line import Line

NOTICED = 2 * LOOK_EVERY_SECONDS


def sign(worker: Keyring, alg: str = "ES256") -> str:
    key = worker.signing_key(alg)
    return jwt.encode({"alg": alg, "kid": key.kid}, {"sub": "somebody"}, key, algorithms=[alg])


def verify(worker: Keyring, token: str) -> str:
    decoded = jwt.decode(token, worker.verification_keys(), algorithms=["ES256", "RS256"])
    return str(decoded.claims["sub"])


MEMBERS = {
    "RS256": {"kty", "n", "e", "use", "alg", "kid"},
    "PS256": {"kty", "n", "e", "use", "alg", "kid"},
    "ES256": {"kty", "crv", "x", "y", "use", "alg", "kid"},
    "EdDSA": {"kty", "crv", "x", "use", "alg", "kid"},
}


def test_the_jwks_shows_public_members_with_use_alg_and_kid_and_nothing_else(keys: KeyringHouse) -> None:
    made = keys.rotate_keys.make_missing(OPERATOR)
    worker = keys.worker()
    shown = {key["alg"]: key for key in worker.jwks()["keys"]}
    assert {alg: key.keys() for alg, key in shown.items()} == MEMBERS
    assert {alg: key["kid"] for alg, key in shown.items()} == {alg: key.kid for alg, key in made.items()}
    assert {key["use"] for key in shown.values()} == {"sig"}
    assert (shown["ES256"]["crv"], shown["EdDSA"]["crv"]) == ("P-256", "Ed25519")
    assert shown["RS256"]["n"] != shown["PS256"]["n"]
    assert len(shown["RS256"]["n"]) == len(shown["PS256"]["n"]) == 512  # 3072 bits
    assert worker.algorithms() == list(MEMBERS)


def test_missing_keys_are_made_once_and_no_other(keys: KeyringHouse) -> None:
    first = keys.rotated("ES256")
    assert set(keys.rotate_keys.make_missing(OPERATOR)) == {"RS256", "PS256", "EdDSA"}
    assert keys.rotate_keys.make_missing(OPERATOR) == {}
    assert keys.states()[first] == "active"
    assert set(keys.states().values()) == {"active"}


def test_an_algorithm_without_a_key_stops_only_who_asks_for_it(keys: KeyringHouse) -> None:
    keys.rotated("RS256")
    keys.rotated("ES256")
    worker = keys.worker()
    worker.check()
    assert worker.algorithms() == ["RS256", "ES256"]
    with pytest.raises(NoActiveKey, match="idp keys rotate --alg PS256"):
        worker.signing_key("PS256")


def test_a_key_of_an_algorithm_that_a_later_release_added_is_left_alone(keys: KeyringHouse) -> None:
    kid, later = keys.rotated("ES256"), keys.rotated("EdDSA")
    damage(keys, later, "alg", "ML-DSA-44")
    assert [key["kid"] for key in keys.worker().jwks()["keys"]] == [kid]


def test_keys_are_parsed_once(keys: KeyringHouse) -> None:
    keys.rotated("RS256")
    worker = keys.worker()
    assert worker.signing_key("RS256") is worker.signing_key("RS256")


def test_a_running_worker_notices_a_rotation_and_old_tokens_still_verify(keys: KeyringHouse, clock: HandClock) -> None:
    keys.rotated()
    worker = keys.worker()
    token, version = sign(worker), worker.version
    clock.advance(3_600)
    second = keys.rotated(now_please=True)
    time.sleep(NOTICED)
    assert second in {key["kid"] for key in worker.jwks()["keys"]}
    assert worker.version != version
    assert worker.signing_key("ES256").kid != second
    clock.advance(NOTICE_SECONDS)
    assert worker.signing_key("ES256").kid == second
    assert verify(worker, token) == "somebody"
    assert verify(worker, sign(worker)) == "somebody"


def test_a_key_becomes_active_and_leaves_by_time_alone(keys: KeyringHouse, clock: HandClock) -> None:
    first = keys.rotated()
    clock.advance(3_600)
    second = keys.rotated()
    worker = keys.worker()
    version = worker.version
    clock.advance(600)
    assert worker.signing_key("ES256").kid == second
    assert worker.version == version
    clock.advance(86_400)
    assert [key["kid"] for key in worker.jwks()["keys"]] == [second]
    assert worker.version != version
    assert first not in {key["kid"] for key in worker.jwks()["keys"]}


def test_the_version_is_the_same_in_every_process(keys: KeyringHouse) -> None:
    keys.rotated()
    assert keys.worker().version == keys.worker().version


def test_a_revoked_key_leaves_the_jwks_of_a_running_worker_and_verifies_no_more(keys: KeyringHouse) -> None:
    first = keys.rotated()
    worker = keys.worker()
    token = sign(worker)
    keys.withdraw_keys.revoke(first, OPERATOR)
    assert first not in {key["kid"] for key in keys.worker().jwks()["keys"]}
    time.sleep(NOTICED)
    assert first not in {key["kid"] for key in worker.jwks()["keys"]}
    assert worker.signing_key("ES256").kid != first
    with pytest.raises(InvalidKeyIdError):
        verify(worker, token)


def test_an_empty_ring_says_what_to_do_and_makes_no_key(keys: KeyringHouse) -> None:
    worker = keys.worker()
    assert worker.jwks() == {"keys": []}
    with pytest.raises(NoActiveKey, match="idp keys rotate"):
        worker.signing_key("ES256")
    with pytest.raises(NoActiveKey):
        worker.check()
    assert keys.states() == {}


def test_a_whole_ring_passes_the_check(keys: KeyringHouse) -> None:
    keys.rotated("RS256")
    keys.rotated("ES256")
    keys.worker().check()


def test_a_missing_root_secret_is_named_at_the_start(keys: KeyringHouse, tmp_path: Path) -> None:
    kid = keys.rotated()
    other = RootSecrets.create(tmp_path / "other")
    worker = Keyring(keys.database, keys.clock, other, Versions(keys.database), keys.settings.keys)
    with pytest.raises(KeyFault, match=f"{kid}.*IDP_KEYS_DIR"):
        worker.check()


def damage(keys: KeyringHouse, kid: str, column: str, value: object) -> None:
    with keys.database.transaction() as connection:
        connection.execute(update(signing_keys).where(signing_keys.c.kid == kid).values({column: value}))
        bump(connection, "keys")


@pytest.mark.parametrize(("column", "value"), [("sealed_private", b"\0" * 64), ("public_jwk", "{}")])
def test_a_damaged_key_is_named_at_the_start(keys: KeyringHouse, column: str, value: object) -> None:
    kid = keys.rotated()
    damage(keys, kid, column, value)
    with pytest.raises(KeyFault, match=kid):
        keys.worker().check()


def test_a_private_part_moved_to_another_key_is_refused(keys: KeyringHouse) -> None:
    rsa, ec = keys.rotated("RS256"), keys.rotated("ES256")
    with keys.database.reading() as connection:
        moved = connection.execute(
            signing_keys.select().with_only_columns(signing_keys.c.sealed_private).where(signing_keys.c.kid == rsa)
        ).scalar_one()
    damage(keys, ec, "sealed_private", moved)
    with pytest.raises(KeyFault, match=ec):
        keys.worker().check()


def test_a_running_worker_goes_on_with_the_last_good_set_when_a_key_is_damaged(keys: KeyringHouse) -> None:
    kid = keys.rotated()
    worker = keys.worker()
    token = sign(worker)
    damage(keys, kid, "public_jwk", "{}")
    time.sleep(NOTICED)
    assert verify(worker, token) == "somebody"
    assert verify(worker, sign(worker)) == "somebody"


def test_a_running_worker_goes_on_while_the_database_is_away(
    postgresql: PostgreSQL, clock: HandClock, secrets: RootSecrets, settings: Settings
) -> None:
    line, name = Line(postgresql.port), postgresql.create_database()
    database = Database(postgresql.url(name).replace(str(postgresql.port), str(line.port)))
    keys = KeyringHouse(database, clock, secrets, settings)
    keys.rotated()
    worker = keys.worker()
    token = sign(worker)
    with line.cut():
        time.sleep(NOTICED)
        assert verify(worker, token) == "somebody"
        assert verify(worker, sign(worker)) == "somebody"
        assert worker.jwks()["keys"]
        with pytest.raises(StoreUnavailable):
            keys.worker().jwks()
    database.close()
    line.close()
    postgresql.drop_database(name)


def test_private_parts_are_sealed_at_rest(keys: KeyringHouse) -> None:
    keys.rotated()
    with keys.database.reading() as connection:
        row = connection.execute(signing_keys.select()).one()
    assert b"PRIVATE" not in row.sealed_private
    assert '"d"' not in row.public_jwk
