"""Broken and unsafe settings of a directory are named, all at once; `idp serve` and `idp doctor` say so (SECURITY 4.23)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from idp.clock import SystemClock
from idp.directory.ldap import open_directory
from idp.directory.ldap_setup import LdapSetupFault, faults_of_directory
from idp.directory.ldap_url import LdapAddress, LdapUrlFault, read_ldap_url
from idp.server.check_directory import check_directory
from idp.server.check_settings import check_settings
from idp.server.examine import examine
from idp.settings import Settings
from tests.servers.slapd import Slapd

MakeSettings = Callable[..., Settings]
SOUND = {
    "url": "ldaps://dc.dmas.example",
    "bind_dn": "CN=idp,DC=dmas,DC=example",
    "bind_password": "hunter2",
    "base": "DC=dmas,DC=example",
}


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("ldaps://dc.dmas.example", LdapAddress("dc.dmas.example", 636, "tls")),
        ("LDAPS://DC.dmas.example:3269/", LdapAddress("dc.dmas.example", 3269, "tls")),
        ("ldap://dc.dmas.example", LdapAddress("dc.dmas.example", 389, "starttls")),
        ("ldap+plain://127.0.0.1:3890", LdapAddress("127.0.0.1", 3890, "none")),
        ("ldap+plain://[::1]", LdapAddress("::1", 389, "none")),
    ],
)
def test_what_an_address_means(url: str, address: LdapAddress) -> None:
    assert read_ldap_url(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "dc.dmas.example",
        "http://dc.dmas.example",
        "ldapi:///var/run/ldapi",
        "ldaps://",
        "ldaps://dc.dmas.example:port",
        "ldaps://dc.dmas.example:99999",
        "ldaps://user:hunter2@dc.dmas.example",
        "ldaps://dc.dmas.example/dc=example",
        "ldaps://dc.dmas.example?base",
        "ldap+plain://dc.dmas.example",
        "ldap+plain://10.0.0.1",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(LdapUrlFault) as raised:
        read_ldap_url(url)
    assert "hunter2" not in str(raised.value)


def faulty(make_settings: MakeSettings, **changes: str) -> list[str]:
    return [name for name, _ in faults_of_directory(make_settings(directory=SOUND | changes).directory)]


def test_sound_settings_have_no_fault(make_settings: MakeSettings) -> None:
    assert faulty(make_settings) == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("url", "ldap+plain://dc.dmas.example"),
        ("cafile", "/nowhere/ca.pem"),
        ("bind_dn", ""),
        ("bind_password", ""),
        ("base", ""),
        ("user_id_attribute", ""),
        ("person_filter", "(mail=*)"),
        ("person_filter", "(mail={user_id}"),
        ("person_filter", "mail={user_id}"),
        ("active_filter", "!(nsAccountLock=TRUE)"),
    ],
)
def test_each_fault_is_named(make_settings: MakeSettings, setting: str, value: str) -> None:
    assert faulty(make_settings, **{setting: value}) == [setting]


def test_a_file_that_holds_no_certificate(make_settings: MakeSettings, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")

    assert faulty(make_settings, cafile=str(tmp_path / "ca.pem")) == ["cafile"]


def test_no_address_is_no_directory_and_no_fault(make_settings: MakeSettings) -> None:
    settings = make_settings()

    assert open_directory(settings.directory) is None
    assert "directory" not in " ".join(finding.line for finding in check_settings(settings, {}))
    (finding,) = check_directory(settings)
    assert finding.line == "directory: none is set up, so nobody at dmas.virginia.gov can sign in"


def test_all_faults_are_told_at_once_and_no_password(make_settings: MakeSettings) -> None:
    settings = make_settings(directory={"url": "ldap+plain://dc.dmas.example", "bind_password": "hunter2"})
    lines = [finding.line for finding in check_settings(settings, {}) if finding.subject.startswith("directory")]

    assert [line.partition(":")[0] for line in lines] == ["directory.url", "directory.bind_dn", "directory.base"]
    assert "IDP_DIRECTORY__BIND_DN" in lines[1]
    with pytest.raises(LdapSetupFault) as raised:
        open_directory(settings.directory)
    assert len(str(raised.value).splitlines()) == 3
    assert "hunter2" not in str(raised.value) + " ".join(lines) + repr(settings)
    # A fault is said once: nobody connects with settings that are known to be broken.
    assert "directory" not in [finding.subject for finding in examine(settings, SystemClock())]


@pytest.mark.parametrize(
    ("changes", "weight", "words"),
    [
        ({}, "well", "knows the employees at dmas.virginia.gov"),
        ({"bind_password": "Wrong.Service.1"}, "warning", "refuses the service account (invalidCredentials)"),
        ({"base": "ou=nowhere,dc=dmas,dc=example"}, "warning", "does not search"),
        ({"cafile": ""}, "warning", "does not answer"),
        ({"url": "ldaps://127.0.0.1:1"}, "warning", "does not answer"),
    ],
)
def test_doctor_says_how_the_directory_stands(
    slapd: Slapd, make_settings: MakeSettings, changes: dict[str, str], weight: str, words: str
) -> None:
    (finding,) = check_directory(make_settings(directory=slapd.settings(**changes)))

    assert (finding.subject, finding.weight) == ("directory", weight)
    assert words in finding.line
