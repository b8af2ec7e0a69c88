"""What a person does with passkeys and recovery codes in a browser."""

from typing import Any

from idp.authenticators.passkeys import Added
from idp.authenticators.recovery_codes import NewCodes
from idp.signin.add_passkey import PasskeyQuestion
from idp.signin.demand import Demand
from idp.signin.make_recovery_codes import CodesKept
from idp.signin.outcomes import CodeOutcome, PasskeyOutcome
from idp.signin.sessions import Session
from tests.authenticators.soft_authenticator import Credential, SoftAuthenticator
from tests.signin.house import Browser

STRONGEST = Demand(client_id="client", acr="urn:mes:acr:phishing-resistant")


def signed_in(browser: Browser) -> Session:
    session = browser.session
    assert session is not None
    return session


def question(browser: Browser) -> str:
    asked = browser.rooms.signin.add_passkey.begin(signed_in(browser))
    assert isinstance(asked, PasskeyQuestion), asked
    return asked.options


def add_passkey(browser: Browser, device: SoftAuthenticator, name: str = "My phone") -> Credential:
    """Add one in the browser's session."""
    answer = device.register(question(browser))
    outcome = browser.rooms.signin.add_passkey.confirm(signed_in(browser), answer, name, browser.visitor)
    assert isinstance(outcome, Added), outcome
    return device.credentials[-1]


def asked(browser: Browser) -> str:
    """Return what the sign-in page hands to the browser."""
    options = browser.rooms.signin.check_passkey.ask(browser.interaction, browser.session)
    assert options is not None
    return options


def send(browser: Browser, answer: str) -> PasskeyOutcome:
    """Send what the authenticator answered."""
    outcome = browser.rooms.signin.check_passkey(browser.interaction, browser.visit, answer)
    return browser.keep(outcome)


def show(
    browser: Browser, device: SoftAuthenticator, credential: Credential | None = None, **lies: Any
) -> PasskeyOutcome:
    """Show a passkey on the page where the browser stands."""
    return send(browser, device.show(asked(browser), credential, **lies))


def make_codes(browser: Browser) -> tuple[str, ...]:
    """Make recovery codes and keep them."""
    made = browser.rooms.signin.make_recovery_codes.make(signed_in(browser))
    assert isinstance(made, NewCodes), made
    kept = browser.rooms.signin.make_recovery_codes.keep(signed_in(browser), made.batch, browser.visitor)
    assert isinstance(kept, CodesKept)
    return made.codes


def recover(browser: Browser, code: str) -> CodeOutcome:
    """Give a recovery code."""
    outcome = browser.rooms.signin.check_recovery_code(browser.interaction, browser.visit, code)
    return browser.keep(outcome)
