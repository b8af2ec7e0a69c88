"""A client that an operator registered to do without PKCE (RFC 9700 2.1.1), for certification and for old clients."""

from typing import Any

import pytest

from idp.registry.metadata_fault import MetadataFault
from tests.protocol.provider import Provider, RelyingParty, answer_of


@pytest.fixture
def old(provider: Provider) -> RelyingParty:
    """A confidential client that may leave PKCE out."""
    return provider.register(require_pkce=False)


def test_2_1_1_it_may_leave_the_challenge_out(provider: Provider, old: RelyingParty) -> None:
    code = provider.code(provider.sign_in(provider.person()), old, code_challenge=None, code_challenge_method=None)
    assert provider.redeem(old, code, code_verifier=None).status_code == 200


def test_2_1_1_a_verifier_without_a_challenge_is_refused(provider: Provider, old: RelyingParty) -> None:
    code = provider.code(provider.sign_in(provider.person()), old, code_challenge=None, code_challenge_method=None)
    answer = provider.redeem(old, code)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    assert provider.redeem(old, code, code_verifier=None).status_code == 200


def test_4_6_a_challenge_that_it_sends_is_held_to(provider: Provider, old: RelyingParty) -> None:
    code = provider.code(provider.sign_in(provider.person()), old)
    answer = provider.redeem(old, code, code_verifier=None)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
    assert provider.redeem(old, code).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": "x" * 42},
    ],
)
def test_4_3_half_a_challenge_is_refused(provider: Provider, old: RelyingParty, changes: dict[str, str | None]) -> None:
    answer = answer_of(provider.authorize(provider.sign_in(provider.person()), old.request(**changes)))
    assert answer["error"] == "invalid_request"


@pytest.mark.parametrize(
    "metadata",
    [
        {"token_endpoint_auth_method": "none"},
        {"application_type": "native"},
        {"dpop_bound_access_tokens": True},
        {"require_pushed_authorization_requests": True},
    ],
)
def test_2_1_1_only_a_web_client_that_authenticates_may_and_none_of_fapi(
    provider: Provider, metadata: dict[str, Any]
) -> None:
    with pytest.raises(MetadataFault) as caught:
        provider.register(require_pkce=False, **metadata)
    assert caught.value.field == "require_pkce"
