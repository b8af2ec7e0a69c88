"""Grants, codes and consents on both pairs of stores: every change of state tells who won."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from idp.accounts.model import accounts
from idp.grants import grants
from idp.grants.codes import AuthorizationCode, Codes, code_hash
from idp.grants.consents import Consents
from idp.grants.model import grants as table
from idp.grants.refresh_token import RefreshToken
from idp.grants.sweep_grants import SweepGrants
from idp.grants.terms import Terms
from idp.grants.wanted_claim import WantedClaim
from tests.servers.stores import Stores

TERMS = Terms(
    ("openid", "mes"),
    "urn:mes:acr:passcode",
    ("pwd", "otp"),
    1_000,
    (WantedClaim("email"),),
    (WantedClaim("given_name", ("Ana", 7, None)), WantedClaim("email")),
)
Code = Callable[..., AuthorizationCode]


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


@pytest.fixture
def make_code(account_id: int) -> Code:
    """Make what a code stands for."""

    def make(client_id: str = "client-1", sid: str = "sid-1") -> AuthorizationCode:
        return AuthorizationCode(
            client_id, "https://rp.example/cb", "challenge", "nonce", account_id, sid, 9_000, TERMS
        )

    return make


def redeem(
    stores: Stores, code: AuthorizationCode, value: str, token: RefreshToken | None = None
) -> grants.Grant | None:
    """Redeem in a transaction of its own."""
    now = stores.clock.now()
    with stores.database.transaction() as connection:
        return grants.redeem(connection, code_hash(value), code, token, now=now, expires_at=now + 600)


def is_live(stores: Stores, value: str) -> bool:
    """Whether the grant of a code has not been revoked."""
    with stores.database.reading() as connection:
        row = connection.execute(select(table.c.revoked_at).where(table.c.code_hash == code_hash(value))).one()
    return row.revoked_at is None


def test_terms_survive_the_store() -> None:
    for terms in (
        TERMS,
        replace(TERMS, module_account=7),
        replace(TERMS, resources=("https://mmis.example/api",)),
        replace(TERMS, jkt="k" * 43),
        replace(TERMS, jkt="k" * 43, is_bound_late=True),
        replace(TERMS, module_account=7, resources=("urn:a", "urn:b"), jkt="k" * 43),
    ):
        assert Terms.from_json(terms.to_json()) == terms


def test_a_code_is_found_until_it_runs_out(stores: Stores, make_code: Code) -> None:
    codes = Codes(stores.ephemeral, 60)
    value = codes.issue(make_code())
    assert len(value) >= 43
    assert codes.find(value) == make_code()
    assert codes.find(value) == make_code()
    stores.clock.advance(60)
    assert codes.find(value) is None
    assert codes.find("x") is None


def test_of_many_redemptions_one_gets_the_grant(stores: Stores, make_code: Code) -> None:
    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(lambda _: redeem(stores, make_code(), "code-1"), range(40)))
    [grant] = [grant for grant in won if grant is not None]
    assert grant.terms == TERMS


def test_of_many_rotations_one_wins(stores: Stores, make_code: Code) -> None:
    token = RefreshToken.first()
    redeem(stores, make_code(), "code-1", token)

    def rotate(_: int) -> bool:
        with stores.database.transaction() as connection:
            return grants.rotate(connection, token, "client-1", token.successor(), TERMS, stores.clock.now())

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(rotate, range(40))) == 1


def test_a_rotation_needs_the_newest_of_a_live_family_of_this_client(stores: Stores, make_code: Code) -> None:
    token = RefreshToken.first()
    redeem(stores, make_code(), "code-1", token)
    now, database = stores.clock.now(), stores.database
    with database.transaction() as connection:
        assert not grants.rotate(connection, token, "client-2", token.successor(), TERMS, now)
        assert not grants.rotate(connection, token.successor(), "client-1", token, TERMS, now)
        assert not grants.rotate(connection, token, "client-1", token.successor(), TERMS, now + 600)
        assert grants.rotate(connection, token, "client-1", token.successor(), TERMS, now)
        assert not grants.rotate(connection, token, "client-1", token.successor(), TERMS, now)


def test_revocation_tells_whether_this_call_did_it(stores: Stores, make_code: Code) -> None:
    token = RefreshToken.first()
    redeem(stores, make_code(), "code-1", token)
    now = stores.clock.now()
    with stores.database.transaction() as connection:
        assert grants.revoke_by_code(connection, code_hash("code-1"), "client-2", now) is None
        assert grants.revoke_family(connection, token, "client-2", now) is None
        assert grants.revoke_family(connection, token, "client-1", now) == "sid-1"
        assert grants.revoke_family(connection, token, "client-1", now) is None
        assert grants.revoke_by_code(connection, code_hash("code-1"), "client-1", now) is None
    assert not is_live(stores, "code-1")


def test_the_end_of_a_session_ends_its_grants_and_names_their_clients(stores: Stores, make_code: Code) -> None:
    for number, (client_id, sid) in enumerate([("b", "sid-1"), ("a", "sid-1"), ("a", "sid-1"), ("c", "sid-2")]):
        redeem(stores, make_code(client_id, sid), f"code-{number}")
    with stores.database.transaction() as connection:
        assert grants.revoke_for_session(connection, "sid-1", stores.clock.now()) == ["a", "b"]
    assert [is_live(stores, f"code-{number}") for number in range(4)] == [False, False, False, True]


def test_the_end_of_an_account_s_grants(stores: Stores, make_code: Code, account_id: int) -> None:
    for number in range(3):
        redeem(stores, make_code(f"client-{number}"), f"code-{number}")
    with stores.database.transaction() as connection:
        assert grants.revoke_for_client(connection, account_id, "client-1", 5) == 1
        assert grants.revoke_for_account(connection, account_id, 5) == 2
        assert grants.revoke_for_account(connection, account_id, 5) == 0


def test_old_grants_are_swept_and_young_ones_stay(stores: Stores, make_code: Code) -> None:
    redeem(stores, make_code(), "code-1")
    with stores.database.transaction() as connection:
        assert grants.sweep(connection, before=stores.clock.now() + 600) == 0
        assert grants.sweep(connection, before=stores.clock.now() + 601) == 1


def test_refresh_tokens_are_two_halves_of_256_bits() -> None:
    token = RefreshToken.first()
    assert RefreshToken.parse(token.text) == token
    successor = token.successor()
    assert successor.family == token.family
    assert successor.secret != token.secret
    for text in ("", "x", token.text + "x", token.text + "\n", token.text.replace(".", "")):
        assert RefreshToken.parse(text) is None


def test_a_consent_is_remembered_added_to_and_withdrawn(stores: Stores, make_code: Code, account_id: int) -> None:
    consents = Consents(stores.database, stores.clock)
    assert consents.covers(account_id, "client-1", [])
    assert not consents.covers(account_id, "client-1", ["openid"])
    with stores.database.transaction() as connection:
        consents.give(connection, account_id, "client-1", ["openid", "email"])
        consents.give(connection, account_id, "client-1", ["openid", "phone"])
    assert consents.covers(account_id, "client-1", ["email", "phone", "openid"])
    assert not consents.covers(account_id, "client-1", ["openid", "profile"])
    assert not consents.covers(account_id, "client-2", ["openid"])
    redeem(stores, make_code(), "code-1")
    with stores.database.transaction() as connection:
        assert consents.withdraw(connection, account_id, "client-1")
        assert not consents.withdraw(connection, account_id, "client-1")
    assert not consents.covers(account_id, "client-1", ["openid"])
    assert not is_live(stores, "code-1")


def test_housekeeping_keeps_a_grant_for_as_long_as_its_session_may_last(stores: Stores, make_code: Code) -> None:
    redeem(stores, make_code(), "code-1")
    sweep = SweepGrants(stores.database, stores.clock, session_seconds=43_200)
    stores.clock.advance(600 + 43_200)
    assert sweep() == 0
    stores.clock.advance(1)
    assert sweep() == 1
