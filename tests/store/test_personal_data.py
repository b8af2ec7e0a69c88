"""People's words at rest: sealed to their row, found by an index that no generation of the root secret changes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, func, select, text
from sqlalchemy.exc import DBAPIError

from idp.sealing import RootSecrets, SealBroken
from idp.store.database import Database
from idp.store.model import data_keys
from idp.store.personal_data import BLOCK, PersonalData
from idp.store.sealed_columns import hashed_columns, sealed_columns
from idp.store.tables import metadata
from tests.servers.stores import Stores, import_tables

WORDS = {"user_id": "zoë@clinic.example", "given_name": "Zoë", "family_name": "", "phone": None}


def test_words_open_in_their_row_only(secrets: RootSecrets) -> None:
    personal = PersonalData(secrets)
    sealed = personal.seal("accounts", "sub-1", WORDS)
    assert personal.open("accounts", "sub-1", sealed) == WORDS
    assert b"Zo" not in sealed
    assert personal.seal("accounts", "sub-1", WORDS) != sealed
    for table, row, value in [
        ("accounts", "sub-2", sealed),
        ("access_requests", "sub-1", sealed),
        ("accounts", "sub-1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("accounts", "sub-1", b"\0\0\0\2" + sealed[4:]),
        ("accounts", "sub-1", sealed[:12]),
        ("accounts", "sub-1", b""),
    ]:
        with pytest.raises(SealBroken):
            personal.open(table, row, value)


def test_the_length_of_sealed_words_tells_only_how_many_blocks_they_fill(secrets: RootSecrets) -> None:
    personal = PersonalData(secrets)
    lengths = {len(personal.seal("accounts", "sub", {"given_name": "A" * number})) for number in range(1, 40)}
    assert len(lengths) == 1
    assert len(personal.seal("accounts", "sub", {"given_name": "A" * 100})) == lengths.pop() + BLOCK


def test_the_index_is_one_for_every_process_and_every_generation(
    stores: Stores, secrets: RootSecrets, tmp_path: Path
) -> None:
    with stores.database.reading() as connection:
        index = PersonalData(secrets).index(connection, "user-id", "paula@clinic.example")
        assert len(index) == 43
        newer = PersonalData(RootSecrets.create(tmp_path / "keys"))
        assert newer.index(connection, "user-id", "paula@clinic.example") == index
        assert newer.index(connection, "user-id", "paula@clinic.exampl") != index
        assert newer.index(connection, "other", "paula@clinic.example") != index
    with stores.database.reading() as connection:
        # Another root secret altogether: it does not begin a second world beside the first.
        strange = PersonalData(RootSecrets.create(tmp_path / "strange"))
        with pytest.raises(SealBroken):
            strange.index(connection, "user-id", "paula@clinic.example")


def test_of_twenty_who_make_the_key_at_once_one_does(stores: Stores, tmp_path: Path, secrets: RootSecrets) -> None:
    database = Database(stores.database_url, pool_size=20)

    def index(_: int) -> str:
        with database.transaction() as connection:
            return PersonalData(secrets).index(connection, "user-id", "paula@clinic.example")

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(index, range(20)))) == 1
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(data_keys)).scalar_one() == 1
    database.close()


def test_a_key_that_was_rolled_back_is_forgotten(stores: Stores, secrets: RootSecrets) -> None:
    personal = PersonalData(secrets)

    class Undone(Exception):
        pass

    lost = []

    def make_and_undo() -> None:
        with stores.database.transaction() as connection:
            lost.extend(personal.index(connection, "user-id", "paula@clinic.example") for _ in range(2))
            raise Undone

    with pytest.raises(Undone):
        make_and_undo()
    assert lost[0] == lost[1]
    with stores.database.transaction() as connection:
        kept = personal.index(connection, "user-id", "paula@clinic.example")
    assert kept != lost[0]
    with stores.database.reading() as connection:
        assert PersonalData(secrets).index(connection, "user-id", "paula@clinic.example") == kept


def test_every_column_of_sealed_bytes_and_keyed_hashes_says_how() -> None:
    import_tables()
    told = {found.column for found in sealed_columns()}
    columns = [column for table in metadata.tables.values() for column in table.columns]
    sealed = {
        column for column in columns if isinstance(column.type, LargeBinary) and column.name.startswith("sealed_")
    }
    assert sealed == told
    for found in sealed_columns():
        found.place.format_map({column.name: "x" for column in found.table.columns})
    assert {f"{column.table.name}.{column.name}": purpose for column, purpose in hashed_columns()} == {
        "accounts.password_hash": "password",
        "challenges.code_hash": "passcode",
        "module_account_passwords.password_hash": "module-first-password",
        "recovery_codes.code_hash": "recovery-code",
        "temporary_passwords.password_hash": "temporary-password",
    }


def test_h3_what_a_statement_was_given_stands_in_no_error(stores: Stores) -> None:
    with stores.database.reading() as connection, pytest.raises(DBAPIError) as broken:
        connection.execute(text("SELECT :word FROM nowhere"), {"word": "paula@clinic.example"})
    assert "paula@clinic.example" not in str(broken.value)
