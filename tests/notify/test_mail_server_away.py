"""The mail server is away for an hour (SECURITY 4.6): every mail arrives once, and what ran out meanwhile never does."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from idp.app import create_app
from idp.house import House, build
from idp.sealing import RootSecrets
from idp.settings import Settings
from tests.captcha.solving import QUICK
from tests.pages.at_desk import Desk, Letterbox
from tests.servers.clock import HandClock
from tests.servers.people import Person, new_person
from tests.servers.smtp import SmtpServer
from tests.servers.stores import Stores

MINUTE = 60
NODES = 2


@pytest.fixture
def nodes(
    stores: Stores, secrets: RootSecrets, make_settings: Callable[..., Settings], smtp: SmtpServer
) -> Iterator[list[House]]:
    """Two nodes of one provider, with real mail."""
    settings = make_settings(
        database_url=stores.database_url,
        redis_url=stores.redis_url,
        smtp_url=f"smtp://127.0.0.1:{smtp.port}",
        captcha=QUICK | {"wait_seconds": 1},
    )
    houses = [build(settings, clock=stores.clock) for _ in range(NODES)]
    yield houses
    for house in houses:
        house.close()


@pytest.fixture
def pass_time(nodes: list[House], clock: HandClock) -> Callable[[int], None]:
    """Let minutes pass, in which the workers of both nodes do what they do."""

    def minutes(count: int) -> None:
        with ThreadPoolExecutor(NODES) as pool:
            for _ in range(count):
                clock.advance(MINUTE)
                list(pool.map(lambda house: house.worker.run_once(), nodes))

    return minutes


def ask_for_a_code(house: House, client: FlaskClient, person: Person) -> None:
    desk = Desk(house, Letterbox(), client)
    desk.open("/menu")
    desk.send(user_id=person.user_id, password=person.password)
    desk.send(method="email")


def ask_for_a_reset(house: House, client: FlaskClient, clock: HandClock, person: Person) -> None:
    desk = Desk(house, Letterbox(), client)
    desk.open("/reset-password?captcha=wait")
    clock.advance(1)
    desk.send(user_id=person.user_id)
    assert desk.heading == "Look at your e-mail"


def test_every_mail_arrives_once_and_what_ran_out_never(
    nodes: list[House], clock: HandClock, smtp: SmtpServer, pass_time: Callable[[int], None]
) -> None:
    house, app = nodes[0], create_app(nodes[0])
    before, early, forgetful, late, locked = (new_person(house, modules=()) for _ in range(5))
    ask_for_a_code(house, app.test_client(), before)
    pass_time(1)
    smtp.stop()

    ask_for_a_code(house, app.test_client(), early)
    ask_for_a_reset(house, app.test_client(), clock, forgetful)
    approved = [new_person(house, modules=(), send_credentials=True) for _ in range(10)]
    desk = Desk(house, Letterbox(), app.test_client())
    desk.open("/menu")
    for _ in range(3):
        desk.send(user_id=locked.user_id, password="Wrong.Password.1")
    pass_time(30)
    ask_for_a_code(house, app.test_client(), late)
    pass_time(30)
    assert len(smtp.mailbox.mails) == 1

    smtp.start()
    pass_time(120)

    arrived = {
        person.user_id: len(smtp.mailbox.to(person.user_id)) for person in (before, early, forgetful, late, locked)
    }
    assert arrived == {before.user_id: 1, early.user_id: 0, forgetful.user_id: 0, late.user_id: 1, locked.user_id: 1}
    assert [len(smtp.mailbox.to(person.user_id)) for person in approved] == [2] * len(approved)
    ids = [mail["Message-ID"] for mail in smtp.mailbox.mails]
    assert len(ids) == len(set(ids))


def test_a_code_that_ran_out_while_mail_was_away_is_asked_for_again_and_comes(
    nodes: list[House], smtp: SmtpServer, pass_time: Callable[[int], None]
) -> None:
    house, client = nodes[0], create_app(nodes[0]).test_client()
    person = new_person(house, modules=())
    smtp.stop()
    ask_for_a_code(house, client, person)
    pass_time(60)
    smtp.start()
    ask_for_a_code(house, client, person)
    pass_time(60)
    assert len(smtp.mailbox.to(person.user_id)) == 1
