"""Many at once at a module account (fact S13): one link, three verified guesses, one id for one person, one pair of mails."""

from idp.audit.trail import OPERATOR
from idp.modules.administer_accounts import Approved, ApproveOutcome, IdTaken, MailsSent, ResendOutcome
from idp.signin.outcomes import Advanced
from idp.signin.set_up_module_account import SetUpOutcome
from tests.signin.house import Browser, House
from tests.signin.mmis import MMIS, approve, mailed_password, with_mmis
from tests.signin.test_parallel import at_once, kinds

MANY = 20


def set_ups(house: House, browser: Browser, passwords: list[str]) -> list[SetUpOutcome]:
    session, interaction = browser.session, browser.interaction
    assert session is not None

    def enter(number: int) -> SetUpOutcome:
        set_up = house.rooms.signin.set_up_module_account
        return set_up(interaction, session, "E6R40172", passwords[number], browser.visitor)

    return at_once(enter, len(passwords))


def test_s13_of_20_set_ups_at_once_one_links(house: House, browser: Browser) -> None:
    with_mmis(house)
    approve(house, house.person())
    browser.sign_in(demand=MMIS)

    outcomes = set_ups(house, browser, [mailed_password(house)] * MANY)

    # Whoever comes while three others are being verified is told of a lock that opens again as they turn out right.
    assert {type(outcome).__name__ for outcome in outcomes} <= {"Advanced", "SetUpLocked"}
    assert any(isinstance(outcome, Advanced) for outcome in outcomes)
    assert house.events().count("account:module_account:linked") == 1
    account = house.accounts.by_user_id("paula@clinic.example")
    assert account is not None
    assert house.modules.external_ids(account.id, "mmis") == ["E6R40172"]


def test_s13_of_100_guesses_at_once_three_are_verified(house: House, browser: Browser) -> None:
    with_mmis(house)
    approve(house, house.person())
    browser.sign_in(demand=MMIS)

    outcomes = set_ups(house, browser, [f"guess-{number}" for number in range(100)])

    assert kinds(outcomes) == {"SetUpRejected": 2, "SetUpLocked": 98}
    assert house.events().count("account:module_account:rejected") == 3
    assert house.events().count("account:module_account:locked") == 1


def test_s13_an_id_given_to_20_people_at_once_is_one_s(house: House) -> None:
    with_mmis(house)
    people = [house.person(f"person{number}@clinic.example", password=None) for number in range(MANY)]

    def give(number: int) -> ApproveOutcome:
        with house.database.transaction() as connection:
            return house.rooms.modules.own_accounts.approve(connection, people[number], "mmis", "E6R40172", OPERATOR)

    outcomes = at_once(give, MANY)

    assert outcomes.count(Approved("E6R40172")) == 1
    assert outcomes.count(IdTaken()) == MANY - 1
    assert [message["name"] for message in house.posted()].count("module_user_id") == 1


def test_s13_of_20_approvals_at_once_one_account_waits_for_its_id(house: House) -> None:
    with_mmis(house)
    account = house.person(password=None)

    def wait(_number: int) -> ApproveOutcome:
        with house.database.transaction() as connection:
            return house.rooms.modules.own_accounts.approve(connection, account, "mmis", None, OPERATOR)

    assert set(at_once(wait, MANY)) == {Approved(None)}
    assert len(house.modules.accounts.of_person(account.id)) == 1
    assert house.events().count("account:module_account:approved") == 1


def test_s13_of_20_who_ask_for_the_mails_again_one_is_sent_them(house: House) -> None:
    with_mmis(house)
    account = house.person()
    approve(house, account)
    house.clock.advance(61)

    def ask(_number: int) -> ResendOutcome:
        return house.rooms.modules.own_accounts.resend(account, "mmis", OPERATOR, capped=True)

    outcomes = at_once(ask, MANY)

    assert outcomes.count(MailsSent()) == 1
    assert [message["name"] for message in house.posted()].count("module_temporary_password") == 2


def test_s13_of_withdrawals_and_set_ups_at_once_the_end_is_withdrawn(house: House, browser: Browser) -> None:
    with_mmis(house)
    account = house.person()
    approve(house, account)
    session, interaction = browser.sign_in(demand=MMIS), browser.interaction
    password = mailed_password(house)

    def act(number: int) -> object:
        if number % 2:
            return house.rooms.modules.own_accounts.withdraw(account, "mmis", OPERATOR)
        return house.rooms.signin.set_up_module_account(interaction, session, "E6R40172", password, browser.visitor)

    withdrawn = [outcome for outcome in at_once(act, MANY) if isinstance(outcome, int)]

    assert sum(withdrawn) == 1
    assert house.events().count("account:module_account:withdrawn") == 1
    assert house.events().count("account:module_account:linked") <= 1
    assert house.modules.external_ids(account.id, "mmis") == []
