"""Fact S2 with a real LDAP server: who is let in, and who is not whatever they type."""

from collections.abc import Callable

import pytest

from idp.directory.directory import Away, Employee, NotVerified, Refusal
from idp.directory.ldap import LdapDirectory
from tests.servers.slapd import PEOPLE, SUFFIX, Slapd

MakeDirectory = Callable[..., LdapDirectory]


def test_the_right_password_brings_who_it_is(slapd: Slapd, directory: LdapDirectory) -> None:
    person = slapd.person(givenName="Zoë", sn="Nuñez", mobile="(804) 555-0142")

    assert directory.verify(person.user_id, person.password) == Employee(
        person.user_id, "Zoë", "Nuñez", phone="(804) 555-0142", mfa=False
    )


def test_a_wrong_password_and_nobody(slapd: Slapd, directory: LdapDirectory) -> None:
    person = slapd.person()

    assert directory.verify(person.user_id, "Wrong.Candle.58") == NotVerified("password")
    assert directory.verify("nobody@dmas.virginia.gov", person.password) == NotVerified("unknown")


def test_attributes_are_taken_from_where_the_settings_say(slapd: Slapd, make_directory: MakeDirectory) -> None:
    person = slapd.person(
        "ignored@dmas.virginia.gov", userPrincipalName="Upn.User@DMAS.Virginia.gov", cn="Given", description="Family"
    )
    directory = make_directory(
        person_filter="(userPrincipalName={user_id})",
        user_id_attribute="userPrincipalName",
        given_name_attribute="CN",
        family_name_attribute="description",
        phone_attribute="",
    )

    found = directory.verify("upn.user@dmas.virginia.gov", person.password)

    assert found == Employee("upn.user@dmas.virginia.gov", "Given", "Family", phone=None)


def test_who_has_no_given_name_is_called_by_the_user_id(slapd: Slapd, directory: LdapDirectory) -> None:
    person = slapd.person("front.desk@dmas.virginia.gov", givenName=None)

    found = directory.verify(person.user_id, person.password)

    assert isinstance(found, Employee)
    assert (found.given_name, found.family_name) == ("front.desk", "Whitfield")


def test_names_fit_an_account(slapd: Slapd, directory: LdapDirectory) -> None:
    person = slapd.person(givenName="Da\u200bna\u0007", sn="W" * 300)

    found = directory.verify(person.user_id, person.password)

    assert isinstance(found, Employee)
    assert (found.given_name, found.family_name) == ("Dana", "W" * 100)


def test_a_name_of_the_directory_that_would_be_a_link_is_made_a_name(slapd: Slapd, directory: LdapDirectory) -> None:
    person = slapd.person(givenName="Dana: http://evil.example/4", sn="St.John (2nd)")

    found = directory.verify(person.user_id, person.password)

    assert isinstance(found, Employee), "sign-in goes on"
    assert (found.given_name, found.family_name) == ("Dana http evil. example", "St. John ( nd)")


# RFC 4513 5.1.2: slapd is set up as Active Directory is, and takes a name without a password for a success.
@pytest.mark.parametrize("password", ["", "\x00", "\x00secret", "\ud800", "\u00ad", "\u200b", " "])
def test_rfc4513_5_1_2_no_password_that_is_none(slapd: Slapd, directory: LdapDirectory, password: str) -> None:
    person = slapd.person()

    assert directory.verify(person.user_id, password) == NotVerified("password")


@pytest.mark.parametrize("password", ["", "\x00", "\ud800"])
def test_an_empty_password_is_not_even_sent(make_directory: MakeDirectory, slapd: Slapd, password: str) -> None:
    nobody_listens = make_directory(url=f"ldap+plain://127.0.0.1:{slapd.elsewhere}")

    assert nobody_listens.verify("dana@dmas.virginia.gov", password) == NotVerified("password")
    assert nobody_listens.verify("dana@dmas.virginia.gov", "Harbor.Candle.58") == Away()


@pytest.mark.parametrize(
    "password", ["Straße.Candle.58", "e\u0301t\u00e9.Candle.58", "ﬁne²\u00ad.Candle.58", " lead.58 "]
)
def test_a_password_is_sent_as_it_was_typed(slapd: Slapd, directory: LdapDirectory, password: str) -> None:
    person = slapd.person(password=password)

    assert isinstance(directory.verify(person.user_id, password), Employee)


@pytest.mark.parametrize(
    "user_id",
    [
        "*",
        "*@dmas.virginia.gov",
        "d*",
        "*)(objectClass=*",
        "x)(|(mail=*",
        "x))(|(mail=*)",
        "\\2a",
        "\\",
        "\x00",
        "x\x00",
        "()&|!=~<>:",
        "mail=*",
        "dana@dmas.virginia.gov)(uid=*",
        "dänä@dmas.virginia.gov",
        "\ud800@dmas.virginia.gov",
    ],
)
def test_rfc4515_3_nothing_in_a_user_id_means_anything_to_the_filter(
    slapd: Slapd, make_directory: MakeDirectory, user_id: str
) -> None:
    person, directory = slapd.person(), make_directory()

    assert directory.verify(user_id, person.password) == NotVerified("unknown")
    # It was asked for as it stands, and nothing broke on the way: the directory still answers.
    assert isinstance(directory.verify(person.user_id, person.password), Employee)


@pytest.mark.parametrize("user_id", ["*", "()&|!=~<>:", "\\2a", "a*(b)\\c"])
def test_an_escaped_user_id_finds_just_its_own_entry(slapd: Slapd, make_directory: MakeDirectory, user_id: str) -> None:
    slapd.person()
    person = slapd.person(description=user_id)
    directory = make_directory(person_filter="(description={user_id})", user_id_attribute="description")

    try:
        assert isinstance(directory.verify(user_id, person.password), Employee)
    finally:
        slapd.remove(person.dn)


@pytest.mark.parametrize(
    "stored",
    ["\uff24\uff21\uff2e\uff21.look@dmas.virginia.gov", "dana.look@dmas.virginia.gov ", "other@dmas.virginia.gov"],
)
def test_the_entry_must_hold_the_user_id_itself(slapd: Slapd, make_directory: MakeDirectory, stored: str) -> None:
    directory = make_directory(person_filter="(|(cn={user_id})(title={user_id}))", user_id_attribute="cn")
    # slapd compares as RFC 4518 says, width and blanks aside; the title finds the entry whatever its name is.
    person = slapd.person(cn=stored, title="dana.look@dmas.virginia.gov")

    try:
        assert directory.verify("dana.look@dmas.virginia.gov", person.password) == NotVerified("unknown")
        slapd.change(person.dn, cn="Dana.LOOK@dmas.virginia.gov")
        assert isinstance(directory.verify("dana.look@dmas.virginia.gov", person.password), Employee)
    finally:
        slapd.remove(person.dn)


@pytest.mark.parametrize("people", [2, 3])
def test_two_people_with_one_user_id_are_nobody(slapd: Slapd, directory: LdapDirectory, people: int) -> None:
    twins = [slapd.person(f"twin{people}@dmas.virginia.gov") for _ in range(people)]

    assert directory.verify(twins[0].user_id, twins[0].password) == NotVerified("ambiguous")


@pytest.mark.parametrize(("flags", "refused"), [("512", False), ("514", True), ("66050", True), ("66048", False)])
def test_active_directorys_disabled_flag(slapd: Slapd, directory: LdapDirectory, flags: str, refused: bool) -> None:
    person = slapd.person(userAccountControl=flags)

    found = directory.verify(person.user_id, person.password)

    assert found == NotVerified("disabled") if refused else isinstance(found, Employee)
    assert directory.verify(person.user_id, "Wrong.Candle.58") == NotVerified("password")


def test_the_filter_for_active_people(slapd: Slapd, make_directory: MakeDirectory) -> None:
    directory = make_directory(active_filter="(!(employeeType=former))")
    present, former = slapd.person(), slapd.person(employeeType="former")

    assert isinstance(directory.verify(present.user_id, present.password), Employee)
    assert directory.verify(former.user_id, former.password) == NotVerified("disabled")
    assert directory.verify("nobody@dmas.virginia.gov", former.password) == NotVerified("unknown")


@pytest.mark.parametrize(
    ("rules", "state", "reason"),
    [
        ({"pwdMaxAge": "60"}, {"pwdChangedTime": "20200101000000Z"}, "password_expired"),
        ({"pwdMustChange": "TRUE"}, {"pwdReset": "TRUE"}, "password_must_change"),
        ({"pwdLockout": "TRUE"}, {"pwdAccountLockedTime": "000001010000Z"}, "locked_by_directory"),
    ],
)
def test_openldaps_password_policy_is_heard(
    slapd: Slapd, directory: LdapDirectory, rules: dict[str, str], state: dict[str, str], reason: Refusal
) -> None:
    person = slapd.person(pwdPolicySubentry=slapd.policy(**rules), **state)

    assert directory.verify(person.user_id, person.password) == NotVerified(reason)


def test_somebody_outside_the_base_is_nobody(slapd: Slapd, make_directory: MakeDirectory) -> None:
    person = slapd.person()
    slapd.add(f"ou=contractors,{SUFFIX}", {"objectClass": "organizationalUnit"})

    assert make_directory(base=f"ou=contractors,{SUFFIX}").verify(person.user_id, person.password) == NotVerified(
        "unknown"
    )
    assert isinstance(make_directory(base=PEOPLE).verify(person.user_id, person.password), Employee)
