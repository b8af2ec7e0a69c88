"""Client authentication (RFC 6749 2.3, OIDC Core 9): one method a client, one a request, one answer to every failure."""

from urllib.parse import unquote

import pytest

from idp.audit.trail import OPERATOR
from idp.registry.rotate_secret import SecretRotated
from tests.protocol.possession import encoded
from tests.protocol.provider import Provider, RelyingParty, basic

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def machine(provider: Provider) -> RelyingParty:
    """A client that acts for itself."""
    return provider.register(grant_types=["client_credentials"], scope="mes")


def refused(answer) -> str:  # type: ignore[no-untyped-def]
    """Hold that the client was refused, and challenged only if it came by a challenge's way (5.2); return the whole answer."""
    assert answer.status_code == 401, answer.text
    challenge = 'Basic realm="mes"' if answer.request.headers.get("Authorization") else None
    assert answer.headers.get("WWW-Authenticate") == challenge
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["error"] == "invalid_client"
    return str(answer.text)


def test_client_secret_basic(provider: Provider, machine: RelyingParty) -> None:
    assert provider.token(GRANT, machine.basic).status_code == 200
    assert provider.token({**GRANT, "client_id": machine.client_id}, machine.basic).status_code == 200


def test_client_secret_post(provider: Provider) -> None:
    by_post = provider.register(
        grant_types=["client_credentials"], scope="mes", token_endpoint_auth_method="client_secret_post"
    )
    form = {**GRANT, "client_id": by_post.client_id, "client_secret": by_post.client_secret or ""}
    assert provider.token(form).status_code == 200
    refused(provider.token({**form, "client_secret": "wrong"}))
    refused(provider.token(GRANT, by_post.basic))


def test_none_is_for_public_clients_only(provider: Provider, machine: RelyingParty) -> None:
    refused(provider.token({**GRANT, "client_id": machine.client_id}))
    public = provider.register(token_endpoint_auth_method="none")
    assert public.client_secret is None
    code = provider.code(provider.sign_in(provider.person()), public)
    assert provider.redeem(public, code).status_code == 200


def test_a_public_client_with_a_secret_is_refused(provider: Provider) -> None:
    public = provider.register(token_endpoint_auth_method="none")
    code = provider.code(provider.sign_in(provider.person()), public)
    refused(provider.redeem(public, code, client_secret="x"))


def test_no_failure_tells_whether_the_client_exists(provider: Provider, machine: RelyingParty) -> None:
    answers = {
        refused(provider.token(GRANT, basic(machine.client_id, "wrong"))),
        refused(provider.token(GRANT, basic("nobody", "wrong"))),
        refused(provider.token(GRANT)),
        refused(provider.token({**GRANT, "client_id": "nobody"})),
    }
    assert len(answers) == 1


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic " + "A" * 5_000,
        "Basic bm9jb2xvbg==",
        "Basic Og==",
        "Basic //79/A==",
        "Bearer x",
        "Negotiate x",
        "Basic \u00e9",
    ],
)
def test_a_strange_header_is_401(provider: Provider, header: str) -> None:
    refused(provider.token(GRANT, {"Authorization": header}))


@pytest.mark.parametrize("secret", ["\u00e9", "\u6f22", "\x00", "x" * 10_000, "%FF"])
def test_a_strange_secret_is_401(provider: Provider, machine: RelyingParty, secret: str) -> None:
    refused(provider.token(GRANT, basic(machine.client_id, secret)))


@pytest.mark.parametrize("client_id", ["\x00", "%00", "a%00b", "%ED%A0%80", "%0A"])
def test_a_name_that_no_database_takes_is_401(each_provider: Provider, client_id: str) -> None:
    assertion = {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": f"{encoded({'alg': 'ES256'})}.{encoded({'sub': unquote(client_id)})}.AAAA",
    }
    for path in ("/token", "/revoke"):
        browser = each_provider.browser()
        refused(browser.post(path, data=GRANT, headers=basic(client_id, "x")))
        refused(browser.post(path, data=GRANT | assertion))


def test_a_rotated_secret_works_beside_the_old_one_for_a_while(provider: Provider, machine: RelyingParty) -> None:
    rotated = provider.house.registry.rotate_secret(machine.client_id, 600, OPERATOR)
    assert isinstance(rotated, SecretRotated)
    provider.house.registry.clients.all()
    assert provider.token(GRANT, basic(machine.client_id, rotated.client_secret)).status_code == 200
    assert provider.token(GRANT, machine.basic).status_code == 200
    provider.clock.advance(600)
    refused(provider.token(GRANT, machine.basic))
    assert provider.token(GRANT, basic(machine.client_id, rotated.client_secret)).status_code == 200


def test_a_failure_is_on_the_trail(provider: Provider, machine: RelyingParty) -> None:
    refused(provider.token({**GRANT, "client_id": machine.client_id}, basic(machine.client_id, "wrong")))
    entry = provider.events("client:authentication:rejected")[0]
    assert entry.client_id == machine.client_id
    assert entry.details == {"method": "client_secret_basic"}


def test_client_credentials_give_no_refresh_token_and_nothing_about_a_person(
    provider: Provider, machine: RelyingParty
) -> None:
    answer = provider.token(GRANT, machine.basic)
    assert answer.json.keys() == {"access_token", "token_type", "expires_in"}
    assert provider.userinfo(answer.json["access_token"]).status_code == 401
    for scope in ("openid", "mes", "unknown", "offline_access"):
        refusal = provider.token({**GRANT, "scope": scope}, machine.basic)
        assert (refusal.status_code, refusal.json["error"]) == (400, "invalid_scope")
