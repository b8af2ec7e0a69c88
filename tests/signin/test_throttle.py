"""One address cannot try many people's passwords; its limit never touches an account's counter (SECURITY T4)."""

from collections.abc import Callable

from idp.signin.outcomes import Advanced, Rejected, Throttled
from tests.signin.house import House


def test_an_address_over_its_limit_waits_for_the_next_minute(make_house: Callable[..., House]) -> None:
    house = make_house(throttle={"sign_ins_per_minute": 3})
    house.person()
    house.clock.set(house.clock.now() // 60 * 60 + 20)
    browser = house.browser_at_password()
    for number in range(3):
        assert browser.wrong(1, f"nobody{number}@clinic.example") == [Rejected()]

    assert [browser.password() for _ in range(10)] == [Throttled(40)] * 10

    house.clock.advance(40)
    assert isinstance(browser.password(), Advanced)
    assert house.events().count("address:sign_in:throttled") == 1


def test_an_agency_behind_one_proxy_is_not_shut_out_like_one_machine(make_house: Callable[..., House]) -> None:
    """Monday, 8 a.m.: a thousand people come from one address; who guesses there is locked out by User ID as anywhere."""
    known = {"known_networks": ["192.0.2.0/24", "2001:db8:5::/48"], "known_networks_times": 3}
    house = make_house(throttle={"sign_ins_per_minute": 1, **known})
    house.person()
    house.clock.set(house.clock.now() // 60 * 60)

    def outcomes(address: str, name: str) -> list[type]:
        browser = house.browser_at_password()
        browser.address = address
        return [type(browser.password(f"{name}{number}@clinic.example")) for number in range(4)]

    assert outcomes("192.0.2.10", "ann") == [Rejected, Rejected, Rejected, Throttled]
    assert outcomes("2001:db8:5::1", "bob") == [Rejected, Rejected, Rejected, Throttled]
    assert outcomes("198.51.100.1", "cal") == [Rejected, Throttled, Throttled, Throttled]


def test_other_addresses_are_not_touched_and_ipv6_counts_by_64(make_house: Callable[..., House]) -> None:
    house = make_house(throttle={"sign_ins_per_minute": 1})
    house.person()
    outcomes = []
    for address in ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1", "198.51.100.1", "198.51.100.2"):
        browser = house.browser_at_password()
        browser.address = address
        outcomes.append(type(browser.password()))

    assert outcomes == [Advanced, Throttled, Advanced, Advanced, Advanced]
