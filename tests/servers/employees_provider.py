"""A real upstream for employees: oidc-provider from npm, with its people, as a process of its own."""

import json
from pathlib import Path

from tests.interop.node_program import FOLDER, install
from tests.servers.ports import free_port
from tests.servers.programs import Program

CLIENT_ID = "mes"
CLIENT_SECRET = "only-in-tests-0123456789"
MFA = "https://refeds.org/profile/mfa"
DOMAIN = "dmas.virginia.gov"
PEOPLE = ("dana", "sam", "robin", "kim", "lee", "max")


class EmployeesProvider:
    """Where the agency's people sign in: by their address, and a button."""

    def __init__(self, folder: Path, return_to: str) -> None:
        self._node, self._folder, self._return_to = install(), folder, return_to
        self.port = free_port()
        self.issuer = f"http://localhost:{self.port}"
        self.start()

    def start(self) -> None:
        """Start it."""
        people = {
            f"subject-of-{name}": {
                "email": email_of(name),
                "email_verified": True,
                "given_name": name.capitalize(),
                "family_name": "Whitfield",
            }
            for name in PEOPLE
        }
        settings = {
            "PORT": str(self.port),
            "ISSUER": self.issuer,
            "RETURN": f"{self._return_to}/sign-in/employee/return",
            "CLIENT_ID": CLIENT_ID,
            "CLIENT_SECRET": CLIENT_SECRET,
            "MFA": MFA,
            "PEOPLE": json.dumps(people),
        }
        script = FOLDER / "employees_provider.mjs"
        self.program = Program([self._node, script], self._folder / "employees.log", settings)
        self.program.wait_until(self.port)

    def stop(self) -> None:
        """End it."""
        self.program.kill()

    def settings(self) -> dict[str, str]:
        """Return the settings of a provider whose employees sign in here."""
        return {
            "IDP_UPSTREAM__ISSUER": self.issuer,
            "IDP_UPSTREAM__CLIENT_ID": CLIENT_ID,
            "IDP_UPSTREAM__CLIENT_SECRET": CLIENT_SECRET,
            "IDP_UPSTREAM__ACR": json.dumps({MFA: "urn:mes:acr:mfa"}),
            "IDP_OUTBOUND__ALLOW": '["localhost"]',
        }


def email_of(name: str) -> str:
    """Return the address of one of the people."""
    return f"{name}@{DOMAIN}"
