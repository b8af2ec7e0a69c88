"""The code flow from the request to userinfo (OIDC Core 3.1), with the exact shape of every answer."""

from tests.protocol.provider import Provider, RelyingParty, answer_of, claims_of, header_of


def test_3_1_2_5_a_signed_in_person_is_sent_back_with_code_state_and_iss(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    answer = provider.authorize(browser, rp.request())
    assert answer.status_code == 303
    assert answer_of(answer).keys() == {"code", "state", "iss", "session_state"}
    assert answer_of(answer)["state"] == "st-1"
    assert answer_of(answer)["iss"] == provider.issuer


def test_3_1_3_3_the_token_response(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    answer = provider.redeem(rp, provider.code(provider.sign_in(person), rp))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json.keys() == {
        "access_token", "token_type", "expires_in", "scope", "id_token", "refresh_token",
    }  # fmt: skip
    assert header_of(answer.json["id_token"]).keys() == {"alg", "kid", "typ"}
    assert header_of(answer.json["access_token"])["typ"] == "at+jwt"
    id_token = claims_of(answer.json["id_token"])
    now = provider.clock.now()
    assert {name: id_token[name] for name in id_token if name not in ("sid", "at_hash")} == {
        "iss": provider.issuer,
        "sub": person.sub,
        "aud": rp.client_id,
        "azp": rp.client_id,
        "iat": now,
        "exp": now + 300,
        "auth_time": now,
        "nonce": "no-1",
        "acr": "urn:mes:acr:passcode",
        "amr": ["pwd", "otp"],
    }


def test_5_3_userinfo_answers_with_sub(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    tokens = provider.tokens(rp, person)
    answer = provider.userinfo(tokens["access_token"])
    assert answer.status_code == 200
    assert answer.json == {"sub": person.sub}
