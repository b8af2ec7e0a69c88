"""What `idp doctor` says of sealed data and root secrets."""

from pathlib import Path

from sqlalchemy import insert

from idp.accounts.model import accounts
from idp.sealing import RootSecrets
from idp.server.check_sealed import check_sealed
from idp.settings import Settings
from idp.store.model import data_rotations
from idp.store.personal_data import PersonalData
from tests.servers.stores import Stores


def said(stores: Stores, settings: Settings) -> list[tuple[str, str]]:
    return [(finding.weight, finding.sentence) for finding in check_sealed(stores.database, settings)]


def test_a_fresh_database_is_well(stores: Stores, secrets: RootSecrets, settings: Settings) -> None:
    assert said(stores, settings) == [("well", "no account stands in plain words")]


def test_a_key_that_cannot_be_opened_is_a_fault(
    stores: Stores, secrets: RootSecrets, settings: Settings, tmp_path: Path
) -> None:
    with stores.database.reading() as connection:
        PersonalData(secrets).index(connection, "user-id", "paula@clinic.example")
    RootSecrets.create(tmp_path / "keys")
    (tmp_path / "keys" / "root-1.key").unlink()
    ((weight, words),) = said(stores, settings)
    assert weight == "fault"
    assert "data_keys:index:user-id cannot be opened" in words or "root secret 1 is not in" in words


def test_people_in_plain_words_and_a_rotation_that_waits_are_warned_of(
    stores: Stores, secrets: RootSecrets, settings: Settings, tmp_path: Path
) -> None:
    RootSecrets.create(tmp_path / "keys")
    with stores.database.transaction() as connection:
        row = {"sub": "sub-1", "plain_user_id": "a@clinic.example", "affiliation": "provider", "registered_by": "dmas"}
        connection.execute(insert(accounts).values(**row, must_change_password=False, created_at=1))
    assert said(stores, settings) == [
        ("warning", "1 accounts of the release before still stand in plain words"),
        ("warning", "root secrets 1 are still needed beside 2"),
    ]
    done = {"generation": 2, "started_at": 1, "finished_at": 2, "position": "", "turn_until": 0, "done": 1}
    with stores.database.transaction() as connection:
        connection.execute(insert(data_rotations).values(**done))
    assert len(said(stores, settings)) == 1
