"""Known ways to have a provider send people, or itself, where an attacker wants (LIBRARIES 1.6)."""

from urllib.parse import urlencode

import pytest

from idp.registry.metadata_fault import MetadataFault
from tests.protocol.provider import Provider, RelyingParty

EVIL = "https://evil.example/cb"


@pytest.mark.parametrize(
    "wrong",
    [
        {"response_type": "token"},
        {"response_type": "x"},
        {"response_type": ""},
        {"response_type": 'a"\\b'},
        {"scope": "profile"},
        {"scope": ""},
        {"scope": "openid unknown"},
        {"response_mode": "fragment"},
        {"response_mode": "form_post"},
        {"response_mode": "jwt"},
        {"prompt": "none"},
        {"code_challenge": ""},
        {"request": "x.y.z"},
        {"request_uri": "https://evil.example/r"},
        {"registration": "{}"},
        {"claims": "{"},
        {"id_token_hint": "x"},
        {},
    ],
)
def test_cve_2026_41479_and_44681_an_address_that_is_not_registered_is_never_gone_to(
    module_provider: Provider, wrong: dict[str, str]
) -> None:
    rp = module_provider.register()
    browser = module_provider.sign_in(module_provider.people[0])
    for method in ("GET", "POST"):
        answer = module_provider.authorize(browser, rp.request(redirect_uri=EVIL, **wrong), method)
        assert answer.status_code in (400, 303)
        if answer.status_code == 303:
            # A form from elsewhere comes again with its cookies, to us.
            answer = browser.get(answer.headers["Location"])
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:80@evil.example/cb",
        "http://127.0.0.1@evil.example/",
        "http://localhost.evil.example/",
        "https://rp.example\\@evil.example/",
        "javascript://rp.example/%0aalert(1)",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://rp.example/#x",
        "//evil.example/cb",
    ],
)
def test_pysec_2026_4354_and_javascript_addresses_cannot_be_registered(module_provider: Provider, address: str) -> None:
    for field in ("redirect_uris", "post_logout_redirect_uris"):
        with pytest.raises(MetadataFault):
            module_provider.register(**{field: [address]})


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/r",
        "https://10.0.0.1/r",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/r",
        "https://[::ffff:127.0.0.1]/r",
        "https://localhost/r",
        "https://2130706433/r",
        "https://0x7f.1/r",
    ],
)
def test_pysec_2026_4360_what_only_we_can_reach_is_not_fetched_for_a_client(
    module_provider: Provider, address: str
) -> None:
    try:
        rp = module_provider.register(request_uris=[address])
    except MetadataFault:
        return
    answer = module_provider.browser().get(
        "/authorize?" + urlencode(rp.request(request_uri=address, request=None, prompt="none"))
    )
    assert "error=invalid_request_uri" in answer.headers["Location"]


@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect", "/par", "/device_authorization"])
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "client_secret_jwt"])
def test_authlib_1_9_9_a_client_with_a_secret_shows_it_at_every_endpoint(
    module_provider: Provider, path: str, method: str
) -> None:
    rp: RelyingParty = module_provider.register(token_endpoint_auth_method=method)
    form = {**rp.request(), "client_id": rp.client_id, "token": "x", "grant_type": "authorization_code", "code": "x"}
    answer = module_provider.browser().post(path, data=form)
    assert (answer.status_code, (answer.json or {})["error"]) == (401, "invalid_client")
    answer = module_provider.browser().post(path, data=form | {"client_secret": ""})
    assert answer.status_code == 401
