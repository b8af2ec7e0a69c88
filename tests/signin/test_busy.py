"""Hash slots are bounded: who finds none in time is told to try again, and nothing was counted (SECURITY 4.17)."""

import threading
from collections.abc import Callable

from idp.accounts import passwords
from idp.signin.outcomes import Advanced, Busy, Rejected
from tests.signin.house import House


def test_the_busy_are_not_counted(make_house: Callable[..., House]) -> None:
    house = make_house(password={"hash_wait_seconds": 1})
    house.person()
    browser = house.browser_at_password()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with house.hasher.slot():
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(60)
    try:
        assert browser.wrong(3) == [Busy()] * 3
        assert isinstance(browser.password(), Busy)
    finally:
        done.set()
        thread.join()
    assert browser.wrong(2) == [Rejected(), Rejected()]
    assert isinstance(browser.password(), Advanced)


def test_a_sign_in_renews_an_old_hash(house: House) -> None:
    account = house.person()
    found = house.accounts.credentials(account.user_id)
    assert found is not None
    assert found.password_hash is not None
    older = house.hasher._argon2.__class__(time_cost=1, memory_cost=8_192, parallelism=1)
    peppered = house.secrets.mac("password", "Copper.Kettle.41", generation=1)
    with house.database.transaction() as connection:
        old = f"1{older.hash(peppered)}"
        assert house.accounts.passwords.rehash(connection, account.id, found.password_hash, old)

    assert isinstance(house.browser_at_password().password(), Advanced)

    renewed = house.accounts.credentials(account.user_id)
    assert renewed is not None
    assert renewed.password_hash is not None
    assert f"m={passwords.MEMORY_KIB},t={passwords.TIME_COST},p=1" in renewed.password_hash
    assert renewed.password_changed_at == found.password_changed_at
    assert isinstance(house.browser_at_password().password(), Advanced)
