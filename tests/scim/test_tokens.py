"""RFC 6750, RFC 9068 4: whose token opens /scim/v2, and that it opens nothing else."""

from typing import Any

import pytest

from idp.audit.trail import OPERATOR
from idp.oidc.jose import Jose
from idp.registry.metadata_fault import MetadataFault
from idp.web.bearer import challenge
from tests.protocol.provider import Provider, RelyingParty, bearer, claims_of, header_of
from tests.scim.module_client import ModuleClient, refusal, token_of


def asked(provider: Provider, headers: dict[str, str]) -> Any:
    return provider.browser().get("/scim/v2/Users", headers=headers)


def scim_client(provider: Provider, **more: Any) -> RelyingParty:
    return provider.register(**{"grant_types": ["client_credentials"], "scope": "scim", "module": "mmis", **more})


def test_the_token_is_for_this_resource_alone(provider: Provider) -> None:
    token = token_of(provider, "mmis")

    assert header_of(token)["typ"] == "at+jwt"
    assert claims_of(token)["aud"] == "http://localhost:8080/scim/v2"
    assert asked(provider, bearer(token)).status_code == 200
    assert provider.userinfo(token).status_code == 401


def test_no_token_a_broken_one_or_another_scheme_is_told_how_to_come(provider: Provider) -> None:
    token = token_of(provider, "mmis")
    for headers in (
        {},
        {"Authorization": "Basic Zm9vOmJhcg=="},
        {"Authorization": "Bearer"},
        {"Authorization": "DPoP"},
    ):
        answer = asked(provider, headers)
        refusal(answer, 401)
        assert answer.headers["WWW-Authenticate"] == challenge()
    for broken in ("x", token[:-3] + "abc", token + ".x", "é", "a.b.c"):
        answer = asked(provider, {"Authorization": f"Bearer {broken}".encode().decode("latin-1")})
        refusal(answer, 401)
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_persons_token_opens_nothing_here(provider: Provider) -> None:
    rp = provider.register()
    tokens = provider.tokens(rp, provider.person())

    refusal(asked(provider, bearer(tokens["access_token"])), 401)
    refusal(asked(provider, bearer(tokens["id_token"])), 401)


def test_a_client_token_for_another_purpose_opens_nothing_here(provider: Provider) -> None:
    answer = provider.token({"grant_type": "client_credentials"}, scim_client(provider).basic)
    refusal(asked(provider, bearer((answer.json or {})["access_token"])), 401)


def test_a_client_alone_has_no_scope_about_a_person_beside(provider: Provider) -> None:
    client = scim_client(provider, scope="mes scim")

    answer = provider.token({"grant_type": "client_credentials", "scope": "mes scim"}, client.basic)

    assert answer.status_code == 400
    assert (answer.json or {})["error"] == "invalid_scope"


def test_the_token_ends_with_its_time_and_with_its_client(provider: Provider) -> None:
    client = scim_client(provider)
    answer = provider.token({"grant_type": "client_credentials", "scope": "scim"}, client.basic)
    token = (answer.json or {})["access_token"]
    assert asked(provider, bearer(token)).status_code == 200

    provider.house.registry.disable(client.client_id, OPERATOR)
    provider.house.registry.clients.all()  # what a worker does within a second
    refusal(asked(provider, bearer(token)), 401)

    other = ModuleClient.of(provider)
    provider.clock.advance(300)
    refusal(asked(provider, bearer(other.token)), 401)


@pytest.mark.parametrize(
    "changed",
    [{"scope": "mes"}, {"sub": "somebody"}, {"client_id": "somebody"}, {"aud": ["http://localhost:8080/scim/v2"]}],
)
def test_every_claim_counts(provider: Provider, changed: dict[str, Any]) -> None:
    token = token_of(provider, "mmis")
    jose = Jose(provider.house.keys.keyring, provider.clock, provider.issuer)
    forged = jose.sign(claims_of(token) | changed, "ES256", "at+jwt")

    assert asked(provider, bearer(forged)).status_code in (401, 403)


def test_another_type_of_token_with_the_same_claims_is_refused(provider: Provider) -> None:
    jose = Jose(provider.house.keys.keyring, provider.clock, provider.issuer)
    claims = claims_of(token_of(provider, "mmis"))
    for alg, typ in (("ES256", "JWT"), ("ES256", "logout+jwt"), ("RS256", "at+jwt")):
        refusal(asked(provider, bearer(jose.sign(claims, alg, typ))), 401)


def test_the_scope_needs_a_module_and_the_client_credentials_grant(provider: Provider) -> None:
    with pytest.raises(MetadataFault, match="scope: scim needs"):
        scim_client(provider, module="")
    with pytest.raises(MetadataFault, match="scope: scim needs"):
        provider.register(scope="openid scim", module="mmis")
    with pytest.raises(MetadataFault):
        scim_client(provider, token_endpoint_auth_method="none")


def test_no_person_can_allow_the_scope(provider: Provider) -> None:
    rp = provider.register(grant_types=["authorization_code", "client_credentials"], scope="openid scim", module="mmis")
    answer = provider.authorize(provider.browser(), rp.request(scope="openid scim"))

    assert "error=invalid_scope" in answer.headers["Location"]


def test_a_module_called_like_the_agency_keeps_nobody(provider: Provider) -> None:
    from idp.modules.modules import Module

    with provider.house.database.transaction() as connection:
        provider.house.modules.catalogue.create(connection, Module("dmas", "D", "D.", "https://d.example/"))

    refusal(asked(provider, bearer(token_of(provider, "dmas"))), 403)
