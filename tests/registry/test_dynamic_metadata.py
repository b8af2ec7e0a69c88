"""What counts of metadata that a program sends for itself."""

from typing import Any

import pytest

from idp.registry.dynamic_metadata import allowed_by, dynamic_metadata
from idp.registry.metadata import DEVICE_CODE, check_metadata
from idp.registry.metadata_fault import MetadataFault
from idp.registry.registration_terms import RegistrationTerms

GOOD = {"client_name": "Viewer", "redirect_uris": ["https://rp.example/cb"]}
PUBLISHED = allowed_by(RegistrationTerms(), http_on_this_machine=False)


@pytest.mark.parametrize(
    "metadata",
    [
        {"redirect_uris": ["http://localhost:8081/cb"]},
        {"redirect_uris": ["http://127.0.0.1/cb"], "application_type": "web"},
        {"post_logout_redirect_uris": ["http://[::1]/out"]},
        {"application_type": "native", "backchannel_logout_uri": "http://localhost/out"},
        {"application_type": "native", "jwks_uri": "http://localhost/jwks"},
        {"request_uris": ["http://localhost/request"]},
        {"initiate_login_uri": "http://localhost/login"},
    ],
)
def test_a_web_client_is_not_at_http(metadata: dict[str, Any]) -> None:
    """OIDC Registration 2; what a native application's own machine answers is no business of ours either."""
    with pytest.raises(MetadataFault, match="https"):
        dynamic_metadata(GOOD | metadata, PUBLISHED)
    developing = allowed_by(RegistrationTerms(), http_on_this_machine=True)
    assert dynamic_metadata(GOOD | metadata, developing)


def test_a_native_one_is_where_it_listens() -> None:
    """RFC 8252 7.3."""
    native = {
        "application_type": "native",
        "redirect_uris": ["http://127.0.0.1/cb"],
        "post_logout_redirect_uris": ["http://127.0.0.1/out"],
    }
    assert check_metadata(dynamic_metadata(GOOD | native, PUBLISHED))


def test_a_person_s_own_machine_is_no_sector() -> None:
    """All native applications would know a person by one subject."""
    native = {"application_type": "native", "subject_type": "pairwise", "redirect_uris": ["http://127.0.0.1/cb"]}
    for uris in (["http://127.0.0.1/cb"], ["http://localhost/cb"], ["https://rp.example/cb", "http://[::1]/cb"]):
        with pytest.raises(MetadataFault, match="subject_type"):
            dynamic_metadata(GOOD | native | {"redirect_uris": uris}, PUBLISHED)
    assert dynamic_metadata(GOOD | native | {"redirect_uris": ["https://rp.example/cb"]}, PUBLISHED)
    developing = allowed_by(RegistrationTerms(), http_on_this_machine=True)
    assert dynamic_metadata(GOOD | native, developing)


def test_terms_of_an_operator_widen_what_may_be_said() -> None:
    terms = RegistrationTerms(module="mmis", scope=("mes", "scim"), require_pkce=False, client_credentials=True)
    metadata = dynamic_metadata(
        GOOD | {"grant_types": ["authorization_code", "client_credentials"], "module": "mmis"},
        allowed_by(terms, http_on_this_machine=False),
    )
    assert (metadata["module"], metadata["scope"]) == ("mmis", "openid profile email phone mes scim")
    assert metadata["require_pkce"] is False
    with pytest.raises(MetadataFault, match="module"):
        dynamic_metadata(GOOD | {"module": "appeals"}, allowed_by(terms, http_on_this_machine=False))


@pytest.mark.parametrize(
    "kind",
    [
        {"token_endpoint_auth_method": "none"},
        {"application_type": "native"},
        {"dpop_bound_access_tokens": True},
        {"require_pushed_authorization_requests": True},
    ],
)
def test_who_must_use_pkce_must_whatever_the_terms_say(kind: dict[str, Any]) -> None:
    allowed = allowed_by(RegistrationTerms(require_pkce=False), http_on_this_machine=False)
    assert check_metadata(dynamic_metadata(GOOD | kind, allowed))["require_pkce"] is True


@pytest.mark.parametrize(
    ("grants", "scope"),
    [
        (["authorization_code"], "openid profile email phone"),
        (["authorization_code", "refresh_token"], "openid profile email phone offline_access"),
        ([DEVICE_CODE], "openid profile email phone"),
        (["refresh_token"], ""),
        ("authorization_code", ""),
        ([["authorization_code"]], ""),
        ({}, ""),
    ],
)
def test_who_says_no_scope_may_ask_for_all_that_people_agree_to(grants: object, scope: str) -> None:
    assert dynamic_metadata(GOOD | {"grant_types": grants}, PUBLISHED)["scope"] == scope


@pytest.mark.parametrize("uris", [None, [], [7], ["https://[::1"], ["x"], "https://rp.example/cb", {}])
def test_a_client_without_name_and_place_is_unnamed(uris: object) -> None:
    assert dynamic_metadata({"redirect_uris": uris}, PUBLISHED)["client_name"] == "Unnamed application"
