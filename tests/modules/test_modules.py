"""Modules, access and people's own ids there (facts S13, S14)."""

import pytest

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.audit.trail import OPERATOR, Trail
from idp.modules.administer import AdministerModules
from idp.modules.module_accounts import ExternalIdTaken
from idp.modules.modules import (
    Access,
    Contact,
    Module,
    ModuleExists,
    Modules,
    NoSuchModule,
)
from idp.sealing import RootSecrets
from idp.store.personal_data import PersonalData
from idp.store.versions import Versions
from tests.servers.stores import Stores

MMIS = Module(
    "mmis",
    "MMIS",
    "Claims",
    "http://localhost:8081/",
    (Contact("Help", "804-555-0100", "help@x.example"),),
    "e6code",
    1,
)
APPEALS = Module("appeals", "Appeals", "Appeals", "http://localhost:8082/", menu_order=2)


@pytest.fixture
def modules(stores: Stores) -> Modules:
    return Modules(stores.database, stores.clock, Versions(stores.database))


@pytest.fixture
def administer(stores: Stores, modules: Modules) -> AdministerModules:
    administer = AdministerModules(stores.database, modules, Trail(stores.database, stores.clock))
    administer.create(APPEALS, OPERATOR)
    administer.create(MMIS, OPERATOR)
    return administer


@pytest.fixture
def paula(stores: Stores, secrets: RootSecrets) -> Account:
    accounts = Accounts(stores.database, stores.clock, PersonalData(secrets))
    with stores.database.transaction() as connection:
        return accounts.add(
            connection,
            user_id="paula@clinic.example",
            given_name="Paula",
            family_name="Reyes",
            affiliation="provider",
            registered_by="mmis",
        )


def test_modules_come_back_whole_and_in_the_menus_order(administer: AdministerModules, modules: Modules) -> None:
    assert modules.all() == [MMIS, APPEALS]
    assert modules.get("mmis") == MMIS
    assert modules.get("nothing") is None


def test_a_name_is_taken_once(administer: AdministerModules) -> None:
    with pytest.raises(ModuleExists):
        administer.create(MMIS, OPERATOR)


def test_another_worker_knows_a_new_module_within_a_second(stores: Stores, administer: AdministerModules) -> None:
    versions = Versions(stores.database)
    other = Modules(stores.database, stores.clock, versions)
    assert len(other.all()) == 2
    administer.create(Module("third", "Third", "A third", "http://localhost/"), OPERATOR)
    versions._looked_at = float("-inf")

    assert other.get("third") is not None


def test_access_is_denied_until_granted_and_after_it_is_revoked(
    administer: AdministerModules, modules: Modules, paula: Account
) -> None:
    assert modules.access(paula.id, "mmis") is None
    assert administer.grant(paula, "mmis", OPERATOR, ["provider", "claims"])
    assert modules.access(paula.id, "mmis") == Access("mmis", ("provider", "claims"))
    assert modules.menu_for(paula.id) == [MMIS]
    assert administer.revoke(paula, "mmis", OPERATOR)
    assert modules.access(paula.id, "mmis") is None
    assert modules.accesses(paula.id) == []


def test_granting_says_whether_anything_changed(administer: AdministerModules, paula: Account) -> None:
    assert administer.grant(paula, "mmis", OPERATOR)
    assert not administer.grant(paula, "mmis", OPERATOR)
    assert administer.grant(paula, "mmis", OPERATOR, ["claims"])
    assert administer.revoke(paula, "mmis", OPERATOR)
    assert not administer.revoke(paula, "mmis", OPERATOR)
    with pytest.raises(NoSuchModule):
        administer.grant(paula, "nothing", OPERATOR)
    assert [entry.event for entry in reversed(administer.trail.newest())][2:] == [
        "account:module:granted",
        "account:module:granted",
        "account:module:revoked",
    ]


def test_an_e6code_belongs_to_one_person(
    stores: Stores, administer: AdministerModules, modules: Modules, paula: Account
) -> None:
    with stores.database.transaction() as connection:
        modules.add_external_id(connection, paula.id, "mmis", "E6R40172")
        with pytest.raises(ExternalIdTaken):
            modules.add_external_id(connection, paula.id, "mmis", "E6R40172")

    assert modules.external_ids(paula.id, "mmis") == ["E6R40172"]
    assert modules.external_ids(paula.id, "appeals") == []
