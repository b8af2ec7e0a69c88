"""Asking for codes (RFC 8628 3.1 and 3.2): each test is named after its clause."""

import re
from typing import Any

import pytest

from tests.protocol.device import GRANT_TYPE, Device, device_of
from tests.protocol.provider import Provider, basic


@pytest.fixture
def device(provider: Provider) -> Device:
    """A device of the MES."""
    return device_of(provider)


def fault_of(device: Device, **changes: str | None) -> tuple[int, str]:
    answer = device.ask(**changes)
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.json or {}) == {"error", "error_description"}
    return answer.status_code, (answer.json or {})["error"]


def test_3_2_the_answer_has_exactly_these_members(provider: Provider, device: Device) -> None:
    answer = device.ask()
    body: dict[str, Any] = dict(answer.json or {})
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    code = body["user_code"]
    assert re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", code)
    assert body == {
        "device_code": body["device_code"],
        "user_code": code,
        "verification_uri": f"{provider.issuer}/device",
        "verification_uri_complete": f"{provider.issuer}/device?user_code={code}",
        "expires_in": 900,
        "interval": 5,
    }
    assert len(body["device_code"]) >= 43
    [issued] = provider.events("client:device_code:issued")
    assert body["device_code"] not in str(issued)
    assert code not in str(issued)


def test_3_2_each_answer_has_codes_of_its_own(device: Device) -> None:
    many = [device.codes() for _ in range(20)]
    assert len({codes["device_code"] for codes in many}) == len({codes["user_code"] for codes in many}) == 20


def test_3_1_a_public_client_asks_by_its_id(provider: Provider) -> None:
    public = device_of(provider, token_endpoint_auth_method="none")
    assert public.ask().status_code == 200
    assert fault_of(public, client_id=None) == (401, "invalid_client")
    assert fault_of(public, client_id="nobody") == (401, "invalid_client")


def test_3_1_a_client_with_a_secret_must_show_it(provider: Provider, device: Device) -> None:
    """LIBRARIES 1.6, 1.9.9: method `none` off the token endpoint."""
    for form, headers in (
        ({"client_id": device.rp.client_id}, {}),
        ({}, basic(device.rp.client_id, "wrong")),
        ({"client_id": device.rp.client_id, "client_secret": "wrong"}, {}),
    ):
        answer = provider.browser().post("/device_authorization", data={"scope": "openid", **form}, headers=headers)
        assert (answer.status_code, (answer.json or {})["error"]) == (401, "invalid_client")


def test_3_1_one_way_of_authenticating(provider: Provider, device: Device) -> None:
    other = device_of(provider, token_endpoint_auth_method="none")
    assert fault_of(device, client_id=other.rp.client_id) == (401, "invalid_client")
    assert fault_of(device, client_id=device.rp.client_id, client_secret="x") == (400, "invalid_request")


def test_the_client_must_be_registered_for_the_grant(provider: Provider, rp: Any) -> None:
    assert fault_of(Device(provider, rp)) == (400, "unauthorized_client")


@pytest.mark.parametrize("scope", [None, "profile", "openid  profile", "openid scim", "openid offline_access"])
def test_3_1_the_scope_is_checked_as_at_authorize(device: Device, scope: str | None) -> None:
    assert fault_of(device, client_id=device.rp.client_id, scope=scope) == (400, "invalid_scope")


def test_3_1_what_a_browser_may_not_a_device_may_not(device: Device) -> None:
    assert fault_of(device, request="eyJhbGciOiJub25lIn0.e30.") == (400, "request_not_supported")
    assert fault_of(device, request_uri="https://rp.example/r") == (400, "request_not_supported")
    assert fault_of(device, max_age="soon") == (400, "invalid_request")


def test_3_1_parameters_that_mean_nothing_here_are_ignored(device: Device) -> None:
    assert device.ask(audience="x", prompt="none", redirect_uri="https://evil.example/").status_code == 200


def test_the_endpoint_takes_forms_by_post_only(provider: Provider, device: Device) -> None:
    browser, path = provider.browser(), "/device_authorization"
    assert browser.get(path).status_code == 405
    assert browser.post(f"{path}?scope=openid", data={"scope": "openid"}, headers=device.rp.basic).status_code == 400
    assert browser.post(path, json={"scope": "openid"}, headers=device.rp.basic).status_code == 400
    assert browser.post(path, data="scope=openid&scope=openid", headers=device.rp.basic).status_code == 400


def test_5_anybody_asking_in_a_public_client_s_name_is_slowed_down(provider: Provider, device: Device) -> None:
    public = device_of(provider, token_endpoint_auth_method="none")
    for _ in range(60):
        public.codes()
    answer = public.ask()
    assert (answer.status_code, (answer.json or {})["error"]) == (429, "temporarily_unavailable")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert public.ask().status_code == 429
    assert len(provider.events("address:device_code:throttled")) == 1
    assert device.ask().status_code == 200
    provider.clock.advance(60)
    assert public.ask().status_code == 200


def test_4_discovery_says_so(provider: Provider) -> None:
    said = provider.browser().get("/.well-known/oauth-authorization-server").json
    assert said["device_authorization_endpoint"] == f"{provider.issuer}/device_authorization"
    assert GRANT_TYPE in said["grant_types_supported"]
