"""Fact S12 from the outside: who asks learns nothing of others, and can write to nobody by asking."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from idp.audit.trail import OPERATOR, Visitor
from idp.notify.model import outbox
from idp.onboarding.confirm import AnotherIsOpen, Confirmed, Discarded, LinkOver
from idp.onboarding.request_access import AccessRequested, EmployeesNeedNone, OpenAlready, WishRefused
from idp.onboarding.wish import Field, Typed
from idp.signin.outcomes import CaptchaRefused, Throttled, WaitLonger
from tests.captcha.solving import solve
from tests.onboarding.house import ANA, VISITOR, Onboarding

DAY = 86_400


def test_a_request_waits_for_its_address_to_be_confirmed(onboarding: Onboarding) -> None:
    assert onboarding.ask() == AccessRequested()
    assert onboarding.newest().state == "unconfirmed"
    assert onboarding.mails() == ["confirm_access_request"]
    token = onboarding.token()
    seen = onboarding.rooms.onboarding.confirm.look(token)
    assert seen is not None
    assert seen.state == "unconfirmed"
    for _ in range(2):
        assert isinstance(onboarding.rooms.onboarding.confirm.confirm(token, VISITOR), Confirmed)
    assert onboarding.newest().state == "open"
    assert onboarding.events("access_request") == [
        "access_request:sent",
        "access_request:taken",
        "access_request:opened",
    ]


def test_the_mail_holds_no_word_that_was_typed(onboarding: Onboarding) -> None:
    onboarding.ask(given_name="Zebulon", family_name="Quigley", organisation="Xanadu", why="Open the zoo.")
    (mail,) = onboarding.named("confirm_access_request")
    assert not any(word in repr(mail) for word in ("Zebulon", "Quigley", "Xanadu", "zoo", "MMIS"))


def test_who_did_not_ask_deletes_it(onboarding: Onboarding) -> None:
    onboarding.ask()
    token = onboarding.token()
    assert onboarding.rooms.onboarding.confirm.discard(token, VISITOR) == Discarded()
    assert onboarding.rooms.onboarding.confirm.confirm(token, VISITOR) == LinkOver()
    assert onboarding.rooms.onboarding.queue.newest() == []


def test_what_was_confirmed_is_not_deleted_by_the_same_link(onboarding: Onboarding) -> None:
    request = onboarding.ask_and_confirm()
    assert onboarding.rooms.onboarding.confirm.discard(onboarding.token(), VISITOR) == LinkOver()
    assert onboarding.again(request).state == "open"


def test_a_link_works_for_three_days(onboarding: Onboarding) -> None:
    onboarding.ask()
    token = onboarding.token()
    onboarding.clock.advance(3 * DAY - 1)
    assert onboarding.rooms.onboarding.confirm.look(token) is not None
    onboarding.clock.advance(1)
    assert onboarding.rooms.onboarding.confirm.look(token) is None
    assert onboarding.rooms.onboarding.confirm.confirm(token, VISITOR) == LinkOver()
    assert onboarding.rooms.onboarding.sweep() >= 1
    assert onboarding.rooms.onboarding.queue.newest() == []


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "' or 1=1"])
def test_another_token_opens_nothing(onboarding: Onboarding, token: str) -> None:
    onboarding.ask()
    assert onboarding.rooms.onboarding.confirm.confirm(token, VISITOR) == LinkOver()


def test_of_two_requests_for_one_address_one_is_open(onboarding: Onboarding) -> None:
    onboarding.ask()
    first = onboarding.token()
    onboarding.ask(why="Another try.")
    second = onboarding.token()
    assert first != second
    assert isinstance(onboarding.rooms.onboarding.confirm.confirm(second, VISITOR), Confirmed)
    assert onboarding.rooms.onboarding.confirm.confirm(first, VISITOR) == AnotherIsOpen()


def test_an_address_gets_three_such_mails_a_day_from_wherever_they_are_asked_for(onboarding: Onboarding) -> None:
    for number in range(8):
        visitor = Visitor(f"198.51.100.{number}", "Browser", "request")
        assert onboarding.ask(visitor=visitor) == AccessRequested()
    assert onboarding.mails() == ["confirm_access_request"] * 3
    onboarding.clock.advance(DAY)
    onboarding.ask()
    assert onboarding.mails() == ["confirm_access_request"] * 4


def test_tags_make_no_second_mailbox(onboarding: Onboarding) -> None:
    for tag in ("", "+a", "+b", "+c", "+d+e"):
        assert onboarding.ask(email=f"ana{tag}@clinic.example") == AccessRequested()
    assert onboarding.mails() == ["confirm_access_request"] * 3


def test_who_has_an_account_is_told_so_once_a_day(onboarding: Onboarding) -> None:
    onboarding.person("ana@clinic.example")
    for hours in (0, 1, 22):
        onboarding.clock.advance(hours * 3_600)
        assert onboarding.ask() == AccessRequested()
    assert onboarding.mails() == ["account_exists"]
    assert onboarding.named("account_exists")[0]["fields"]["given_name"] == "Vera"
    assert onboarding.rooms.onboarding.queue.newest() == []
    onboarding.clock.advance(3_600)
    onboarding.ask()
    assert onboarding.mails() == ["account_exists"] * 2
    kept = onboarding.rooms.trail.newest(event="access_request:not_taken")
    assert {entry.details["reason"] for entry in kept} == {"account"}


def test_who_was_disabled_may_ask_again(onboarding: Onboarding) -> None:
    account = onboarding.person("ana@clinic.example")
    onboarding.rooms.signin.disable_account(account, OPERATOR)
    onboarding.ask()
    assert onboarding.mails() == ["confirm_access_request"]


def test_s2_an_employee_is_told_to_sign_in_by_the_domain_alone(onboarding: Onboarding) -> None:
    for email in ("dana@dmas.virginia.gov", "nobody.1234@DMAS.virginia.gov"):
        assert onboarding.ask(email=email) == EmployeesNeedNone()
    assert onboarding.mails() == []
    assert onboarding.events("access_request") == ["access_request:refused"] * 2


def test_a_look_alike_is_refused_counted_and_never_mailed(onboarding: Onboarding) -> None:
    for email in ("\u0430na@clinic.example", "a@b.example,c@d.example", "a@b.example\r\nBcc: c@d.example"):
        assert onboarding.ask(email=email) == WishRefused(frozenset({Field.EMAIL}))
    assert onboarding.mails() == []
    kept = onboarding.rooms.trail.newest(event="access_request:refused")
    assert [entry.details for entry in kept] == [{"reason": "address"}] * 3


def test_a_solution_counts_once_and_a_form_that_must_be_corrected_keeps_it(onboarding: Onboarding) -> None:
    solution = solve(onboarding.rooms.captcha.proof_of_work.challenge())
    ask = onboarding.rooms.onboarding.request_access.of_stranger
    bad = replace(ANA, why="")
    assert isinstance(ask(bad, solution=solution, ticket="", locale=None, visitor=VISITOR), WishRefused)
    assert ask(ANA, solution=solution, ticket="", locale=None, visitor=VISITOR) == AccessRequested()
    assert ask(ANA, solution=solution, ticket="", locale=None, visitor=VISITOR) == CaptchaRefused()
    assert ask(ANA, solution="", ticket="", locale=None, visitor=VISITOR) == CaptchaRefused()


def test_without_the_box_one_waits_and_less_often(onboarding: Onboarding) -> None:
    ask = onboarding.rooms.onboarding.request_access.of_stranger

    def wait() -> object:
        ticket = onboarding.rooms.captcha.waiting.give()
        assert isinstance(ask(ANA, solution="", ticket=ticket, locale=None, visitor=VISITOR), WaitLonger)
        onboarding.clock.advance(10)
        return ask(ANA, solution="", ticket=ticket, locale=None, visitor=VISITOR)

    assert [type(wait()) for _ in range(4)] == [AccessRequested] * 3 + [Throttled]


def test_one_network_sends_so_many_an_hour(onboarding: Onboarding) -> None:
    for number in range(20):
        assert onboarding.ask(email=f"ana{number}@clinic.example") == AccessRequested()
    assert isinstance(onboarding.ask(), Throttled)
    assert isinstance(onboarding.ask(), Throttled)
    assert onboarding.events("address:access_request") == ["address:access_request:throttled"]
    assert onboarding.ask(visitor=Visitor("203.0.113.9")) == AccessRequested()


def test_what_is_typed_stands_nowhere_in_clear(onboarding: Onboarding) -> None:
    words = {"given_name": "Zebulon", "family_name": "Quigley", "email": "zeb@xanadu.example", "why": "Open the zoo."}
    onboarding.ask_and_confirm(organisation="Xanadu Ltd", phone="804-555-0199", **words)
    kept = onboarding.everything_in_the_database()
    for word in (*words.values(), "Xanadu", "5550199", "xanadu"):
        assert word not in kept
    assert onboarding.newest().wish.email == "zeb@xanadu.example"


def test_a_job_is_carried_out_once_however_often_it_is_tried(onboarding: Onboarding) -> None:
    onboarding.rooms.onboarding.request_access.of_stranger(
        ANA,
        solution=solve(onboarding.rooms.captcha.proof_of_work.challenge()),
        ticket="",
        locale=None,
        visitor=VISITOR,
    )
    with onboarding.rooms.database.reading() as connection:
        job = connection.execute(select(outbox).where(outbox.c.channel == "access")).one()
    payload = onboarding.rooms.outbox.open(job.message_id, job.sealed_payload)
    for _ in range(3):
        onboarding.rooms.onboarding.jobs(payload, job.message_id)
    assert onboarding.mails() == ["confirm_access_request"]


class TestWhoIsSignedIn:
    """Whoever is signed in has shown whose address it is."""

    def test_their_request_is_open_at_once_and_names_are_the_accounts(self, onboarding: Onboarding) -> None:
        account = onboarding.person("vera@clinic.example")
        typed = Typed("Eve", "Evil", "eve@evil.example", "", "mco", "Clinic", "I need it.", ("mmis",))
        assert onboarding.rooms.onboarding.request_access.of_account(account, typed, VISITOR) == AccessRequested()
        request = onboarding.newest()
        assert (request.state, request.account_id) == ("open", account.id)
        assert (request.name, request.wish.email) == ("Vera Stone", "vera@clinic.example")
        assert onboarding.mails() == []

    def test_they_have_one_at_a_time(self, onboarding: Onboarding) -> None:
        account = onboarding.person("vera@clinic.example")
        typed = Typed(organisation="Clinic", why="I need it.", modules=("mmis",))
        ask = onboarding.rooms.onboarding.request_access.of_account
        assert [type(ask(account, typed, VISITOR)) for _ in range(2)] == [AccessRequested, OpenAlready]

    def test_they_cannot_ask_for_what_they_have(self, onboarding: Onboarding) -> None:
        account = onboarding.person("vera@clinic.example")
        onboarding.rooms.modules.administer.grant(account, "mmis", OPERATOR)
        typed = Typed(organisation="Clinic", why="I need it.", modules=("mmis",))
        refused = onboarding.rooms.onboarding.request_access.of_account(account, typed, VISITOR)
        assert refused == WishRefused(frozenset({Field.MODULES}))


def test_decided_requests_are_forgotten_in_time(onboarding: Onboarding) -> None:
    request = onboarding.ask_and_confirm(modules=("appeals",))
    onboarding.rooms.onboarding.deny(request.request_id, "appeals", reason="No.", by=None, visitor=OPERATOR)
    onboarding.clock.advance(90 * DAY - 1)
    onboarding.rooms.onboarding.sweep()
    assert onboarding.rooms.onboarding.queue.find(request.request_id) is not None
    onboarding.clock.advance(1)
    onboarding.rooms.onboarding.sweep()
    assert onboarding.rooms.onboarding.queue.find(request.request_id) is None
    assert onboarding.events("access_request:denied") == ["access_request:denied"]
