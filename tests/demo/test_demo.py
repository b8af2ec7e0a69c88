"""`idp demo` as a program (DESIGN 5)."""

import json
import re
import stat

import pytest
import requests

from idp.demo.people import PEOPLE
from tests.demo.waiting import printed_when
from tests.servers.demo import Demo
from tests.servers.programs import idp

FORM = "application/x-www-form-urlencoded"


def provider_now(demo: Demo) -> int:
    moved = requests.post(f"{demo.provider}/sandbox/clock", data={"advance": 0}, timeout=60).json()
    now: int = moved["now"]
    return now


def test_all_three_answer(demo: Demo) -> None:
    assert requests.get(f"{demo.provider}/readyz", timeout=60).json()["status"] == "ready"
    discovery = requests.get(f"{demo.provider}/.well-known/openid-configuration", timeout=60).json()
    assert discovery["issuer"] == demo.provider
    for module in (demo.mmis, demo.appeals):
        assert requests.get(module, timeout=60).status_code == 200


def test_people_addresses_and_inbox_are_printed(demo: Demo) -> None:
    printed = printed_when(demo.program, "Ctrl-C ends it.")
    for person in PEOPLE:
        assert person.user_id in printed
        assert person.password in printed or person.start == "temporary_password"
    for address in (demo.mmis, demo.appeals, f"{demo.provider}/sandbox/inbox"):
        assert address in printed
    assert "otpauth://totp/" in printed


def test_s12_a_mail_that_the_command_line_causes_is_in_the_inbox_at_once(demo: Demo) -> None:
    create = ["users", "create", "new@clinic.example", "--given-name=New", "--family-name=Person", "--send-credentials"]
    idp(*create, settings=demo.settings)
    messages = demo.inbox("new@clinic.example")
    assert {message["subject"] for message in messages} == {"Your User ID for MES", "Your temporary password for MES"}
    assert all(set(message) == {"channel", "to", "subject", "body", "at"} for message in messages)
    assert all(message["channel"] == "mail" for message in messages)


def test_the_inbox_is_newest_first_and_a_page_too(demo: Demo) -> None:
    for number in range(2):
        who = f"order{number}@clinic.example"
        demo.idp("users", "create", who, "--given-name=A", "--family-name=Bee")
        demo.idp("users", "reset-password", who)
        assert requests.get(f"{demo.provider}/sandbox/inbox.json", timeout=60).json()[0]["to"] == who
    page = requests.get(f"{demo.provider}/sandbox/inbox", timeout=60)
    assert page.status_code == 200
    words = re.sub("<[^>]+>", "", page.text)
    assert words.index("order1@clinic.example") < words.index("order0@clinic.example")


def test_a_temporary_password_never_stands_in_the_page_of_a_stranger(demo: Demo) -> None:
    for path in ("/sandbox/inbox", "/sandbox/inbox.json"):
        assert requests.get(f"{demo.provider}{path}", headers={"Host": "evil.example"}, timeout=60).status_code == 400


@pytest.mark.parametrize("as_json", [False, True])
def test_the_clock_moves_for_every_process(demo: Demo, as_json: bool) -> None:
    before = provider_now(demo)
    body = {"json": {"advance": 100}} if as_json else {"data": {"advance": "100"}}
    moved = requests.post(f"{demo.provider}/sandbox/clock", timeout=60, **body).json()
    assert before + 100 <= moved["now"] <= before + 110
    demo.idp("users", "create", f"clock{as_json}@clinic.example", "--given-name=A", "--family-name=Bee")
    created = json.loads(demo.idp("users", "show", f"clock{as_json}@clinic.example", "--json"))["created_at"]
    assert created >= moved["now"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        *((FORM, body) for body in ("advance=soon", "advance=-5", "advance=", "", "advance=99999999999999999999")),
        ("application/json", "[" * 60_000),
    ],
)
def test_nonsense_moves_no_clock(demo: Demo, content_type: str, body: str) -> None:
    before = provider_now(demo)
    headers = {"Content-Type": content_type}
    answer = requests.post(f"{demo.provider}/sandbox/clock", data=body, headers=headers, timeout=60)
    assert answer.status_code == 400
    assert provider_now(demo) - before < 10


def test_everybody_is_in_the_state_that_was_printed(demo: Demo) -> None:
    for person in PEOPLE:
        shown = json.loads(demo.idp("users", "show", person.user_id, "--json"))
        assert (shown["locked_until"] is not None) == (person.start == "locked")
        assert set(shown["modules"]) == set(person.roles)
        assert shown["phone"] == person.phone
        if "mmis" in person.roles:
            assert shown["modules"]["mmis"]["external_ids"] == list(person.e6codes)


def test_secrets_are_the_owners_alone(demo: Demo) -> None:
    kept = [path for pattern in ("*.json*", "*.toml", "*.sqlite3", "keys/*") for path in demo.folder.glob(pattern)]
    assert {"clients.json", "demo.toml", "idp.sqlite3", "root-1.key"} <= {path.name for path in kept}
    for path in kept:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_doctor_finds_a_demo_sound(demo: Demo) -> None:
    findings = json.loads(demo.idp("doctor", "--json"))
    assert {finding["weight"] for finding in findings} == {"well"}
