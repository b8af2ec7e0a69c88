"""Approvers are mailed that requests wait for them: bundled, in their language, with nothing of who asks."""

from dataclasses import replace

from idp.audit.trail import OPERATOR
from idp.onboarding.wish import Typed
from tests.onboarding.house import ANA, VISITOR, Onboarding

HOUR = 3_600


def told(onboarding: Onboarding) -> list[tuple[str, int]]:
    """Let the worker do what is due, and what comes of that; return to whom how many were told of, oldest first."""
    while onboarding.rooms.worker.run_once():
        pass
    return [(mail["to"], mail["fields"]["count"]) for mail in onboarding.named("requests_wait")]


def ask_for(onboarding: Onboarding, *names: str) -> None:
    for name in names:
        onboarding.ask_and_confirm(replace(ANA, email=f"{name}@clinic.example", modules=("mmis",)))


def test_the_first_is_told_at_once_and_the_rest_once_an_hour(onboarding: Onboarding) -> None:
    vera = onboarding.person("vera@dmas.example", approves=["mmis", "appeals"]).user_id
    onboarding.person("otto@dmas.example", approves=["appeals"])
    assert told(onboarding) == []
    ask_for(onboarding, "ana")
    assert told(onboarding) == [(vera, 1)], "one mail, and none to who decides about other modules"
    onboarding.clock.advance(600)
    ask_for(onboarding, "ben", "cleo")
    onboarding.clock.advance(HOUR - 601)
    assert told(onboarding) == [(vera, 1)]
    onboarding.clock.advance(1)
    assert told(onboarding) == [(vera, 1), (vera, 3)]
    onboarding.clock.advance(3 * HOUR)
    assert told(onboarding) == [(vera, 1), (vera, 3)], "nothing new, nothing told"
    ask_for(onboarding, "dora")
    assert told(onboarding)[2:] == [(vera, 4)]


def test_a_request_that_nobody_confirmed_is_nobodys_to_hear_of(onboarding: Onboarding) -> None:
    onboarding.person("vera@dmas.example", approves=["mmis"])
    onboarding.ask()
    assert told(onboarding) == []


def test_what_was_decided_meanwhile_is_not_told(onboarding: Onboarding) -> None:
    vera = onboarding.person("vera@dmas.example", approves=["mmis"]).user_id
    ask_for(onboarding, "ana", "ben")
    for request in onboarding.rooms.onboarding.queue.newest(state="open"):
        onboarding.rooms.onboarding.deny(request.request_id, "mmis", reason="No.", by=None, visitor=OPERATOR)
    onboarding.clock.advance(HOUR)
    assert told(onboarding) == [(vera, 1)]


def test_the_mail_names_nobody_and_speaks_the_approvers_language(onboarding: Onboarding) -> None:
    vera = onboarding.person("vera@dmas.example", approves=["mmis"])
    with onboarding.rooms.database.transaction() as connection:
        onboarding.rooms.people.accounts.set_locale(connection, vera.id, "es")
    ask_for(onboarding, "ana")
    assert len(told(onboarding)) == 1
    (mail,) = onboarding.named("requests_wait")
    assert mail["locale"] == "es"
    assert mail["fields"] == {
        "given_name": "Vera",
        "count": 1,
        "approvals_url": "http://localhost:8080/approvals",
    }


def test_nobody_is_told_of_their_own_request_and_a_shut_approver_of_none(onboarding: Onboarding) -> None:
    vera = onboarding.person("vera@dmas.example", approves=["mmis"])
    otto = onboarding.person("otto@dmas.example", approves=["mmis"])
    onboarding.rooms.signin.disable_account(otto, OPERATOR)
    wish = Typed(affiliation="provider", organisation="DMAS", why="To look.", modules=("mmis",))
    onboarding.rooms.onboarding.request_access.of_account(vera, wish, VISITOR)
    assert told(onboarding) == []
    iris = onboarding.person("iris@dmas.example", approves=["mmis"])
    ask_for(onboarding, "ana")
    assert {to for to, _ in told(onboarding)} == {vera.user_id, iris.user_id}
