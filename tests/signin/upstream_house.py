"""Rooms of sign-in whose employees sign in at a scripted upstream, and a browser that goes there and back."""

from collections.abc import Callable
from typing import Any

from idp.signin.outcomes import Advanced, Elsewhere, Gone
from idp.signin.receive_employee import Back
from tests.servers.scripted_upstream import CLIENT_ID, CLIENT_SECRET, ScriptedUpstream
from tests.signin.house import Browser, House

EMPLOYEE = "dana@dmas.virginia.gov"


def upstream_settings(upstream: ScriptedUpstream, **changes: object) -> dict[str, Any]:
    """Return the settings of a house whose employees are there."""
    group = {"issuer": upstream.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return {"upstream": group | changes, "outbound": {"allow": ["127.0.0.1"]}}


class EmployeeBrowser(Browser):
    """A browser whose person is known at the upstream."""

    def leave(self) -> str:
        """Go to the upstream; return the address."""
        left = self.rooms.signin.employees.send(self.interaction, self.session, language="en", visitor=self.visitor)
        assert isinstance(left, Elsewhere), left
        return left.url

    def come_back(self, answer: dict[str, str]) -> object:
        """Come back with an answer; return the outcome."""
        back = self.rooms.signin.employees.receive(answer, self.browser, self.visit)
        if isinstance(back, Gone):
            return back
        assert isinstance(back, Back)
        return self.keep(back.outcome)

    def there_and_back(self, upstream: ScriptedUpstream, **changes: str) -> object:
        """Go there and come back with what the upstream answers."""
        return self.come_back(upstream.answer(self.leave(), **changes))


def employee_browser(house: House) -> EmployeeBrowser:
    """Return a new browser at the sign-in page."""
    browser = EmployeeBrowser(house, house.rooms)
    browser.come()
    return browser


MakeHouse = Callable[..., House]


def open_house(make_house: MakeHouse, upstream: ScriptedUpstream, **changes: object) -> House:
    """Return a house over the upstream, both at the same time of day."""
    house = make_house(**upstream_settings(upstream, **changes))
    upstream.now = house.clock.now()
    return house


def signed_in(outcome: object, browser: Browser) -> None:
    """The sign-in went through."""
    assert isinstance(outcome, Advanced), outcome
    assert browser.session is not None


def reasons(house: House) -> list[object]:
    """Why sign-ins were refused, oldest first."""
    return [entry.details["reason"] for entry in reversed(house.trail.newest(event="account:sign_in:rejected"))]
