"""A directory made of a JSON file of people: for the demo and for tests, where no real one is (fact S2).

The file is a list of `{"user_id", "password", "given_name", "family_name", "phone"?, "mfa"?}`, read at each sign-in so that
a demo can change it while it runs. Its passwords are plain: it must never hold a real one, and `idp serve` does not use it.
"""

import hmac
import json
from dataclasses import dataclass
from pathlib import Path

from idp.directory.directory import Away, Employee, NotVerified


@dataclass(frozen=True)
class StandInDirectory:
    """Answers as a directory would; a file that is missing or broken is a directory that is away."""

    file: Path

    def verify(self, user_id: str, password: str) -> Employee | NotVerified | Away:
        """See `Directory`."""
        try:
            people = json.loads(self.file.read_text())
        except (OSError, ValueError):
            return Away()
        for person in people:
            if person["user_id"] != user_id:
                continue
            known, given = person["password"].encode(), password.encode("utf-8", "replace")
            if not hmac.compare_digest(known, given):
                return NotVerified()
            return Employee(
                user_id=user_id,
                given_name=person["given_name"],
                family_name=person["family_name"],
                phone=person.get("phone"),
                mfa=person.get("mfa", False),
            )
        return NotVerified()
