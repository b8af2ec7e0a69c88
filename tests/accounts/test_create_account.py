"""Who can be given an account, and what is refused with a reason (facts S2, S3, S12)."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.create_account import CreateAccount, Created, NewAccount, NotCreated
from idp.accounts.model import Account
from idp.accounts.passwords import PasswordHasher
from idp.accounts.temporary_password import TemporaryPasswords
from idp.audit.trail import OPERATOR, Trail
from idp.notify.outbox import Outbox
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.store.personal_data import PersonalData
from tests.servers.stores import Stores

PAULA = NewAccount("Paula@Clinic.Example", " Paula ", "Reyes", phone="(804) 555-0142", affiliation="mco")


@pytest.fixture
def create(stores: Stores, secrets: RootSecrets, settings: Settings, tmp_path: Path) -> CreateAccount:
    return CreateAccount(
        stores.database,
        Accounts(stores.database, stores.clock, PersonalData(secrets)),
        PasswordHasher(secrets, settings.password),
        TemporaryPasswords(stores.clock, secrets, settings.temporary_password),
        Outbox(stores.clock, secrets),
        Trail(stores.database, stores.clock),
        settings,
    )


def test_an_account_is_kept_in_canonical_form(create: CreateAccount) -> None:
    created = create(PAULA, OPERATOR)

    assert isinstance(created, Created)
    account = created.account
    assert (account.user_id, account.given_name, account.phone) == ("paula@clinic.example", "Paula", "+18045550142")
    assert (account.affiliation, account.registered_by) == ("mco", "dmas")
    assert len(account.sub) == 32
    assert "paula" not in account.sub
    assert create.accounts.by_sub(account.sub) == create.accounts.by_id(account.id) == account


def test_one_person_is_one_account(create: CreateAccount) -> None:
    create(PAULA, OPERATOR)

    assert create(PAULA, OPERATOR) == NotCreated("paula@clinic.example has an account already", is_taken=True)


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (NewAccount("no address", "Paula", "Reyes"), "the User ID must be"),
        (NewAccount("paula@clinic.example", "", "Reyes"), "a name must have"),
        (NewAccount("paula@clinic.example", "Pau\nla", "Reyes"), "a name must have"),
        (NewAccount("paula@clinic.example", "Paula", "R" * 101), "a name must have"),
        (NewAccount("paula@clinic.example", "Your account is closed, go to evil.example", "Reyes"), "a name must have"),
        (NewAccount("paula@clinic.example", "Paula", "Reyes", phone="12"), "the phone number"),
        (NewAccount("paula@clinic.example", "Paula", "Reyes", phone="call me"), "the phone number"),
        (NewAccount("paula@clinic.example", "Paula", "Reyes", affiliation="dmas"), "affiliation dmas"),
        (NewAccount("dana@dmas.virginia.gov", "Dana", "Whitfield"), "affiliation dmas"),
    ],
)
def test_what_is_refused(create: CreateAccount, new: NewAccount, reason: str) -> None:
    refused = create(new, OPERATOR)

    assert isinstance(refused, NotCreated)
    assert refused.reason.startswith(reason)


def test_a_weak_password_is_refused_with_every_rule_it_breaks(create: CreateAccount) -> None:
    refused = create(PAULA, OPERATOR, password="paula")

    assert isinstance(refused, NotCreated)
    assert [str(rule) for rule in refused.rules] == [
        "min_length",
        "upper",
        "digit",
        "special",
        "no_refused_word",
    ]
    assert create.accounts.by_user_id("paula@clinic.example") is None


def test_what_goes_with_it_fails_with_it(create: CreateAccount) -> None:
    def also(_connection: Connection, _account: Account) -> None:
        raise RuntimeError("no such module")

    with pytest.raises(RuntimeError):
        create(PAULA, OPERATOR, also=also)

    assert create.accounts.by_user_id("paula@clinic.example") is None
    assert create.trail.newest() == []
