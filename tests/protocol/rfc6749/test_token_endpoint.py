"""The token endpoint (RFC 6749 3.2, 4.1.3, 5.2)."""

import pytest

from tests.protocol.provider import REDIRECT_URI, VERIFIER, Provider, RelyingParty, basic


def fails(answer, error: str, status: int = 400) -> None:  # type: ignore[no-untyped-def]
    """Hold that the answer is this OAuth error, in its exact shape."""
    assert answer.status_code == status, answer.text
    assert answer.json.keys() == {"error", "error_description"}
    assert answer.json["error"] == error
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_5_2_a_missing_grant_type_is_invalid_request(provider: Provider, rp: RelyingParty) -> None:
    fails(provider.token({"x": "y"}, rp.basic), "invalid_request")


@pytest.mark.parametrize("grant_type", ["password", "implicit", "", "x\u00e9", 'a"b\\c', "urn:ietf:params:oauth:x"])
def test_5_2_an_unknown_grant_type(provider: Provider, rp: RelyingParty, grant_type: str) -> None:
    expected = "unsupported_grant_type" if grant_type else "invalid_request"
    fails(provider.token({"grant_type": grant_type}, rp.basic), expected)


def test_5_2_a_grant_type_that_the_client_is_not_registered_for(provider: Provider) -> None:
    client = provider.register()
    fails(provider.token({"grant_type": "client_credentials"}, client.basic), "unauthorized_client")
    fails(provider.refresh(client, "x"), "unauthorized_client")


def test_get_is_405_with_json(provider: Provider) -> None:
    answer = provider.browser().get("/token")
    assert answer.status_code == 405
    assert answer.json["error"] == "invalid_request"


@pytest.mark.parametrize("missing", ["code", "redirect_uri", "code_verifier"])
def test_4_1_3_what_is_missing(provider: Provider, rp: RelyingParty, missing: str) -> None:
    code = provider.code(provider.sign_in(provider.person()), rp)
    answer = provider.redeem(rp, **({"code": code} | {missing: None}))
    fails(answer, "invalid_request" if missing == "code" else "invalid_grant")
    assert provider.redeem(rp, code).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "x"},
        {"code": "A" * 43},
        {"redirect_uri": REDIRECT_URI + "/"},
        {"code_verifier": VERIFIER + "x"},
        {"code_verifier": VERIFIER.upper()},
    ],
)
def test_4_1_3_what_is_wrong_leaves_the_code_good_for_its_owner(
    provider: Provider, rp: RelyingParty, changes: dict[str, str]
) -> None:
    code = provider.code(provider.sign_in(provider.person()), rp)
    fails(provider.redeem(rp, **({"code": code} | changes)), "invalid_grant")
    assert provider.redeem(rp, code).status_code == 200


def test_4_1_3_another_client_s_code_is_refused_and_stays_good(provider: Provider, rp: RelyingParty) -> None:
    code = provider.code(provider.sign_in(provider.person()), rp)
    fails(provider.redeem(provider.register(), code), "invalid_grant")
    first = provider.redeem(rp, code)
    assert first.status_code == 200
    fails(provider.redeem(provider.register(), code), "invalid_grant")
    assert provider.userinfo(first.json["access_token"]).status_code == 200


def test_4_1_2_a_code_lives_60_seconds(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    young, old = provider.code(browser, rp), provider.code(browser, rp)
    provider.clock.advance(59)
    assert provider.redeem(rp, young).status_code == 200
    provider.clock.advance(1)
    fails(provider.redeem(rp, old), "invalid_grant")


@pytest.mark.parametrize("later", [0, 3_600])
def test_4_1_2_a_replay_is_refused_and_revokes_what_the_code_gave(each_provider: Provider, later: int) -> None:
    provider = each_provider
    rp = provider.register(grant_types=["authorization_code", "refresh_token"])
    code = provider.code(provider.sign_in(provider.person()), rp)
    tokens = provider.redeem(rp, code).json
    provider.clock.advance(later)
    fails(provider.redeem(rp, code), "invalid_grant")
    assert provider.userinfo(tokens["access_token"]).status_code == 401
    fails(provider.refresh(rp, tokens["refresh_token"]), "invalid_grant")
    assert len(provider.events("client:code:replayed")) == 1


def test_4_1_2_a_replay_after_the_session_s_end_revokes_all_the_same(provider: Provider) -> None:
    rp = provider.register(
        grant_types=["authorization_code", "refresh_token"], scope="openid offline_access", first_party=True
    )
    browser = provider.sign_in(provider.person())
    for _ in range(provider.house.settings.session.absolute_seconds // 600 - 1):
        provider.clock.advance(600)
        browser.get("/menu")
    provider.clock.advance(580)
    code, late = (provider.code(browser, rp, scope="openid offline_access") for _ in range(2))
    tokens = provider.redeem(rp, code).json
    provider.clock.advance(30)
    assert provider.redeem(rp, late).json["error"] == "invalid_grant"
    assert provider.redeem(rp, code).json["error"] == "invalid_grant"
    assert provider.refresh(rp, tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert len(provider.events("client:code:replayed")) == 1


def test_a_code_whose_person_signed_out_meanwhile_is_refused(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    hint = provider.redeem(rp, provider.code(browser, rp)).json["id_token"]
    code = provider.code(browser, rp)
    browser.get("/end-session", query_string={"id_token_hint": hint})
    fails(provider.redeem(rp, code), "invalid_grant")


def test_a_code_of_a_disabled_account_is_refused(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    code = provider.code(provider.sign_in(person), rp)
    with provider.house.database.transaction() as connection:
        provider.house.people.accounts.disable(connection, person.id)
    fails(provider.redeem(rp, code), "invalid_grant")


def test_the_store_holds_no_code_and_no_refresh_token(provider: Provider, rp: RelyingParty, tmp_path) -> None:  # type: ignore[no-untyped-def]
    code = provider.code(provider.sign_in(provider.person()), rp)
    tokens = provider.redeem(rp, code).json
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("idp.sqlite3*"))
    for secret in (code, *tokens["refresh_token"].split("."), tokens["access_token"], rp.client_secret):
        assert secret.encode() not in everything


def test_without_a_signing_key_it_is_503_and_the_code_stays_good(provider: Provider, rp: RelyingParty) -> None:
    from sqlalchemy import delete, insert, select

    from idp.keyring.model import signing_keys
    from idp.store.versions import bump

    code = provider.code(provider.sign_in(provider.person()), rp)
    with provider.house.database.transaction() as connection:
        rows = [dict(row) for row in connection.execute(select(signing_keys)).mappings()]
        connection.execute(delete(signing_keys))
    provider.house.keys.keyring._ring = None  # a process that starts without keys
    answer = provider.redeem(rp, code)
    fails(answer, "temporarily_unavailable", 503)
    with provider.house.database.transaction() as connection:
        connection.execute(insert(signing_keys), rows)
        bump(connection, "signing_keys")
    provider.house.keys.keyring._ring = None
    assert provider.redeem(rp, code).status_code == 200


def test_the_trail_names_client_person_and_session(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    provider.tokens(rp, person)
    entry = provider.events("client:token:issued")[0]
    assert (entry.actor, entry.subject, entry.client_id) == (f"client:{rp.client_id}", person.sub, rp.client_id)
    assert entry.details == {"grant_type": "authorization_code", "acr": "urn:mes:acr:passcode", "scope": "openid"}
    assert person.user_id not in str(entry)


def test_basic_with_form_encoded_parts(provider: Provider, rp: RelyingParty) -> None:
    code = provider.code(provider.sign_in(provider.person()), rp)
    encoded = "".join(f"%{ord(character):02X}" for character in rp.client_id)
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER,
    }  # fmt: skip
    assert provider.token(form, basic(encoded, rp.client_secret or "")).status_code == 200
