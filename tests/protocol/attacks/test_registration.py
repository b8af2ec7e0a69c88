"""Attacks by whoever may register a client: other people's sectors, names and addresses, and JSON made to hurt."""

from typing import Any

import pytest

from idp.registry.metadata import DEVICE_CODE
from tests.protocol.provider import Provider
from tests.protocol.registration import WEB, initial_token, post, registered

VICTIM = "https://victim.example/cb"


def refused(answer: Any, field: str) -> bool:
    """Whether a registration was refused because of this field."""
    body = dict(answer.json or {})
    return answer.status_code == 400 and str(body.get("error_description", "")).startswith(f"{field}: ")


@pytest.mark.parametrize("grants", [[DEVICE_CODE], ["authorization_code", DEVICE_CODE]])
@pytest.mark.parametrize("sector", [None, "https://victim.example/redirect_uris.json"])
def test_joining_somebody_elses_sector_to_know_people_by_its_subjects(
    registering: Provider, grants: list[str], sector: str | None
) -> None:
    """A redirect URI is proof of a sector as long as the tokens go there; those of the device grant go to whoever asks."""
    metadata = {
        "client_name": "Thief",
        "grant_types": grants,
        "subject_type": "pairwise",
        **({"redirect_uris": [VICTIM]} if "authorization_code" in grants else {}),
        **({"sector_identifier_uri": sector} if sector else {}),
    }
    assert refused(post(registering, metadata), "subject_type")


def test_joining_it_later_by_a_change(registering: Provider) -> None:
    own = registered(registering, grant_types=["authorization_code", DEVICE_CODE])
    change = {**WEB, "client_id": own.client_id, "redirect_uris": [VICTIM], "grant_types": ["authorization_code"]}
    pairwise = {**change, "subject_type": "pairwise"}
    assert own.put({**pairwise, "grant_types": ["authorization_code", DEVICE_CODE]}).status_code == 400
    assert own.put(pairwise).status_code == 200
    assert own.put({**pairwise, "grant_types": [DEVICE_CODE], "redirect_uris": []}).status_code == 400


@pytest.mark.parametrize(
    "name",
    [
        "Claims Desk",
        "CLAIMS-DESK",
        " claims  desk ",
        "\uff23laims Desk",
        "Cl\u00e0ims Desk",
        "claims.desk",
        "C\u04cf\u0430ims D\u0435sk",
        "\u0421laims Des\u043a",
        "C1aims Desk",
        "CIaims Desk",
        "Cla\u200bims Desk",
        "Cl\u0251ims Desk",
        "C\u0142aims Desk",
        "Claims De\ua731k",
        "Clairns Desk",
        "Claim\u0455 D\u0435sk",
        "Cla\u0456m\u0585 Desk",
    ],
)
def test_taking_the_name_of_an_application_of_ours(registering: Provider, name: str) -> None:
    registering.register(client_name="Claims Desk")
    assert refused(post(registering, WEB | {"client_name": name}), "client_name")
    assert refused(post(registering, WEB | {"client_name": "Honest", "client_name#es": name}), "client_name")
    own = registered(registering)
    assert own.put({**WEB, "client_id": own.client_id, "client_name": name}).status_code == 400


@pytest.mark.parametrize("name", ["\u3164", "\u2800\u2800", "Claims\u3164Desk", "Claims\u115fDesk", "\uffa0x"])
def test_a_name_that_nobody_sees(registering: Provider, name: str) -> None:
    """Drawn as nothing or as a space: "  asks for your details"."""
    assert refused(post(registering, WEB | {"client_name": name}), "client_name")


@pytest.mark.parametrize("name", ["MES", "M.E.S.", "\u041cES", "MES Identity Provider", "DMAS", "Virginia  Medicaid"])
def test_the_name_of_the_provider_itself(registering: Provider, name: str) -> None:
    assert refused(post(registering, WEB | {"client_name": name}), "client_name")


@pytest.mark.parametrize(
    "name", ["MES Friends", "Mesa", "\u0411\u0430\u043d\u043a", "\u5065\u5eb7", "Desk Claims", "Caf\u00e9"]
)
def test_other_names_are_everybody_s(registering: Provider, name: str) -> None:
    registering.register(client_name="Claims Desk")
    assert registered(registering, client_name=name).said["client_name"] == name


def test_a_module_s_own_people_may_use_its_name(registering: Provider) -> None:
    registering.register(client_name="Claims Desk")
    token = initial_token(registering, module="mmis")
    assert registered(registering, token, client_name="Claims Desk").said["client_name"] == "Claims Desk"


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/",
        "https://0x7f000001/", "https://2130706433/", "https://localhost:5432/", "https://metadata.google.internal/",
        "https://127.0.0.1.nip.io/", "https://[::ffff:169.254.169.254]/", "https://0/",
    ],
)  # fmt: skip
def test_having_us_fetch_what_only_we_can_reach(registering: Provider, address: str) -> None:
    """A sector file is fetched while the registration waits, so its answer would be told: all say the same."""
    answer = post(registering, WEB | {"subject_type": "pairwise", "sector_identifier_uri": address})
    assert answer.status_code == 400
    assert (answer.json or {})["error_description"] == "sector_identifier_uri: could not be fetched"


MONSTERS: dict[str, bytes] = {
    "deep": b'{"jwks":' + b'{"keys":[' * 5_000,
    "wide": b'{"contacts":[' + b'"a",' * 15_000 + b'"a"]}',
    "many_names": b"{" + b",".join(b'"client_name#a%d":"x"' % number for number in range(2_500)) + b"}",
    "long_number": b'{"default_max_age":' + b"9" * 50_000 + b"}",
    "huge_power": b'{"default_max_age":1e400}',
    "not_a_number": b'{"default_max_age":NaN}',
    "twice": b'{"client_name":"a","client_name":"b"}',
    "half_a_character": b'{"client_name":"\\ud800","redirect_uris":["https://rp.example/\\udfff"]}',
    "nul": b'{"client_name":"a\\u0000b","redirect_uris":["https://rp.example/cb"]}',
    "prototype": b'{"__proto__":{"first_party":true},"constructor":{},"client_name":"x","redirect_uris":["https://rp.example/"]}',
    "key_that_is_no_key": b'{"redirect_uris":["https://rp.example/"],"jwks":{"keys":[{"kty":"RSA","n":"","e":""}]}}',
    "key_of_one_bit": b'{"redirect_uris":["https://rp.example/"],"jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}}',
    "bytes": b"\xff\xfe{}",
}


@pytest.mark.parametrize("name", MONSTERS)
def test_json_made_to_hurt_a_parser_or_a_reader(registering: Provider, name: str) -> None:
    answer = registering.browser().post("/register", data=MONSTERS[name], content_type="application/json")
    assert answer.status_code in (400, 413) or (name == "prototype" and answer.status_code == 201)
    assert "first_party" not in str((answer.json or {}).get("first_party", ""))
    assert (answer.json or {}).get("first_party", False) is False


@pytest.mark.parametrize(
    "field",
    [
        "first_party",
        "module",
        "minimum_acr",
        "resource",
        "resources",
        "require_pkce",
        "access_token_seconds",
        "refresh_token_rotation",
    ],
)
def test_raising_oneself_by_a_field_of_the_operator_s(registering: Provider, field: str) -> None:
    values: dict[str, object] = {
        "first_party": True,
        "module": "mmis",
        "minimum_acr": "urn:mes:acr:password",
        "resource": "https://api.example/",
        "resources": ["https://api.example/"],
        "require_pkce": False,
        "access_token_seconds": 43_200,
        "refresh_token_rotation": False,
    }
    assert refused(post(registering, WEB | {field: values[field]}), field)
    own = registered(registering)
    assert refused(own.put({**WEB, "client_id": own.client_id, field: values[field]}), field)
