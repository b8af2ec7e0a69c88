"""What Active Directory means when it refuses, said by a real LDAP server in its words."""

from collections.abc import Callable, Iterator

import pytest

from idp.directory.directory import Away, Employee, NotVerified
from idp.directory.ldap import LdapDirectory
from tests.servers.scripted_backend import Script, scripted_backend
from tests.servers.slapd import SCRIPTED, Slapd

DANA = "dana.whitfield@dmas.virginia.gov"
PASSWORD = "Harbor.Candle.58"
ENTRY = "\n".join([
    f"dn: CN=Dana Whitfield,{SCRIPTED}",
    "objectClass: inetOrgPerson",
    "cn: Dana Whitfield",
    "givenName: Dana",
    "sn: Whitfield",
    "mail: Dana.Whitfield@DMAS.virginia.gov",
    "userAccountControl: 512",
])  # fmt: skip


@pytest.fixture
def script(slapd: Slapd) -> Iterator[Script]:
    """What slapd answers: it finds Dana."""
    with scripted_backend(slapd.folder / "scripted.sock") as running:
        running.entries = [ENTRY]
        yield running


@pytest.fixture
def active_directory(make_directory: Callable[..., LdapDirectory]) -> LdapDirectory:
    """The scripted corner of slapd."""
    return make_directory(base=SCRIPTED)


def said(data: str) -> str:
    """Return what Active Directory says beside result 49."""
    return f"80090308: LdapErr: DSID-0C09050F, comment: AcceptSecurityContext error, data {data}, v4f7c"


def test_who_may_come_in(script: Script, active_directory: LdapDirectory) -> None:
    assert active_directory.verify(DANA, PASSWORD) == Employee(DANA, "Dana", "Whitfield")
    binds = [asked for asked in script.asked if asked.startswith("BIND")]
    assert len(binds) == 1
    assert f"cred:{PASSWORD}" in binds[0].replace(" ", "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("52e", "password"),
        ("525", "unknown"),
        ("530", "logon_restricted"),
        ("531", "logon_restricted"),
        ("532", "password_expired"),
        ("533", "disabled"),
        ("701", "account_expired"),
        ("773", "password_must_change"),
        ("775", "locked_by_directory"),
        ("57", "password"),
        ("0", "password"),
    ],
)
def test_ms_adts_5_1_1_1_1_codes_become_reasons(
    script: Script, active_directory: LdapDirectory, data: str, reason: str
) -> None:
    script.bind_code, script.bind_info = 49, said(data)

    assert active_directory.verify(DANA, PASSWORD) == NotVerified(reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [19, 32, 48, 50, 53])
def test_other_results_about_the_person_are_refusals(
    script: Script, active_directory: LdapDirectory, code: int
) -> None:
    script.bind_code = code

    assert active_directory.verify(DANA, PASSWORD) == NotVerified("password")


@pytest.mark.parametrize("code", [1, 2, 3, 7, 8, 11, 13, 34, 51, 52, 54, 80])
def test_results_about_the_directory_are_no_word_on_the_password(
    script: Script, active_directory: LdapDirectory, code: int
) -> None:
    script.bind_code = code

    assert active_directory.verify(DANA, PASSWORD) == Away()
    # And it is asked again at once: a person's bind may not shut the door for everybody.
    script.bind_code = 0
    assert isinstance(active_directory.verify(DANA, PASSWORD), Employee)


@pytest.mark.parametrize("flags", ["514", "not a number"])
def test_the_disabled_flag_counts_after_the_bind(script: Script, active_directory: LdapDirectory, flags: str) -> None:
    script.entries = [ENTRY.replace("512", flags)]

    assert active_directory.verify(DANA, PASSWORD) == NotVerified("disabled")


@pytest.mark.parametrize(
    "mail",
    [
        "dana.whitfield@dmas.virginia.gov.example.com",
        "dana.whitfield@dmas.virginia.go",
        "dänä.whitfield@dmas.virginia.gov",
        "\u212aana@dmas.virginia.gov",
        "",
    ],
)
def test_whatever_the_directory_calls_equal_the_user_id_must_be_there(
    script: Script, active_directory: LdapDirectory, mail: str
) -> None:
    script.entries = [ENTRY.replace("mail: Dana.Whitfield@DMAS.virginia.gov", f"mail: {mail}")]

    assert active_directory.verify(DANA, PASSWORD) == NotVerified("unknown")


def test_everybody_is_bound_once_whether_known_or_not(script: Script, active_directory: LdapDirectory) -> None:
    def asked() -> list[str]:
        kinds = [question.partition("\n")[0] for question in script.asked]
        script.asked.clear()
        return [kind for kind in kinds if kind != "UNBIND"]  # slapd tells of it a moment later

    script.bind_code, script.bind_info = 49, said("52e")
    active_directory.verify(DANA, PASSWORD)
    known = asked()
    script.entries = []
    active_directory.verify("nobody@dmas.virginia.gov", PASSWORD)

    assert asked() == known
    assert known.count("BIND") == 1


def test_even_if_nobody_could_be_bound_nobody_is_let_in(script: Script, active_directory: LdapDirectory) -> None:
    script.entries = []

    assert active_directory.verify(DANA, PASSWORD) == NotVerified("unknown")
