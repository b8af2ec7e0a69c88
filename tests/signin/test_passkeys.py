"""Passkeys at sign-in and in a step-up: what they are worth, and what is refused (WebAuthn 7.2, SP 800-63B 3.2.5)."""

import pytest
from sqlalchemy import select

from idp.authenticators.model import passkeys
from idp.authenticators.passkeys import MOST_PASSKEYS, Added, KnownAlready, TooManyPasskeys
from idp.signin.add_passkey import AnswerRefused, AnswerStale, NameMissing
from idp.signin.demand import Demand
from idp.signin.outcomes import (
    Advanced,
    Locked,
    NotOffered,
    PasskeyCopied,
    PasskeyRefused,
    PasskeyStale,
    PasskeyWithoutUser,
)
from tests.authenticators.soft_authenticator import Credential, SoftAuthenticator
from tests.signin.factors import STRONGEST, add_passkey, asked, question, send, show, signed_in
from tests.signin.house import Browser, House

MFA = Demand(client_id="client", acr="urn:mes:acr:mfa")


@pytest.fixture
def device() -> SoftAuthenticator:
    return SoftAuthenticator()


@pytest.fixture
def owner(house: House, browser: Browser, device: SoftAuthenticator) -> Browser:
    """A browser in which somebody has signed in by mail and added a passkey."""
    house.person()
    browser.sign_in()
    add_passkey(browser, device)
    return browser


def at_password(house: House, demand: Demand | None = None) -> Browser:
    later = house.browser()
    later.come(demand)
    assert isinstance(later.password(), Advanced)
    return later


@pytest.mark.parametrize(
    ("verifies", "syncs", "acr", "amr"),
    [
        (True, False, "urn:mes:acr:phishing-resistant", ("pwd", "hwk", "user", "mfa")),
        (True, True, "urn:mes:acr:phishing-resistant", ("pwd", "swk", "user", "mfa")),
        (False, False, "urn:mes:acr:mfa", ("pwd", "hwk", "user", "mfa")),
    ],
)
def test_rfc8176_a_sign_in_says_what_was_shown(
    house: House, browser: Browser, verifies: bool, syncs: bool, acr: str, amr: tuple[str, ...]
) -> None:
    house.person()
    browser.sign_in()
    device = SoftAuthenticator(verifies_user=verifies, syncs=syncs)
    add_passkey(browser, device)
    later = at_password(house)
    offers = {offer.method: offer.acr for offer in later.rooms.signin.flow.offers(later.interaction, None)}
    assert offers == {"email": "urn:mes:acr:passcode", "passkey": acr}

    assert isinstance(show(later, device), Advanced)

    session = signed_in(later)
    assert (session.acr, session.amr) == (acr, amr)


def test_the_best_a_passkey_can_do_is_not_what_this_one_did(
    house: House, owner: Browser, device: SoftAuthenticator
) -> None:
    later = at_password(house)
    device.verifies_user = False

    assert isinstance(show(later, device), Advanced)
    assert signed_in(later).acr == "urn:mes:acr:mfa"


def test_a_passkey_that_learns_to_verify_is_offered_for_more(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    key = SoftAuthenticator(verifies_user=False)
    add_passkey(browser, key)
    assert browser.come(STRONGEST) == "/sign-in/step-up"
    assert browser.rooms.signin.flow.offers(browser.interaction, browser.session) == []
    later = at_password(house)
    key.verifies_user = True
    assert isinstance(show(later, key), Advanced)

    assert [o.acr for o in house.rooms.factors.second_factors.offered(signed_in(later).account)][-1] == STRONGEST.acr
    assert later.come(STRONGEST) == "/authorize/resume"


def test_step_up_takes_a_passkey_and_keeps_the_time_of_sign_in(
    house: House, owner: Browser, device: SoftAuthenticator
) -> None:
    before = signed_in(owner)
    house.clock.advance(60)
    assert owner.come(STRONGEST) == "/sign-in/step-up"
    assert [offer.method for offer in owner.rooms.signin.flow.offers(owner.interaction, before)] == ["passkey"]
    assert '"userVerification": "required"' in asked(owner)

    outcome = show(owner, device)

    assert isinstance(outcome, Advanced)
    assert outcome.next_path.startswith("/authorize/resume")
    after = signed_in(owner)
    assert (after.sid, after.auth_time, after.expires_at) == (before.sid, before.auth_time, before.expires_at)
    assert (after.acr, after.amr) == (STRONGEST.acr, ("pwd", "otp", "hwk", "user", "mfa"))


def test_adding_a_passkey_raises_nothing_until_it_is_used(
    house: House, owner: Browser, device: SoftAuthenticator
) -> None:
    assert signed_in(owner).acr == "urn:mes:acr:passcode"
    assert owner.come(STRONGEST) == "/sign-in/step-up"
    assert "account:passkey:added" in house.events()
    assert "session:raised" not in house.events()


def test_where_it_takes_the_strongest_a_mere_touch_is_not_enough(
    house: House, owner: Browser, device: SoftAuthenticator
) -> None:
    owner.come(STRONGEST)
    device.verifies_user = False

    assert [show(owner, device) for _ in range(4)] == [PasskeyWithoutUser()] * 4
    assert signed_in(owner).acr == "urn:mes:acr:passcode"
    device.verifies_user = True
    assert isinstance(show(owner, device), Advanced)


def test_an_answer_works_once(house: House, owner: Browser, device: SoftAuthenticator) -> None:
    device.counts = False
    first, second = at_password(house), house.browser()
    answer = device.show(asked(first))
    second.browser, second.interaction_id = first.browser, first.interaction_id
    assert isinstance(send(first, answer), Advanced)

    # The interaction is signed in: there is nothing that the answer could be given to.
    assert isinstance(send(second, answer), Advanced)
    assert second.session is None
    third = at_password(house)
    assert send(third, answer) == PasskeyStale()
    assert third.session is None


def test_webauthn_6_1_1_a_counter_that_goes_back_is_refused_and_on_record(
    house: House, owner: Browser, device: SoftAuthenticator
) -> None:
    assert isinstance(show(at_password(house), device, count=10), Advanced)
    for count in (10, 9, 0):
        later = at_password(house)
        assert show(later, device, count=count) in (PasskeyCopied(), Locked(house.clock.now() + 1_800))
        assert later.session is None
    assert house.events().count("account:passkey:count_went_back") == 3


def test_a_passkey_that_does_not_count_shows_nought_for_ever(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    device = SoftAuthenticator(counts=False)
    add_passkey(browser, device)

    assert isinstance(show(at_password(house), device), Advanced)
    assert isinstance(show(at_password(house), device), Advanced)


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://mes.evil.example"},
        {"rp_id": "evil.example"},
        {"signature": b"made up"},
        {"user_handle": b"somebody else"},
        {"cross_origin": True},
    ],
    ids=repr,
)
def test_s11_what_was_not_signed_for_us_counts_as_an_attempt(
    house: House, owner: Browser, device: SoftAuthenticator, lies: dict[str, object]
) -> None:
    stranger = at_password(house)
    assert [show(stranger, device, **lies) for _ in range(2)] == [PasskeyRefused(2), PasskeyRefused(1)]
    assert isinstance(show(stranger, device, **lies), Locked)
    assert isinstance(show(stranger, device), Locked), "a lock holds for every factor"
    assert house.events().count("account:passkey:rejected") == 3


def test_another_persons_passkey_opens_nothing(house: House, owner: Browser) -> None:
    house.person("quentin@clinic.example")
    other, theirs = house.browser(), SoftAuthenticator()
    other.sign_in("quentin@clinic.example")
    add_passkey(other, theirs)

    assert show(at_password(house), theirs) == PasskeyRefused(2)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "nonsense", '{"response": {}}', "[" * 9_000, '{"a":' * 5_000])
def test_garbage_is_refused(house: House, owner: Browser, answer: str) -> None:
    assert send(at_password(house), answer) == PasskeyRefused(2)
    house.person("quentin@clinic.example")
    other = house.browser()
    session = other.sign_in("quentin@clinic.example")
    assert other.rooms.signin.add_passkey.confirm(session, answer, "Name", other.visitor) == AnswerRefused()


def test_a_page_left_open_is_asked_again_and_counts_nothing(
    house: House, owner: Browser, device: SoftAuthenticator
) -> None:
    later = at_password(house)
    answer = device.show(asked(later))
    house.clock.advance(901)

    assert [send(later, answer) for _ in range(5)] == [PasskeyStale()] * 5
    assert isinstance(show(later, device), Advanced)


def test_without_a_passkey_none_is_asked_for(house: House) -> None:
    house.person()
    browser = house.browser()
    browser.sign_in()
    later = at_password(house)
    assert later.rooms.signin.check_passkey.ask(later.interaction, None) is None
    assert send(later, "{}") == NotOffered()


def test_a_registration_is_taken_once_and_in_its_own_session(house: House, device: SoftAuthenticator) -> None:
    house.person()
    browser, elsewhere = house.browser(), house.browser()
    browser.sign_in()
    elsewhere.sign_in()
    answer = device.register(question(browser))
    confirm = browser.rooms.signin.add_passkey.confirm

    assert confirm(signed_in(browser), answer, " \t ", browser.visitor) == NameMissing()
    assert confirm(signed_in(browser), answer, "A\x00B", browser.visitor) == NameMissing()
    assert confirm(signed_in(browser), answer, "x" * 61, browser.visitor) == NameMissing()
    assert confirm(signed_in(elsewhere), answer, "Mine", elsewhere.visitor) == AnswerStale()
    assert isinstance(confirm(signed_in(browser), answer, "  My   phone ", browser.visitor), Added)


def test_the_same_credential_is_nobody_elses(house: House, browser: Browser, device: SoftAuthenticator) -> None:
    house.person()
    browser.sign_in()
    mine = add_passkey(browser, device)
    house.person("quentin@clinic.example")
    other = house.browser()
    other.sign_in("quentin@clinic.example")
    answer = device.register(question(other), credential_id=mine.id)

    confirm = other.rooms.signin.add_passkey.confirm
    assert confirm(signed_in(other), answer, "Stolen", other.visitor) == KnownAlready()
    assert confirm(signed_in(other), answer, "Stolen", other.visitor) == AnswerStale()


def test_an_account_has_ten_passkeys_at_most(house: House, browser: Browser, device: SoftAuthenticator) -> None:
    house.person()
    browser.sign_in()
    first = add_passkey(browser, device)
    browser.come(STRONGEST)
    assert isinstance(show(browser, device, first), Advanced)
    options = question(browser)
    for number in range(1, MOST_PASSKEYS):
        add_passkey(browser, device, f"Key {number}")

    assert browser.rooms.signin.add_passkey.begin(signed_in(browser)) == TooManyPasskeys()
    late = device.register(options)
    assert browser.rooms.signin.add_passkey.confirm(signed_in(browser), late, "x", browser.visitor) == TooManyPasskeys()
    assert len(house.rooms.factors.standing(signed_in(browser).account.id).passkeys) == MOST_PASSKEYS


def test_names_are_sealed_in_the_database(house: House, owner: Browser) -> None:
    with house.database.reading() as connection:
        sealed = connection.execute(select(passkeys.c.sealed_name)).scalar_one()
    assert b"My phone" not in sealed


def test_names_and_uses_are_listed(house: House, owner: Browser, device: SoftAuthenticator) -> None:
    account_id = signed_in(owner).account.id
    (listed,) = house.rooms.factors.standing(account_id).passkeys
    assert (listed.name, listed.last_used_at) == ("My phone", None)
    house.clock.advance(60)
    credential: Credential = device.credentials[0]
    assert isinstance(show(at_password(house), device, credential), Advanced)
    (listed,) = house.rooms.factors.standing(account_id).passkeys
    assert listed.last_used_at == house.clock.now()
