"""Device authorizations on both pairs of stores: every change of state tells who won, and a refusal never reads as approval."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from idp.accounts.model import accounts
from idp.grants import device_authorizations as devices
from idp.grants.codes import code_hash
from idp.grants.device_authorizations import IssuedCodes, Poll, Status
from idp.grants.device_terms import DeviceTerms
from idp.grants.model import device_authorizations as table
from idp.grants.sweep_grants import SweepGrants
from idp.grants.terms import Terms
from idp.grants.user_code import canonical
from idp.sealing import RootSecrets
from tests.servers.stores import Stores

ASKED = DeviceTerms(("openid", "mes"), "urn:mes:acr:passcode", 600, ("https://api.example/",))
TERMS = Terms(("openid", "mes"), "urn:mes:acr:passcode", ("pwd", "otp"), 1_000)


@pytest.fixture
def root(tmp_path: Path) -> RootSecrets:
    """What user codes are hashed with."""
    return RootSecrets.create(tmp_path / "root")


@pytest.fixture
def codes(stores: Stores, root: RootSecrets) -> IssuedCodes:
    """A device that has just asked."""
    return begin(stores, root)


@pytest.fixture
def account_id(stores: Stores) -> int:
    """Somebody."""
    with stores.database.transaction() as connection:
        return int(
            connection.execute(
                insert(accounts)
                .values(
                    sub="sub-1", affiliation="provider", registered_by="dmas", must_change_password=False, created_at=1,
                )
                .returning(accounts.c.id)
            ).scalar_one()
        )  # fmt: skip


def begin(stores: Stores, root: RootSecrets, interval: int = 5) -> IssuedCodes:
    with stores.database.transaction() as connection:
        return devices.begin(
            connection, root, "client-1", ASKED, interval=interval, now=stores.clock.now(), seconds=900
        )


def find(stores: Stores, codes: IssuedCodes) -> devices.DeviceAuthorization:
    with stores.database.reading() as connection:
        found = devices.by_device_code(connection, codes.device_code)
    assert found is not None
    return found


def by_user_code(stores: Stores, root: RootSecrets, typed: str) -> devices.DeviceAuthorization | None:
    with stores.database.reading() as connection:
        return devices.by_user_code(connection, root, canonical(typed) or "", stores.clock.now())


def poll(stores: Stores, codes: IssuedCodes) -> Poll | None:
    number = find(stores, codes).id
    with stores.database.transaction() as connection:
        return devices.poll(connection, number, stores.clock.now())


def approve(stores: Stores, codes: IssuedCodes, account_id: int) -> bool:
    number, now = find(stores, codes).id, stores.clock.now()
    with stores.database.transaction() as connection:
        return devices.approve(connection, number, account_id, "sid-1", 9_000, TERMS, now)


def deny(stores: Stores, codes: IssuedCodes) -> bool:
    number, now = find(stores, codes).id, stores.clock.now()
    with stores.database.transaction() as connection:
        return devices.deny(connection, number, now)


def test_what_was_asked_survives_the_store(stores: Stores, root: RootSecrets, codes: IssuedCodes) -> None:
    found = by_user_code(stores, root, codes.user_code)
    assert found == find(stores, codes)
    assert (found.client_id, found.terms, found.status, found.code) == ("client-1", ASKED, Status.PENDING, None)
    assert found.expires_at == found.created_at + 900


def test_neither_code_is_stored(stores: Stores, root: RootSecrets, codes: IssuedCodes) -> None:
    with stores.database.reading() as connection:
        row = connection.execute(select(table)).one()
    letters = canonical(codes.user_code) or ""
    kept = " ".join(map(str, row)).upper()
    for secret in (codes.device_code.upper(), codes.user_code, letters, code_hash(letters).upper()):
        assert secret not in kept
    assert row.device_code_hash == code_hash(codes.device_code)


def test_a_user_code_is_found_after_the_root_secret_was_rotated(
    stores: Stores, root: RootSecrets, tmp_path: Path
) -> None:
    codes = begin(stores, root)
    assert by_user_code(stores, RootSecrets.create(tmp_path / "root"), codes.user_code) is not None
    assert by_user_code(stores, RootSecrets.create(tmp_path / "another"), codes.user_code) is None


def test_of_many_decisions_the_first_holds(stores: Stores, codes: IssuedCodes, account_id: int) -> None:
    with ThreadPoolExecutor(16) as pool:
        won = list(
            pool.map(
                lambda number: deny(stores, codes) if number % 2 else approve(stores, codes, account_id), range(40)
            )
        )
    assert won.count(True) == 1
    found = find(stores, codes)
    assert found.status is (Status.DENIED if won.index(True) % 2 else Status.APPROVED)
    assert (found.code is None) is (found.status is Status.DENIED)


def test_an_approval_is_what_a_code_stands_for(stores: Stores, codes: IssuedCodes, account_id: int) -> None:
    assert approve(stores, codes, account_id)
    code = find(stores, codes).code
    assert code is not None
    assert (code.client_id, code.account_id, code.sid, code.session_expires_at, code.terms) == (
        "client-1", account_id, "sid-1", 9_000, TERMS,
    )  # fmt: skip


def test_a_refusal_gives_nothing_and_stays(
    stores: Stores, root: RootSecrets, codes: IssuedCodes, account_id: int
) -> None:
    assert deny(stores, codes)
    assert not approve(stores, codes, account_id)
    found = find(stores, codes)
    assert (found.status, found.code) == (Status.DENIED, None)
    assert by_user_code(stores, root, codes.user_code) is None


@pytest.mark.parametrize("status", ["0", "", "Approved", "true", "spent"])
def test_no_other_word_reads_as_approval(stores: Stores, codes: IssuedCodes, account_id: int, status: str) -> None:
    """LIBRARIES 1.6: a library's own example counted a denial, kept as the text "0", as approval."""
    assert approve(stores, codes, account_id)
    with stores.database.transaction() as connection:
        connection.execute(table.update().values(status=status))
    with pytest.raises(ValueError, match="Status"):
        find(stores, codes)


def test_what_ran_out_is_no_longer_decided_or_polled_for(
    stores: Stores, root: RootSecrets, codes: IssuedCodes, account_id: int
) -> None:
    stores.clock.advance(899)
    assert by_user_code(stores, root, codes.user_code) is not None
    assert poll(stores, codes) is Poll.PENDING
    stores.clock.advance(1)
    assert by_user_code(stores, root, codes.user_code) is None
    assert not approve(stores, codes, account_id)
    assert not deny(stores, codes)
    assert poll(stores, codes) is None


def test_a_poll_that_comes_too_soon_makes_the_interval_longer_for_good(stores: Stores, codes: IssuedCodes) -> None:
    assert poll(stores, codes) is Poll.PENDING
    stores.clock.advance(3)
    assert poll(stores, codes) is Poll.TOO_SOON
    # Ten seconds by now, counted from the poll that was too soon.
    stores.clock.advance(8)
    assert poll(stores, codes) is Poll.TOO_SOON
    stores.clock.advance(15)
    assert poll(stores, codes) is Poll.PENDING
    stores.clock.advance(5)
    assert poll(stores, codes) is Poll.TOO_SOON


def test_a_poll_may_be_a_second_quicker_on_its_way(stores: Stores, codes: IssuedCodes) -> None:
    for _ in range(3):
        assert poll(stores, codes) is Poll.PENDING
        stores.clock.advance(4)


def test_of_many_polls_at_once_one_is_in_time(stores: Stores, codes: IssuedCodes) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: poll(stores, codes), range(20)))
    assert answers.count(Poll.PENDING) == 1
    assert answers.count(Poll.TOO_SOON) == 19
    with stores.database.reading() as connection:
        assert connection.execute(select(table.c.interval_seconds)).scalar_one() == 5 + 19 * 5


def test_housekeeping_keeps_one_for_a_day_after_it_ran_out(stores: Stores, codes: IssuedCodes) -> None:
    sweep = SweepGrants(stores.database, stores.clock, session_seconds=43_200)
    stores.clock.advance(900 + 86_400)
    assert sweep() == 0
    stores.clock.advance(1)
    assert sweep() == 1
