"""One answer of a passkey, given many times at once: it signs in once (WebAuthn 13.4.3)."""

from idp.signin.outcomes import Advanced, Locked, PasskeyOutcome, PasskeyStale
from idp.signin.visit import Visit
from tests.authenticators.soft_authenticator import SoftAuthenticator
from tests.signin.factors import add_passkey, asked, show
from tests.signin.house import Browser, House
from tests.signin.test_parallel import at_once
from tests.signin.test_passkeys import at_password


def test_of_20_times_the_same_answer_one_signs_in(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    device = SoftAuthenticator(counts=False)
    add_passkey(browser, device)
    later = at_password(house)
    answer, interaction = device.show(asked(later)), later.interaction

    def give(_: int) -> PasskeyOutcome:
        return later.rooms.signin.check_passkey(interaction, Visit(None, None, later.visitor), answer)

    outcomes = at_once(give, 20)

    assert sum(isinstance(outcome, Advanced) for outcome in outcomes) == 1
    assert {type(outcome) for outcome in outcomes} <= {Advanced, PasskeyStale, Locked}
    assert house.events().count("account:passkey:accepted") == 1
    assert isinstance(show(at_password(house), device), Advanced), "nothing of it stays counted"
