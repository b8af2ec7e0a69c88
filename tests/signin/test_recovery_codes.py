"""Recovery codes (SP 800-63B 4.2.1.1): shown once, each good once, and never worth a passkey."""

from collections import Counter

import pytest
from sqlalchemy import select

from idp.authenticators.model import recovery_codes
from idp.authenticators.recovery_codes import CODES, NewCodes, canonical
from idp.signin.demand import Demand
from idp.signin.make_recovery_codes import CodesReplaced, NothingToStandInFor
from idp.signin.outcomes import Advanced, CodeMalformed, CodeOutcome, CodeWrong, Locked, NotOffered
from tests.signin.factors import STRONGEST, make_codes, recover, signed_in
from tests.signin.house import Browser, House
from tests.signin.test_parallel import at_once
from tests.signin.test_step_up import enrol

MFA = Demand(client_id="client", acr="urn:mes:acr:mfa")
MADE_UP = "0000-0000-0000-0000"


@pytest.fixture
def codes(house: House, browser: Browser) -> tuple[str, ...]:
    """The codes of somebody who has signed in by mail, set up an app and made them."""
    house.person()
    browser.sign_in()
    enrol(browser)
    return make_codes(browser)


def at_password(house: House) -> Browser:
    later = house.browser_at_password()
    assert isinstance(later.password(), Advanced)
    return later


def offered(browser: Browser) -> list[str]:
    return [offer.method for offer in browser.rooms.signin.flow.offers(browser.interaction, browser.session)]


def test_63b_4_2_1_1_ten_codes_of_80_bits_each_its_own(codes: tuple[str, ...]) -> None:
    assert len(set(codes)) == CODES
    assert all(canonical(code) == code.replace("-", "") and len(code) == 19 for code in codes)


def test_the_database_holds_no_code(house: House, codes: tuple[str, ...]) -> None:
    with house.database.reading() as connection:
        hashes = list(connection.execute(select(recovery_codes.c.code_hash)).scalars())
    assert len(hashes) == CODES
    assert not any(code.replace("-", "") in kept.upper() for code in codes for kept in hashes)


def test_a_code_signs_in_once_in_place_of_the_app_and_the_owner_is_told(house: House, codes: tuple[str, ...]) -> None:
    later = at_password(house)
    assert offered(later) == ["email", "app", "recovery"]
    assert isinstance(recover(later, codes[3].lower().replace("-", " ")), Advanced)

    session = signed_in(later)
    assert (session.acr, session.amr) == ("urn:mes:acr:mfa", ("pwd", "otp", "mfa"))
    assert house.rooms.factors.standing(session.account.id).codes_left == CODES - 1
    assert recover(at_password(house), codes[3]) == CodeWrong(2)
    assert house.told() == [
        ("paula@clinic.example", ["app_added", "recovery_codes_made", "recovery_code_used", "new_device"])
    ]


def test_a_code_steps_up_to_mfa_and_never_to_phishing_resistant(house: House, codes: tuple[str, ...]) -> None:
    later = house.browser()
    later.sign_in()
    assert later.come(MFA) == "/sign-in/step-up"
    assert isinstance(recover(later, codes[0]), Advanced)
    assert signed_in(later).acr == "urn:mes:acr:mfa"

    assert later.come(STRONGEST) == "/sign-in/step-up"
    assert offered(later) == []
    assert recover(later, codes[1]) == NotOffered()


def test_s11_wrong_codes_lock_like_all_others(house: House, codes: tuple[str, ...]) -> None:
    stranger = at_password(house)
    assert [recover(stranger, typed) for typed in ("", "short", "\uff2b" * 16, MADE_UP[:-1] + "é")] == [
        CodeMalformed()
    ] * 4
    assert [recover(stranger, MADE_UP) for _ in range(2)] == [CodeWrong(2), CodeWrong(1)]
    assert isinstance(recover(stranger, MADE_UP), Locked)
    assert isinstance(recover(stranger, codes[0]), Locked)
    assert house.events().count("account:recovery_code:rejected") == 3


def test_of_20_uses_of_one_code_at_once_one_wins(house: House, codes: tuple[str, ...]) -> None:
    browsers = [at_password(house) for _ in range(20)]

    def use(number: int) -> CodeOutcome:
        return recover(browsers[number], codes[0])

    outcomes = at_once(use, 20)

    kinds = Counter(type(outcome).__name__ for outcome in outcomes)
    assert kinds["Advanced"] == 1, kinds
    assert sum(browser.session is not None for browser in browsers) == 1
    assert house.events().count("account:recovery_code:accepted") == 1


def test_of_20_uses_of_one_code_in_the_store_one_is_told_true(
    house: House, browser: Browser, codes: tuple[str, ...]
) -> None:
    account_id, plain = signed_in(browser).account.id, codes[0].replace("-", "")

    def use(_: int) -> bool:
        with house.database.transaction() as connection:
            return house.rooms.factors.recovery_codes.accept(connection, account_id, plain)

    assert sum(at_once(use, 20)) == 1


def test_codes_of_somebody_else_are_wrong(house: House, codes: tuple[str, ...]) -> None:
    house.person("quentin@clinic.example")
    other = house.browser()
    other.sign_in("quentin@clinic.example")
    enrol(other)
    theirs = make_codes(other)

    assert isinstance(recover(at_password(house), theirs[0]), CodeWrong)


def test_new_codes_void_the_old_when_they_are_kept(house: House, browser: Browser, codes: tuple[str, ...]) -> None:
    rooms, session = browser.rooms.signin.make_recovery_codes, signed_in(browser)
    shown = rooms.make(session)
    assert isinstance(shown, NewCodes)
    assert isinstance(recover(at_password(house), shown.codes[0]), CodeWrong)
    assert isinstance(recover(at_password(house), codes[0]), Advanced)

    rooms.keep(session, shown.batch, browser.visitor)

    assert isinstance(recover(at_password(house), codes[1]), CodeWrong)
    assert isinstance(recover(at_password(house), shown.codes[0]), Advanced)
    assert rooms.keep(session, shown.batch, browser.visitor) == CodesReplaced(), "once"


def test_codes_shown_in_two_windows_only_the_newest_can_be_kept(
    house: House, browser: Browser, codes: tuple[str, ...]
) -> None:
    rooms, session = browser.rooms.signin.make_recovery_codes, signed_in(browser)
    first, second = rooms.make(session), rooms.make(session)
    assert isinstance(first, NewCodes)
    assert isinstance(second, NewCodes)

    assert rooms.keep(session, first.batch, browser.visitor) == CodesReplaced()
    assert rooms.keep(session, "made up", browser.visitor) == CodesReplaced()
    assert isinstance(recover(at_password(house), codes[0]), Advanced), "until others are kept these work"


def test_without_app_or_passkey_there_is_nothing_to_stand_in_for(house: House, browser: Browser) -> None:
    house.person()
    session = browser.sign_in()
    assert browser.rooms.signin.make_recovery_codes.needed(session) == NothingToStandInFor()
    assert browser.rooms.signin.make_recovery_codes.make(session) == NothingToStandInFor()


def test_codes_go_with_the_last_app_or_passkey(house: House, browser: Browser, codes: tuple[str, ...]) -> None:
    session = signed_in(browser)
    browser.rooms.signin.remove_authenticator(session, "app", None, browser.visitor)

    assert offered(at_password(house)) == ["email"]
    assert house.events().count("account:recovery_codes:removed") == 1


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("0123-4567-89AB-CDEF", "0123456789ABCDEF"),
        (" ghjk mnpq rstv wxyz ", "GHJKMNPQRSTVWXYZ"),
        ("OIL0-oil0-OIL0-oil0", "0110011001100110"),
        ("0123-4567-89AB-CDE", None),
        ("0123-4567-89AB-CDEFG", None),
        ("U123-4567-89AB-CDEF", None),
        ("\uff10123456789ABCDEF", None),
        ("\u0131123456789ABCDEF", None),
        ("", None),
    ],
)
def test_a_code_is_known_however_it_is_typed(typed: str, plain: str | None) -> None:
    assert canonical(typed) == plain
