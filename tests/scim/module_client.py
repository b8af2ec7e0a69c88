"""A module's SCIM client, as its developer would write it: a token by client_credentials, then JSON."""

import json
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.protocol.provider import Provider, bearer

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
MEDIA_TYPE = "application/scim+json"


def token_of(provider: Provider, module: str, scope: str = "scim") -> str:
    """Register a client of the module and return its access token."""
    client = provider.register(grant_types=["client_credentials"], scope=scope, module=module)
    answer = provider.token({"grant_type": "client_credentials", "scope": scope}, client.basic)
    assert answer.status_code == 200, answer.text
    return str((answer.json or {})["access_token"])


def robin(**changes: Any) -> dict[str, Any]:
    """Return what a module says of a new user; a change of None leaves the attribute out."""
    said = {
        "schemas": [USER],
        "userName": "robin.shaw@clinic.example",
        "userType": "provider",
        "name": {"givenName": "Robin", "familyName": "Shaw"},
        "active": True,
        "phoneNumbers": [{"value": "+18045550100", "type": "mobile"}],
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


@dataclass(repr=False)
class ModuleClient:
    """Talks SCIM for one module."""

    provider: Provider
    module: str
    token: str

    @classmethod
    def of(cls, provider: Provider, module: str = "mmis") -> "ModuleClient":
        """Return a new client of the module."""
        return cls(provider, module, token_of(provider, module))

    def ask(
        self, method: str, path: str, body: object = None, *, raw: bytes | None = None, **headers: str
    ) -> TestResponse:
        """Send a request below /scim/v2."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        return self.provider.browser().open(
            "/scim/v2" + path,
            method=method,
            data=data,
            headers={**bearer(self.token), **({"Content-Type": MEDIA_TYPE} if data is not None else {}), **sent},
        )

    def create(self, **changes: Any) -> dict[str, Any]:
        """Create a user that must be accepted."""
        answer = self.ask("POST", "/Users", robin(**changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json or {})

    def get(self, user_id: str) -> dict[str, Any]:
        """Return a user that must be there."""
        answer = self.ask("GET", f"/Users/{user_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})

    def patch(self, user_id: str, *operations: dict[str, Any], **headers: str) -> TestResponse:
        """Send a PATCH."""
        return self.ask("PATCH", f"/Users/{user_id}", {"schemas": [PATCH], "Operations": list(operations)}, **headers)

    def replace(self, user_id: str, path: str, value: object, **headers: str) -> TestResponse:
        """Send a PATCH that replaces one attribute."""
        return self.patch(user_id, {"op": "replace", "path": path, "value": value}, **headers)

    def find(self, filter_: str) -> TestResponse:
        """Search."""
        return self.provider.browser().get(
            "/scim/v2/Users", query_string={"filter": filter_}, headers=bearer(self.token)
        )


def refusal(answer: TestResponse, status: int, scim_type: str = "") -> str:
    """Hold that the answer is a SCIM error of this kind, and return its words."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == MEDIA_TYPE
    said = answer.json or {}
    assert said["schemas"] == [ERROR]
    assert said["status"] == str(status)
    assert said.get("scimType", "") == scim_type, said
    return str(said.get("detail", ""))
