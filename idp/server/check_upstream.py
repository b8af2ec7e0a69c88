"""Whether the employees' own sign-in service answers (fact S2)."""

from collections.abc import Iterator

from idp.clock import Clock
from idp.directory.openid import OpenIdUpstream
from idp.directory.openid_documents import UpstreamFault
from idp.directory.openid_setup import read_upstream_setup
from idp.directory.rooms import RETURN_PATH
from idp.outbound import Outbound, OutboundFault
from idp.server.findings import Finding, warning, well
from idp.settings import Settings


def check_upstream(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield how it stands, when one is set up. A warning only: it may come back, and outside users need it for nothing."""
    if not settings.upstream.issuer:
        return
    redirect_uri = f"{settings.issuer}{RETURN_PATH}"
    setup = read_upstream_setup(settings.upstream, settings.employee_domains, redirect_uri)
    outbound = Outbound.over(settings.outbound.allow, cafile=settings.outbound.cafile)
    try:
        OpenIdUpstream.over(setup, outbound, clock).examine()
    except OutboundFault as fault:
        yield warning(
            "upstream",
            f"does not answer ({fault})",
            "check IDP_UPSTREAM__ISSUER, its certificate, and whether [outbound] allow must name its host",
        )
    except UpstreamFault as fault:
        yield warning("upstream", str(fault), "check IDP_UPSTREAM__ISSUER; see docs/directory.md")
    else:
        domains = ", ".join(sorted(setup.domains))
        yield well("upstream", f"{settings.upstream.issuer} answers; employees at {domains} sign in there")
