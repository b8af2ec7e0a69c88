"""Whether the employees' directory lets our service account look people up (fact S2)."""

from collections.abc import Iterator

from idp.directory.breaker import Unreachable
from idp.directory.ldap import open_directory
from idp.directory.ldap_line import DirectoryFault
from idp.server.findings import Finding, warning, well
from idp.settings import Settings


def check_directory(settings: Settings) -> Iterator[Finding]:
    """Yield how the directory stands. A warning only: it may come back, and outside users need it for nothing."""
    directory = open_directory(settings.directory)
    domains = ", ".join(settings.employee_domains) or "no domain"
    if directory is None:
        yield well("directory", f"none is set up, so nobody at {domains} can sign in")
        return
    try:
        directory.examine()
    except Unreachable as error:
        yield warning(
            "directory", f"does not answer ({error})", "check IDP_DIRECTORY__URL, the server and its certificate"
        )
    except DirectoryFault as error:
        yield warning("directory", str(error), "check the service account and IDP_DIRECTORY__BASE")
    else:
        yield well("directory", f"{settings.directory.url} knows the employees at {domains}")
