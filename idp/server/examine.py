"""Everything that is looked at before the provider may serve, in order; `idp doctor` shows it all."""

from collections.abc import Iterator

from idp.clock import Clock
from idp.server.check_directory import check_directory
from idp.server.check_passwords import check_passwords
from idp.server.check_settings import check_settings
from idp.server.check_stores import check_database, check_redis, check_secrets
from idp.server.check_upstream import check_upstream
from idp.server.findings import Finding
from idp.settings import Settings


def examine(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield every finding. Makes and changes nothing."""
    broken = set()
    for finding in check_settings(settings):
        if finding.weight == "fault":
            broken.add(finding.subject)
        yield finding
    yield from check_secrets(settings)
    yield from check_passwords()
    if "database_url" not in broken:
        yield from check_database(settings, clock)
    if "redis_url" not in broken:
        yield from check_redis(settings, clock)
    has_directory = settings.directory.url or not settings.upstream.issuer
    if has_directory and not any(subject.startswith("directory.") for subject in broken):
        yield from check_directory(settings)
    if not any(subject.partition(".")[0] in ("upstream", "outbound") for subject in broken):
        yield from check_upstream(settings, clock)
