"""A root secret is replaced and the old one thrown away: nobody notices (SECURITY 4.24, P8)."""

from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import func, select, update

from idp.accounts.model import accounts
from idp.audit.trail import OPERATOR
from idp.authenticators.model import authenticator_apps
from idp.house import House as HouseOfRooms
from idp.keyring import rotate_data
from idp.keyring.rotate_data import RotateData
from idp.notify.messages import UserIdMail
from idp.notify.model import outbox
from idp.sealing import RootSecrets, SealBroken
from idp.signin.outcomes import Advanced
from idp.store import reseal
from idp.store.model import data_rotations
from tests.signin.house import House

MakeHouse = Callable[..., House]
AddRoot = Callable[[], None]


@pytest.fixture
def add_root(tmp_path: Path) -> Callable[[], None]:
    return lambda: RootSecrets.create(tmp_path / "keys") and None


def people(house: House, number: int) -> list[str]:
    """Create so many, without passwords: hashing takes its time."""
    names = [f"person-{at}@clinic.example" for at in range(number)]
    for name in names:
        house.person(name, password=None)
    return names


def rotate(house: House | HouseOfRooms) -> RotateData:
    rotation = (house.rooms if isinstance(house, House) else house).rotate_data
    rotation.start(OPERATOR)
    rotation.go_on(60)
    return rotation


def test_after_a_rotation_the_old_root_secret_is_needed_for_nothing(
    make_house: MakeHouse, add_root: AddRoot, tmp_path: Path
) -> None:
    before = make_house()
    paula = before.person(phone="+18045550142")
    browser = before.browser()
    session = browser.sign_in()
    for alg in ("RS256", "ES256"):
        before.rooms.keys.rotation.rotate(alg, OPERATOR)  # type: ignore[arg-type]
    with before.database.transaction() as connection:
        secret = before.rooms.factors.apps.begin(connection, paula, session.sid).secret
        assert before.rooms.factors.apps.confirm(
            connection, paula.id, session.sid, pyotp.TOTP(secret).at(before.clock.now())
        )
        before.outbox.enqueue(connection, UserIdMail("Paula", paula.user_id, "http://localhost"), paula.user_id)
    issued = before.administer.send_temporary_password(paula, OPERATOR)
    assert issued
    temporary = next(mail["fields"]["temporary_password"] for mail in before.posted() if "temporary" in mail["name"])
    stranger = before.browser_at_password()
    stranger.wrong(3, "omar@clinic.example")
    with before.database.reading() as connection:
        locked_until = before.guards.locked_until(connection, "omar@clinic.example")
        assert locked_until is not None

    add_root()
    progress = rotate(make_house()).progress()
    assert (progress.generation, progress.finished, progress.left) == (2, True, {})
    assert progress.waiting["accounts.password_hash"] == 1
    (tmp_path / "keys" / "root-1.key").unlink()

    after = make_house()
    assert after.secrets.generations == (2,)
    assert after.accounts.by_user_id(paula.user_id) == before.accounts.by_id(paula.id)
    assert after.rooms.signin.sessions.load(browser.session_cookie) is not None
    assert "user_id" in [mail["name"] for mail in after.posted()]
    after.rooms.keys.keyring.check()
    # No lock opens, and no count begins anew.
    with after.database.reading() as connection:
        assert after.guards.locked_until(connection, "omar@clinic.example") == locked_until
    # A password that was hashed with the old root secret's key verifies, and is made anew at the sign-in.
    other = after.browser()
    other.sign_in()
    assert after.rooms.rotate_data.progress().waiting.get("accounts.password_hash") is None
    # So does a temporary password that was mailed before.
    third = after.browser_at_password()
    assert isinstance(third.password(paula.user_id, str(temporary)), Advanced)
    after.clock.advance(60)
    with after.database.transaction() as connection:
        assert after.rooms.factors.apps.accept(connection, paula.id, pyotp.TOTP(secret).at(after.clock.now()))


def test_who_does_not_rotate_loses_what_the_old_root_secret_sealed(
    make_house: MakeHouse, add_root: AddRoot, tmp_path: Path
) -> None:
    make_house().person()
    add_root()
    (tmp_path / "keys" / "root-1.key").unlink()
    with pytest.raises(SealBroken):
        make_house().accounts.by_user_id("paula@clinic.example")


def test_keys_are_kept_while_a_hash_needs_them_and_no_longer(make_house: MakeHouse, add_root: AddRoot) -> None:
    make_house().person()
    add_root()
    house = make_house()
    rotate(house)
    assert house.rooms.kept_keys.find("password", 1) is not None
    assert house.rooms.kept_keys.find("recovery-code", 1) is None
    house.browser().sign_in()
    rotate(house)
    fresh = make_house()
    assert fresh.rooms.kept_keys.find("password", 1) is None
    fresh.browser().sign_in()


def test_it_goes_on_where_somebody_was_killed(
    make_house: MakeHouse, add_root: AddRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house()
    names = people(house, 30)
    monkeypatch.setattr(reseal, "BATCH", 7)
    add_root()
    killed = make_house().rooms.rotate_data
    killed.start(OPERATOR)

    class Killed(BaseException):
        pass

    real, calls = RootSecrets.seal, []

    def seal_and_die(self: RootSecrets, *given: object) -> bytes:
        calls.append(given)
        if len(calls) == 18:
            raise Killed
        return real(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(RootSecrets, "seal", seal_and_die)
    with pytest.raises(Killed):
        killed.go_on(60)
    monkeypatch.setattr(RootSecrets, "seal", real)
    assert 0 < killed.progress().left["accounts.sealed_person"] < 30

    again = make_house()
    # The one that was killed has the turn for a while; the command does not wait for it, a sweep does.
    assert not again.rooms.rotate_data.start(OPERATOR)
    house.clock.advance(rotate_data.TURN_SECONDS)
    assert again.rooms.rotate_data.sweep() > 0
    progress = again.rooms.rotate_data.progress()
    assert (progress.finished, progress.left) == (True, {})
    assert all(again.accounts.by_user_id(name) for name in names)
    assert again.events().count("key:data_rotation:started") == 1


def test_a_sweep_does_nothing_that_was_not_started(make_house: MakeHouse, add_root: AddRoot) -> None:
    make_house().person()
    add_root()
    house = make_house()
    assert house.rooms.rotate_data.sweep() == 0
    assert house.rooms.rotate_data.progress().left["accounts.sealed_person"] == 1


def test_two_nodes_at_once_do_each_row_once(
    make_house: MakeHouse, add_root: AddRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    names = people(make_house(), 40)
    monkeypatch.setattr(reseal, "BATCH", 5)
    add_root()
    nodes = [make_house(), make_house()]
    nodes[0].rooms.rotate_data.start(OPERATOR)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda node: node.rooms.rotate_data.go_on(60), [*nodes, nodes[0]]))
    progress = nodes[0].rooms.rotate_data.progress()
    assert (progress.left, sum(done)) == ({}, progress.done)
    with nodes[0].database.reading() as connection:
        sealed = connection.execute(select(func.count()).select_from(accounts)).scalar_one()
        assert sealed == len(names)
    assert all(nodes[1].accounts.by_user_id(name) for name in names)


def test_a_node_that_was_not_restarted_undoes_nothing_and_reads_what_the_others_write(
    make_house: MakeHouse, add_root: AddRoot
) -> None:
    older = make_house()
    older.person()
    add_root()
    younger = make_house()
    rotate(younger)
    younger.person("omar@clinic.example", password=None)
    older.rooms.rotate_data.start(OPERATOR)
    assert older.rooms.rotate_data.go_on(60) == 0
    assert older.accounts.by_user_id("omar@clinic.example") is not None
    late = older.person("late@clinic.example", password=None)
    assert younger.accounts.by_sub(late.sub) == late
    assert younger.rooms.rotate_data.progress().left == {"accounts.sealed_person": 1}
    assert rotate(younger).progress().left == {}


def test_a_change_at_the_same_moment_is_kept(
    make_house: MakeHouse, add_root: AddRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    paula = make_house().person()
    add_root()
    house, other = make_house(), make_house()
    real = RootSecrets.open

    def open_and_change(self: RootSecrets, purpose: str, sealed: bytes, place: str) -> bytes:
        plain = real(self, purpose, sealed, place)
        if purpose == "personal-data":
            monkeypatch.setattr(RootSecrets, "open", real)
            with other.database.transaction() as connection:
                other.accounts.change_person(connection, paula.id, family_name="Moss")
        return plain

    monkeypatch.setattr(RootSecrets, "open", open_and_change)
    rotate(house)
    found = house.accounts.by_id(paula.id)
    assert found is not None
    assert found.family_name == "Moss"
    assert house.rooms.rotate_data.progress().left == {}


def test_a_damaged_row_is_left_and_told_and_stops_nobody(make_house: MakeHouse, add_root: AddRoot) -> None:
    house = make_house()
    paula, omar = house.person(), house.person("omar@clinic.example")
    with house.database.transaction() as connection:
        damaged = house.secrets.seal("personal-data", b"{}", "another place")
        connection.execute(update(accounts).where(accounts.c.id == paula.id).values(sealed_person=damaged))
    add_root()
    after = make_house()
    assert rotate(after).progress().left == {"accounts.sealed_person": 1}
    assert after.accounts.by_id(omar.id) == omar


def test_what_waits_for_one_session_only_is_passed_over(make_house: MakeHouse, add_root: AddRoot) -> None:
    house = make_house()
    paula = house.person()
    with house.database.transaction() as connection:
        house.rooms.factors.apps.begin(connection, paula, "sid")
    add_root()
    assert rotate(make_house()).progress().left == {}
    with house.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(authenticator_apps)).scalar_one() == 1


def test_messages_are_sealed_anew_whatever_became_of_them(make_house: MakeHouse, add_root: AddRoot) -> None:
    house = make_house()
    paula = house.person()
    with house.database.transaction() as connection:
        for _ in range(3):
            house.outbox.enqueue(connection, UserIdMail("Paula", paula.user_id, "http://localhost"), paula.user_id)
        connection.execute(update(outbox).where(outbox.c.id == 1).values(sealed_payload=None, outcome="sent"))
        connection.execute(update(outbox).where(outbox.c.id == 2).values(outcome="failed"))
    add_root()
    after = make_house()
    assert rotate(after).progress().left == {}
    assert len(after.posted()) == 2


def test_a_rotation_s_row_is_one_for_each_generation(make_house: MakeHouse) -> None:
    house = make_house()
    assert house.rooms.rotate_data.start(OPERATOR)
    assert not house.rooms.rotate_data.start(OPERATOR)
    house.rooms.rotate_data.go_on(60)
    assert house.rooms.rotate_data.start(OPERATOR)
    with house.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(data_rotations)).scalar_one() == 1


def test_what_a_late_node_hashed_with_the_old_root_secret_is_kept_too(
    make_house: MakeHouse, add_root: AddRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = make_house()
    add_root()
    house = make_house()
    real = type(house.rooms.kept_keys).keep_needed
    calls: list[int] = []

    def and_then_the_late_node(self: object) -> int:
        kept = real(self)  # type: ignore[arg-type]
        calls.append(kept)
        if len(calls) == 1:
            late.person()
        return kept

    monkeypatch.setattr(type(house.rooms.kept_keys), "keep_needed", and_then_the_late_node)
    rotate(house)
    assert rotate(house).progress().left == {}
    (tmp_path / "keys" / "root-1.key").unlink()
    make_house().browser().sign_in()
