"""A real slapd, and directories over it."""

from collections.abc import Callable

import pytest

from idp.directory.ldap import LdapDirectory, open_directory
from idp.settings import Settings
from tests.servers.slapd import Slapd


@pytest.fixture
def make_directory(slapd: Slapd, make_settings: Callable[..., Settings]) -> Callable[..., LdapDirectory]:
    """Open the directory as settings name it; whatever is not given names the running slapd by TLS."""

    def make(**changes: object) -> LdapDirectory:
        directory = open_directory(make_settings(directory=slapd.settings(**changes)).directory)
        assert directory is not None
        return directory

    return make


@pytest.fixture
def directory(make_directory: Callable[..., LdapDirectory]) -> LdapDirectory:
    """The running slapd, by TLS."""
    return make_directory()
