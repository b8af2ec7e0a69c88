"""A browser that completed a sign-in keeps its owner in while strangers lock the account (SECURITY 2.3)."""

from collections.abc import Callable

from idp.signin.outcomes import Advanced, Locked, Rejected
from tests.signin.house import Browser, House


def signed_out_owner(house: House) -> Browser:
    house.person()
    owner = house.browser()
    owner.rooms.signin.sign_out(owner.sign_in(), owner.visitor)
    owner.come()
    return owner


def lock_by_stranger(house: House) -> Browser:
    stranger = house.browser()
    stranger.come()
    assert isinstance(stranger.wrong(3)[-1], Locked)
    return stranger


def test_the_owner_signs_in_while_a_stranger_locks_the_account(house: House) -> None:
    owner = signed_out_owner(house)
    lock_by_stranger(house)

    assert isinstance(owner.password(), Advanced)
    house.clock.advance(60)
    owner.send()
    assert isinstance(owner.code(house.newest_code()), Advanced)
    assert owner.session is not None
    assert house.events().count("account:sign_in:past_lock") == 2


def test_the_known_browser_itself_locks_after_its_own_three(house: House) -> None:
    owner = signed_out_owner(house)

    assert [type(outcome) for outcome in owner.wrong(3)] == [Rejected, Rejected, Locked]
    assert isinstance(owner.password(), Locked)


def test_its_failures_count_for_strangers_too(house: House) -> None:
    owner = signed_out_owner(house)
    owner.wrong(2)
    stranger = house.browser()
    stranger.come()

    assert isinstance(stranger.wrong(1)[0], Locked)


def test_the_cookie_of_one_person_is_nothing_for_another(house: House) -> None:
    owner = signed_out_owner(house)
    house.person("other@clinic.example")
    stranger = house.browser()
    stranger.come()
    stranger.wrong(3, "other@clinic.example")

    assert isinstance(owner.password("other@clinic.example"), Locked)


def test_a_changed_or_old_cookie_is_nothing(house: House) -> None:
    owner = signed_out_owner(house)
    lock_by_stranger(house)
    good = owner.device
    assert good is not None
    for bad in (good[:-1] + ("0" if good[-1] != "0" else "1"), "1.2.3.4", "", "9" + good, good + "\n"):
        owner.device = bad
        assert isinstance(owner.password(), Locked), bad
    owner.device = good
    house.clock.advance(180 * 86_400)
    lock_by_stranger(house)
    owner.come()
    assert isinstance(owner.password(), Locked)


def test_a_half_sign_in_makes_no_browser_known(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()

    assert browser.device is None


def test_an_unlock_opens_the_known_browser_too(house: House) -> None:
    owner = signed_out_owner(house)
    owner.wrong(3)
    account = house.accounts.by_user_id("paula@clinic.example")
    assert account is not None

    house.administer.unlock(account, owner.visitor)

    assert isinstance(owner.password(), Advanced)


def test_the_exemption_can_be_switched_off(make_house: Callable[..., House]) -> None:
    house = make_house(lockout={"device_exemption": False})
    owner = signed_out_owner(house)
    lock_by_stranger(house)

    assert isinstance(owner.password(), Locked)
