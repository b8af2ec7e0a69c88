"""Fact S9: the module keeps the mobile number. It registers somebody by SCIM, changes the number, and the person confirms it."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

import requests

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo, code_in, temporary_password_in
from tests.servers.people import Person

PASSWORD = "Walnut.Bridge.72"
QUIET = 130


@dataclass(frozen=True)
class Module:
    """The module's own program: it speaks HTTP and nothing else."""

    demo: Demo

    def token(self) -> str:
        """Register a client and get a token."""
        options = ("--name", "Provisioning", "--module", "appeals", "--grant", "client_credentials", "--scope", "scim")
        client = json.loads(self.demo.idp("clients", "create", *options, "--json"))
        answer = requests.post(
            f"{self.demo.provider}/token",
            data={"grant_type": "client_credentials", "scope": "scim"},
            auth=(client["client_id"], client["client_secret"]),
            timeout=60,
        )
        return str(answer.json()["access_token"])

    def send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request that must be done."""
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": "application/scim+json"}
        url = f"{self.demo.provider}/scim/v2{path}"
        answer = requests.request(method, url, json=body, headers=headers, timeout=60)
        assert answer.ok, answer.text
        return dict(answer.json())


@in_both_languages
def test_s9_a_new_number_waits_until_its_owner_confirms_it(browser: AtBrowser, demo: Demo, language: str) -> None:
    module, ends = Module(demo), secrets.randbelow(8_000) + 1_000
    old, new = f"+1804555{ends}", f"+1804556{ends}"
    person = Person(f"robin.{secrets.token_hex(5)}@clinic.example", PASSWORD)
    user = module.send(
        "POST",
        "/Users",
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": person.user_id,
            "userType": "provider",
            "active": True,
            "locale": language,
            "name": {"givenName": "Robin", "familyName": "Shaw"},
            "phoneNumbers": [{"value": old}],
        },
    )
    mails = [demo.message(person.user_id, 2), *demo.inbox(person.user_id)[1:]]
    temporary = next(mail for mail in mails if mail["subject"] == browser.say("Your temporary password for MES"))

    browser.open(f"{demo.provider}/account")
    browser.give_password(person, temporary_password_in(temporary["body"]))
    browser.choose("Text message")
    browser.give_code(demo.code(old, 1))
    browser.sees_heading("Choose a new password")
    browser.fill("New password", PASSWORD)
    browser.fill("New password again", PASSWORD)
    browser.press("Save and continue")
    browser.sees_heading("Your account")

    module.send(
        "PATCH",
        f"/Users/{user['id']}",
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "phoneNumbers", "value": [{"value": new}]}],
        },
    )
    demo.advance(QUIET)
    assert len(demo.message(old, 2)["body"]) > 20

    browser.open(f"{demo.provider}/account")
    browser.look()
    browser.follow("Confirm this number")
    browser.sees_heading("Confirm your new mobile number")
    browser.look()
    browser.press("Send a code to the new number")
    browser.sees("We sent a code to your new number. Earlier codes no longer work.")
    code = code_in(demo.message(new, 1)["body"])
    browser.fill("Code from the text message", f"{(int(code) + 1) % 10**6:06}")
    browser.press("Confirm")
    browser.sees("That code is not right")
    browser.look()
    browser.fill("Code from the text message", code)
    browser.press("Confirm")
    browser.sees(
        "Your new mobile number is confirmed. From now on you can choose a code by text message when you sign in."
    )
    browser.look()

    browser.sign_out_in_header()
    browser.open(f"{demo.provider}/account")
    browser.give_password(person)
    browser.choose("Text message")
    browser.give_code(demo.code(new, 2))
    browser.sees_heading("Your account")
