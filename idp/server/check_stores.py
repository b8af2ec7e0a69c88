"""What only a look outside can tell: root secrets, database, migrations, signing keys, Redis, and whether clocks agree."""

import stat
from collections.abc import Iterator
from contextlib import closing

import redis
from sqlalchemy import Integer, cast, func, select

from idp.clock import Clock
from idp.keyring.keyring import Keyring, NoActiveKey
from idp.keyring.list_keys import ListKeys
from idp.keyring.make_key import ALGORITHMS, NEEDED_ALGORITHMS, KeyFault
from idp.sealing import RootSecrets, SecretsFault
from idp.server.check_sealed import check_sealed
from idp.server.driver_words import first_line
from idp.server.findings import Finding, fault, warning, well
from idp.settings import Settings
from idp.store.database import Database, StoreUnavailable
from idp.store.revision import newest_revision, pending
from idp.store.versions import Versions

DRIFT_SECONDS = 60
"""How far our clock and a store's may be apart (SECURITY 4.11)."""
REDIS_WAIT_SECONDS = 2


def check_secrets(settings: Settings) -> Iterator[Finding]:
    """Yield whether the root secrets can be used and are nobody else's to change."""
    folder = settings.keys_dir
    try:
        secrets = RootSecrets.load(folder)
    except SecretsFault as error:
        yield fault("root secrets", str(error))
        return
    if stat.S_IMODE(folder.stat().st_mode) & 0o022:
        yield fault("root secrets", f"others may write in {folder}", f"run chmod 700 on {folder}")
        return
    yield well("root secrets", f"generation {secrets.current} in {folder}")


def check_database(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield whether the database answers, has this release's tables and holds keys that sign."""
    with closing(Database(settings.database_url)) as database:
        try:
            if pending(database):
                yield fault("database", f"lacks migrations, {newest_revision()} is the newest", "run `idp db upgrade`")
                return
            yield well("database", f"answers, at {newest_revision()}")
            yield from _database_clock(database, clock)
            yield from _signing_keys(database, settings, clock)
            yield from check_sealed(database, settings)
        except StoreUnavailable as error:
            yield fault("database", f"does not answer ({first_line(error)})", "check IDP_DATABASE_URL and the server")


def check_redis(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield whether Redis answers. A warning only: it may come back, and tokens and keys need it for nothing."""
    if not settings.redis_url:
        return
    try:
        with closing(
            redis.Redis.from_url(
                settings.redis_url, socket_timeout=REDIS_WAIT_SECONDS, socket_connect_timeout=REDIS_WAIT_SECONDS
            )
        ) as connection:
            seconds = int(connection.time()[0])
            policy = _eviction(connection)
    except (redis.RedisError, ValueError) as error:
        yield warning("redis", f"does not answer ({first_line(error)})", "check IDP_REDIS_URL and the server")
        return
    yield well("redis", "answers")
    if policy not in ("noeviction", ""):
        # What it drops would be marks of what was used, and counts of limits.
        yield warning("redis", f"drops entries when it is full ({policy})", "set its maxmemory-policy to noeviction")
    yield from _drift("redis", seconds, clock)


def _eviction(connection: "redis.Redis") -> str:
    try:
        return str(connection.info("memory").get("maxmemory_policy", ""))
    except redis.ResponseError:
        # Its rules for users may forbid the question; then whoever runs it has to know.
        return ""


def _database_clock(database: Database, clock: Clock) -> Iterator[Finding]:
    if not database.is_postgresql:
        return
    with database.reading() as connection:
        seconds = connection.execute(select(cast(func.extract("epoch", func.clock_timestamp()), Integer))).scalar_one()
    yield from _drift("database", seconds, clock)


def _drift(subject: str, theirs: int, clock: Clock) -> Iterator[Finding]:
    drift = clock.now() - theirs
    if abs(drift) > DRIFT_SECONDS:
        apart = f"this machine's clock is {abs(drift)} s {'ahead of' if drift > 0 else 'behind'} the {subject}'s"
        yield fault("clock", apart, "have both keep time by NTP")


def _signing_keys(database: Database, settings: Settings, clock: Clock) -> Iterator[Finding]:
    found = ListKeys(database, clock, settings.keys).all()
    signing = {standing.key.alg for standing in found if standing.state == "active"}
    for alg in ALGORITHMS:
        if alg in signing:
            continue
        if alg in NEEDED_ALGORITHMS:
            yield fault("signing keys", f"none signs with {alg}", f"run `idp keys rotate --alg {alg}`")
        else:
            # Only clients that ask for it need it; and nodes of the release before could not read such a key.
            yield warning(
                "signing keys",
                f"none signs with {alg}, so a client that is registered for it gets no tokens",
                "run `idp keys rotate --missing` when every node has this release",
            )
    if not signing.issuperset(NEEDED_ALGORITHMS):
        return
    try:
        secrets = RootSecrets.load(settings.keys_dir)
        Keyring(database, clock, secrets, Versions(database), settings.keys).check()
    except SecretsFault:
        # Said by check_secrets: one fault, one line.
        return
    except (KeyFault, NoActiveKey) as error:
        yield fault("signing keys", str(error))
        return
    yield well("signing keys", ", ".join(f"{s.key.alg} {s.key.kid} {s.state}" for s in found if s.state != "gone"))
