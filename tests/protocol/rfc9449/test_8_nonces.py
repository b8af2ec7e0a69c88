"""Nonces of ours in proofs (RFC 9449 8, 9): handed out to who sends proofs, demanded where the settings say so."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.protocol.possession import ProofKey, new_code
from tests.protocol.provider import Provider
from tests.servers.clock import HandClock
from tests.servers.stores import sqlite_stores

KEY = ProofKey()


@pytest.fixture
def strict(
    sqlite_template: Path, tmp_path: Path, clock: HandClock, provider_on: Callable[..., Provider]
) -> Iterator[Provider]:
    """A provider that demands nonces."""
    dpop = {"proof_seconds": 60, "nonce_seconds": 300, "require_nonce": True}
    with sqlite_stores(sqlite_template, tmp_path, clock) as stores:
        yield provider_on(stores, dpop=dpop)


def test_8_a_nonce_is_demanded_and_nothing_is_spent(strict: Provider) -> None:
    rp = strict.register()
    code = new_code(strict, rp)
    without = KEY.redeem(strict, rp, code)
    assert without.status_code == 400
    assert without.json.keys() == {"error", "error_description"}
    assert without.json["error"] == "use_dpop_nonce"
    nonce = without.headers["DPoP-Nonce"]
    answer = KEY.redeem(strict, rp, code, KEY.proof(strict, nonce=nonce))
    assert answer.status_code == 200
    assert answer.headers["DPoP-Nonce"] == nonce
    token = answer.json["access_token"]
    refused = KEY.userinfo(strict, token)
    assert refused.status_code == 401
    assert refused.json["error"] == "use_dpop_nonce"
    assert refused.headers["WWW-Authenticate"].startswith('DPoP realm="mes"')
    assert 'error="use_dpop_nonce"' in refused.headers["WWW-Authenticate"]
    nonce = refused.headers["DPoP-Nonce"]
    proof = KEY.proof(strict, "/userinfo", "GET", token=token, nonce=nonce)
    assert KEY.userinfo(strict, token, proof).status_code == 200
    used = KEY.userinfo(strict, token, proof)
    assert used.json["error"] == "invalid_dpop_proof"


def test_8_at_par(strict: Provider) -> None:
    rp = strict.register()
    refused = strict.browser().post("/par", data=rp.request(), headers={"DPoP": KEY.proof(strict, "/par"), **rp.basic})
    assert (refused.status_code, refused.json["error"]) == (400, "use_dpop_nonce")
    proof = KEY.proof(strict, "/par", nonce=refused.headers["DPoP-Nonce"])
    answer = strict.browser().post("/par", data=rp.request(), headers={"DPoP": proof, **rp.basic})
    assert answer.status_code == 201
    assert answer.headers["DPoP-Nonce"]


def test_8_bearer_tokens_need_none(strict: Provider) -> None:
    tokens = strict.tokens(strict.register(), strict.person())
    assert strict.userinfo(tokens["access_token"]).status_code == 200


def test_8_a_nonce_runs_out(strict: Provider) -> None:
    rp = strict.register()
    strict.clock.advance(300 - strict.clock.now() % 300)
    nonce = KEY.redeem(strict, rp, "x").headers["DPoP-Nonce"]
    strict.clock.advance(599)
    assert KEY.redeem(strict, rp, new_code(strict, rp), KEY.proof(strict, nonce=nonce)).status_code == 200
    strict.clock.advance(1)
    late = KEY.redeem(strict, rp, new_code(strict, rp), KEY.proof(strict, nonce=nonce))
    assert late.json["error"] == "use_dpop_nonce"
    assert late.headers["DPoP-Nonce"] != nonce


def test_4_3_11_a_nonce_counts_more_than_a_wrong_clock(strict: Provider) -> None:
    rp = strict.register()
    nonce = KEY.redeem(strict, rp, "x").headers["DPoP-Nonce"]
    for iat in (0, strict.clock.now() + 86_400):
        proof = KEY.proof(strict, nonce=nonce, iat=iat)
        assert KEY.redeem(strict, rp, new_code(strict, rp), proof).status_code == 200
        assert KEY.redeem(strict, rp, new_code(strict, rp), proof).json["error"] == "invalid_dpop_proof"


def test_8_where_none_is_demanded_one_that_is_there_must_be_ours(provider: Provider) -> None:
    rp = provider.register()
    given = KEY.redeem(provider, rp, new_code(provider, rp))
    assert given.status_code == 200
    nonce = given.headers["DPoP-Nonce"]
    assert KEY.redeem(provider, rp, new_code(provider, rp), KEY.proof(provider, nonce=nonce)).status_code == 200
    slot = nonce.partition(".")[0]
    for made_up in ("x", "1." + "A" * 22, f"{slot}." + "A" * 22, nonce + "A", "9" * 400, "²." + "A" * 22):
        answer = KEY.redeem(provider, rp, new_code(provider, rp), KEY.proof(provider, nonce=made_up))
        assert (answer.status_code, answer.json["error"]) == (400, "use_dpop_nonce")


def test_8_2_answers_without_proofs_hold_no_nonce(provider: Provider) -> None:
    rp = provider.register()
    answer = provider.redeem(rp, new_code(provider, rp))
    assert "DPoP-Nonce" not in answer.headers
    assert "DPoP-Nonce" not in provider.userinfo(answer.json["access_token"]).headers


def test_every_node_knows_a_nonce(each_provider: Provider) -> None:
    """The keyed hash is by the root secret, which all nodes share; a jti is marked once for all of them."""
    rp = each_provider.register()
    nonce = KEY.redeem(each_provider, rp, "x").headers["DPoP-Nonce"]
    proof = KEY.proof(each_provider, nonce=nonce)
    assert KEY.redeem(each_provider, rp, new_code(each_provider, rp), proof).status_code == 200
    assert KEY.redeem(each_provider, rp, new_code(each_provider, rp), proof).json["error"] == "invalid_dpop_proof"
