"""What `idp doctor` tells an operator in a flood: who was slowed down, whether mail leaves, whether Redis would drop marks."""

from collections.abc import Callable

import redis

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.notify.messages import ResetRequest
from idp.notify.outbox import Outbox
from idp.sealing import RootSecrets
from idp.server.check_stores import check_redis
from idp.server.check_traffic import check_traffic
from idp.settings import Settings
from tests.servers.clock import HandClock
from tests.servers.redis_server import RedisServer
from tests.servers.stores import Stores

SettingsMaker = Callable[..., Settings]


def said(stores: Stores, make_settings: SettingsMaker) -> list[tuple[str, str, str]]:
    found = check_traffic(make_settings(database_url=stores.database_url), stores.clock)
    return [(finding.subject, finding.weight, finding.sentence) for finding in found]


def test_an_hour_of_peace_is_well(stores: Stores, make_settings: SettingsMaker) -> None:
    assert said(stores, make_settings) == [
        ("strangers", "well", "nobody had to be slowed down in the last hour"),
        ("outbox", "well", "nothing waits for long"),
    ]


def test_a_flood_is_told_by_kind_and_by_how_many_addresses(stores: Stores, make_settings: SettingsMaker) -> None:
    trail = Trail(stores.database, stores.clock)
    with stores.database.transaction() as connection:
        trail.record(connection, Event.SIGN_IN_THROTTLED, Visitor("198.51.100.1"))
        stores.clock.advance(3_600)
        for number in range(3):
            trail.record(connection, Event.SIGN_IN_THROTTLED, Visitor(f"198.51.100.{number}"))
        trail.record(connection, Event.EVENTS_SUMMED, Visitor("198.51.100.9"), of="x", more=10)
        trail.record(connection, Event.SIGN_IN_SUCCEEDED, Visitor("198.51.100.9"))
        trail.record(connection, Event.USER_CODE_REJECTED, Visitor("198.51.100.9"))
    ((_, weight, sentence), _) = said(stores, make_settings)
    assert weight == "warning"
    assert sentence == (
        "in the last hour address:events:summed 1 times, from 1 addresses, "
        "address:sign_in:throttled 3 times, from 3 addresses"
    )


def test_messages_that_nobody_sends_are_counted(
    stores: Stores, make_settings: SettingsMaker, secrets: RootSecrets
) -> None:
    outbox = Outbox(stores.clock, secrets, 86_400)
    job = ResetRequest(module="", address="", user_agent="", request_id="")
    with stores.database.transaction() as connection:
        outbox.enqueue(connection, job, "a@clinic.example", expires_at=stores.clock.now() + 86_400)
        outbox.enqueue(connection, job, "a@clinic.example", not_before=stores.clock.now() + 80_000)
    stores.clock.advance(1_260)
    assert said(stores, make_settings)[1] == ("outbox", "warning", "1 messages wait, the oldest for 21 minutes")


def test_a_redis_that_drops_marks_of_what_was_used_is_warned_of(
    make_settings: SettingsMaker, clock: HandClock, redis_server: RedisServer
) -> None:
    url = redis_server.fresh_url()
    settings = make_settings(redis_url=url)

    def weights() -> list[str]:
        return [finding.line for finding in check_redis(settings, clock) if finding.weight == "warning"]

    with redis.Redis.from_url(url) as connection:
        connection.config_set("maxmemory-policy", "volatile-lru")
        try:
            dropping = weights()
        finally:
            connection.config_set("maxmemory-policy", "noeviction")
    assert dropping == ["redis: drops entries when it is full (volatile-lru); set its maxmemory-policy to noeviction"]
    assert weights() == []
