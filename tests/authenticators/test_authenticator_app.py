"""An authenticator app by itself (RFC 6238 5.2): a time step is accepted once, whoever is first."""

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import func, select

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.authenticators.authenticator_app import AuthenticatorApps
from idp.authenticators.model import authenticator_apps
from idp.sealing import RootSecrets
from idp.store.personal_data import PersonalData
from tests.servers.stores import Stores


@pytest.fixture
def apps(stores: Stores, secrets: RootSecrets) -> AuthenticatorApps:
    return AuthenticatorApps(stores.clock, secrets)


@pytest.fixture
def paula(stores: Stores, secrets: RootSecrets) -> Account:
    with stores.database.transaction() as connection:
        return Accounts(stores.database, stores.clock, PersonalData(secrets)).add(
            connection,
            user_id="paula@clinic.example",
            given_name="Paula",
            family_name="Reyes",
            affiliation="provider",
            registered_by="dmas",
        )


def enrol(stores: Stores, apps: AuthenticatorApps, paula: Account) -> pyotp.TOTP:
    with stores.database.transaction() as connection:
        totp = pyotp.TOTP(apps.begin(connection, paula, "sid").secret)
        assert apps.confirm(connection, paula.id, "sid", totp.at(stores.clock.now()))
        assert apps.is_enrolled(connection, paula.id)
    stores.clock.advance(60)
    return totp


def test_the_code_that_confirmed_it_does_not_sign_in(stores: Stores, apps: AuthenticatorApps, paula: Account) -> None:
    with stores.database.transaction() as connection:
        totp = pyotp.TOTP(apps.begin(connection, paula, "sid").secret)
        code = totp.at(stores.clock.now())
        assert apps.confirm(connection, paula.id, "sid", code)
        assert not apps.accept(connection, paula.id, code)


def test_of_many_who_show_one_code_one_is_let_in(stores: Stores, apps: AuthenticatorApps, paula: Account) -> None:
    code = enrol(stores, apps, paula).at(stores.clock.now())

    def accept(_: int) -> bool:
        with stores.database.transaction() as connection:
            return apps.accept(connection, paula.id, code)

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(accept, range(60))) == 1


def test_an_older_step_does_not_work_after_a_newer_one(stores: Stores, apps: AuthenticatorApps, paula: Account) -> None:
    totp = enrol(stores, apps, paula)
    now = stores.clock.now()
    with stores.database.transaction() as connection:
        assert apps.accept(connection, paula.id, totp.at(now + 30))
        assert not apps.accept(connection, paula.id, totp.at(now))


def test_a_new_app_replaces_the_old_one_when_it_is_confirmed(
    stores: Stores, apps: AuthenticatorApps, paula: Account
) -> None:
    old = enrol(stores, apps, paula)
    with stores.database.transaction() as connection:
        apps.begin(connection, paula, "sid")
        assert apps.accept(connection, paula.id, old.at(stores.clock.now()))
    stores.clock.advance(60)
    new = enrol(stores, apps, paula)

    with stores.database.transaction() as connection:
        assert not apps.accept(connection, paula.id, old.at(stores.clock.now()))
        assert apps.accept(connection, paula.id, new.at(stores.clock.now()))
        rows = connection.execute(select(func.count()).select_from(authenticator_apps)).scalar_one()
    assert rows == 1


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345\n", "\uff11\uff12\uff13\uff14\uff15\uff16", "abcdef"])
def test_what_is_no_code_is_not_accepted(stores: Stores, apps: AuthenticatorApps, paula: Account, text: str) -> None:
    enrol(stores, apps, paula)
    with stores.database.transaction() as connection:
        assert not apps.accept(connection, paula.id, text)
