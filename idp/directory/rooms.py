"""Where employees are known: the connectors that the settings name, of two kinds, and who is who at the upstream."""

from dataclasses import dataclass

from idp.directory.directory import Directory
from idp.directory.ldap import open_directory
from idp.directory.links import UpstreamLinks
from idp.directory.openid import OpenIdUpstream
from idp.directory.openid_setup import read_upstream_setup
from idp.directory.upstream import Upstream
from idp.ground import Ground

RETURN_PATH = "/sign-in/employee/return"
"""Where an upstream sends people back; registered there as the redirect URI."""


@dataclass(frozen=True)
class DirectoryRooms:
    """The connectors. A domain that the upstream serves is its alone: no password of such a person is looked at here."""

    passwords: Directory | None
    """Checks passwords that employees type here."""
    upstream: Upstream | None
    """Lets employees sign in elsewhere."""
    links: UpstreamLinks


def open_directories(
    ground: Ground, directory: Directory | None = None, upstream: Upstream | None = None
) -> DirectoryRooms:
    """Build them; what is given takes the place of what the settings name. Raises LdapSetupFault, UpstreamSetupFault."""
    settings = ground.settings
    if upstream is None and settings.upstream.issuer:
        redirect_uri = f"{settings.issuer}{RETURN_PATH}"
        setup = read_upstream_setup(settings.upstream, settings.employee_domains, redirect_uri)
        upstream = OpenIdUpstream.over(setup, ground.outbound, ground.clock)
    return DirectoryRooms(
        passwords=directory or open_directory(settings.directory),
        upstream=upstream,
        links=UpstreamLinks(ground.clock),
    )
