"""Facts S12 and S3: an approval makes the account and sends the two mails; every decision is one person's, once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR
from idp.modules.administer_accounts import IdMalformed, IdTaken
from idp.modules.own_accounts import Ids, OwnAccounts
from idp.onboarding.approve import AccountDisabled, Approved, ApproveOutcome, CannotApprove, RoleRefused
from idp.onboarding.deciding import DecidedAlready, NoSuchRequest, NotConfirmed, OwnRequest
from idp.onboarding.deny import Denied, ReasonHoldsAddress, ReasonMissing
from idp.onboarding.model import AccessRequest
from idp.onboarding.wish import Typed
from tests.onboarding.house import ANA, VISITOR, Onboarding


def approve(
    onboarding: Onboarding, request: AccessRequest, module: str = "mmis", *, by: Account | None, role: str = "provider"
) -> ApproveOutcome:
    return onboarding.rooms.onboarding.approve(request.request_id, module, role=role, by=by, visitor=VISITOR)


def test_s12_the_first_module_makes_the_account_and_sends_two_mails_apart(onboarding: Onboarding) -> None:
    vera, request = onboarding.person("vera@dmas.example", approves=["mmis"]), onboarding.ask_and_confirm()
    outcome = approve(onboarding, request, by=vera)
    assert isinstance(outcome, Approved)
    assert outcome.is_new
    account = onboarding.account()
    assert (account.name, account.phone, account.affiliation) == ("Ana Ruiz", "+18045550142", "provider")
    assert account.registered_by == "dmas"
    assert [access.roles for access in onboarding.rooms.modules.catalogue.accesses(account.id)] == [("provider",)]
    assert onboarding.mails() == ["confirm_access_request", "user_id", "temporary_password"]
    (first,), (second,) = onboarding.named("user_id"), onboarding.named("temporary_password")
    assert first["fields"]["user_id"] == ANA.email
    assert "temporary_password" not in first["fields"]
    assert ANA.email not in repr(second["fields"])
    assert {mail["to"] for mail in (first, second)} == {ANA.email}
    assert onboarding.again(request).waiting == ("appeals",)
    assert onboarding.again(request).account_id == account.id


def test_each_step_is_on_record_without_a_word_about_the_person(onboarding: Onboarding) -> None:
    vera, request = onboarding.person("vera@dmas.example", approves=["mmis"]), onboarding.ask_and_confirm()
    approve(onboarding, request, by=vera)
    done = onboarding.rooms.trail.newest(most=1)[0]
    assert (done.event, done.actor, done.subject) == ("access_request:approved", vera.sub, onboarding.account().sub)
    assert done.details == {"request": request.request_id, "module": "mmis", "roles": ["provider"]}
    for event in ("account:created", "account:module:granted", "account:temporary_password:issued"):
        assert onboarding.events(event)
    kept = repr(onboarding.rooms.trail.newest(most=1_000))
    assert not any(word in kept for word in (ANA.email, ANA.family_name, ANA.organisation, ANA.why, "5550142"))


def test_a_further_module_is_added_to_the_account_and_told(onboarding: Onboarding) -> None:
    request = onboarding.ask_and_confirm()
    approve(onboarding, request, by=None)
    outcome = approve(onboarding, request, "appeals", by=None, role="")
    assert isinstance(outcome, Approved)
    assert not outcome.is_new
    assert onboarding.mails()[1:] == ["user_id", "temporary_password", "access_granted"]
    assert onboarding.named("access_granted")[0]["fields"]["module_title"] == "APPEALS"
    assert onboarding.again(request).state == "closed"
    held = onboarding.rooms.modules.catalogue.accesses(onboarding.account().id)
    assert [access.module for access in held] == ["appeals", "mmis"]


def test_roles_that_somebody_has_stay(onboarding: Onboarding) -> None:
    request = onboarding.ask_and_confirm()
    account = onboarding.person(ANA.email)
    onboarding.rooms.modules.administer.grant(account, "mmis", OPERATOR, ["auditor"])
    assert isinstance(approve(onboarding, request, by=None), Approved)
    access = onboarding.rooms.modules.catalogue.access(account.id, "mmis")
    assert access is not None
    assert access.roles == ("auditor", "provider")
    assert onboarding.account().name == "Vera Stone"


@pytest.mark.parametrize("role", ["", "staff", "Provider", "provider ", "provider,claims", "__proto__"])
def test_only_roles_that_the_module_offers_are_given(onboarding: Onboarding, role: str) -> None:
    vera, request = onboarding.person("vera@dmas.example", approves=["mmis"]), onboarding.ask_and_confirm()
    for by in (vera, None):
        assert approve(onboarding, request, by=by, role=role) == RoleRefused(("claims", "provider"))
    assert onboarding.rooms.people.accounts.by_user_id(ANA.email) is None


def test_a_module_without_roles_gives_none(onboarding: Onboarding) -> None:
    request = onboarding.ask_and_confirm()
    assert approve(onboarding, request, "appeals", by=None, role="admin") == RoleRefused(())
    assert isinstance(approve(onboarding, request, "appeals", by=None, role=""), Approved)


def test_an_approver_decides_about_their_modules_only(onboarding: Onboarding) -> None:
    vera, request = onboarding.person("vera@dmas.example", approves=["appeals"]), onboarding.ask_and_confirm()
    nobody = onboarding.person("nobody@dmas.example")
    assert approve(onboarding, request, "mmis", by=vera) == NoSuchRequest()
    assert approve(onboarding, request, "appeals", by=nobody, role="") == NoSuchRequest()
    deny = onboarding.rooms.onboarding.deny
    assert deny(request.request_id, "mmis", reason="No.", by=vera, visitor=VISITOR) == NoSuchRequest()
    assert approve(onboarding, request, "reports", by=vera) == NoSuchRequest()
    kept = onboarding.rooms.trail.newest(event="access_request:decision:refused")
    assert [entry.actor for entry in reversed(kept)] == [vera.sub, nobody.sub, vera.sub]
    assert onboarding.again(request).waiting == ("appeals", "mmis")


def test_who_is_an_approver_no_longer_decides_nothing(onboarding: Onboarding) -> None:
    vera, request = onboarding.person("vera@dmas.example", approves=["mmis"]), onboarding.ask_and_confirm()
    assert onboarding.rooms.onboarding.approvers.remove(vera, "mmis", OPERATOR)
    assert approve(onboarding, request, by=vera) == NoSuchRequest()
    assert onboarding.rooms.onboarding.queue.see(vera, request.request_id) is None


def test_nobody_decides_about_their_own_access(onboarding: Onboarding) -> None:
    vera = onboarding.person("vera@clinic.example", approves=["mmis", "appeals"])
    typed = Typed(organisation="Clinic", why="I need it.", modules=("mmis",))
    onboarding.rooms.onboarding.request_access.of_account(vera, typed, VISITOR)
    request = onboarding.newest()
    assert approve(onboarding, request, by=vera) == OwnRequest()
    assert onboarding.rooms.onboarding.deny(
        request.request_id, "mmis", reason="No.", by=vera, visitor=VISITOR
    ) == OwnRequest()  # fmt: skip
    assert onboarding.rooms.modules.catalogue.accesses(vera.id) == []
    seen = onboarding.rooms.onboarding.queue.see(vera, request.request_id)
    assert seen is not None
    assert seen.is_own


def test_a_stranger_s_request_for_an_approver_s_own_address_is_their_own(onboarding: Onboarding) -> None:
    request = onboarding.ask_and_confirm()
    vera = onboarding.person(ANA.email, approves=["mmis"])
    assert approve(onboarding, request, by=vera) == OwnRequest()


def test_what_is_not_confirmed_is_seen_and_decided_by_nobody(onboarding: Onboarding) -> None:
    vera = onboarding.person("vera@dmas.example", approves=["mmis"])
    onboarding.ask()
    request = onboarding.newest()
    assert approve(onboarding, request, by=vera) == NotConfirmed()
    assert approve(onboarding, request, by=None) == NotConfirmed()
    queue = onboarding.rooms.onboarding.queue
    assert queue.waiting_for(vera).requests == ()
    assert queue.see(vera, request.request_id) is None


def test_a_disabled_account_is_reactivated_first(onboarding: Onboarding) -> None:
    account = onboarding.person(ANA.email)
    onboarding.rooms.signin.disable_account(account, OPERATOR)
    request = onboarding.ask_and_confirm()
    assert approve(onboarding, request, by=None) == AccountDisabled()
    assert onboarding.again(request).waiting == ("appeals", "mmis")


def test_an_account_that_cannot_be_made_leaves_the_request_open(onboarding: Onboarding) -> None:
    request = onboarding.ask_and_confirm()
    settings = onboarding.rooms.people.create.settings
    object.__setattr__(settings, "employee_domains", ("clinic.example",))
    assert isinstance(approve(onboarding, request, by=None), CannotApprove)
    assert onboarding.again(request).waiting == ("appeals", "mmis")
    assert onboarding.mails() == ["confirm_access_request"]


def test_a_denial_is_mailed_with_its_reason(onboarding: Onboarding) -> None:
    vera, request = onboarding.person("vera@dmas.example", approves=["mmis"]), onboarding.ask_and_confirm()
    deny = onboarding.rooms.onboarding.deny
    for reason in ("", "  \n ", "\u200b", "x" * 501):
        assert deny(request.request_id, "mmis", reason=reason, by=vera, visitor=VISITOR) == ReasonMissing()
    for reason in (
        "Go to evil.example",
        "evil\u3002example",
        "https://10.0.0.1/",
        "10.0.0.1",
        "ask eve@evil",
        "www evil",
    ):
        assert deny(request.request_id, "mmis", reason=reason, by=vera, visitor=VISITOR) == ReasonHoldsAddress()
    assert deny(request.request_id, "mmis", reason="We do not know\nthis clinic.", by=vera, visitor=VISITOR) == Denied()
    (mail,) = onboarding.named("access_denied")
    assert (mail["to"], mail["fields"]["reason"]) == (ANA.email, "We do not know\nthis clinic.")
    assert mail["fields"]["module_contacts"][0]["label"] == "mmis office"
    line = onboarding.again(request).line("mmis")
    assert line is not None
    assert (line.decision, line.reason, line.decided_by) == ("denied", "We do not know\nthis clinic.", vera.sub)
    assert onboarding.rooms.people.accounts.by_user_id(ANA.email) is None
    assert "know" not in onboarding.everything_in_the_database()


def test_what_is_decided_stays_decided(onboarding: Onboarding) -> None:
    request = onboarding.ask_and_confirm()
    deny = onboarding.rooms.onboarding.deny
    assert isinstance(approve(onboarding, request, by=None), Approved)
    assert isinstance(approve(onboarding, request, by=None), DecidedAlready)
    later = deny(request.request_id, "mmis", reason="Changed my mind.", by=None, visitor=OPERATOR)
    assert isinstance(later, DecidedAlready)
    assert later.line.decision == "approved"
    assert onboarding.named("access_denied") == []


def test_whoever_was_decided_may_ask_again(onboarding: Onboarding) -> None:
    request = onboarding.ask_and_confirm(modules=("mmis",))
    onboarding.rooms.onboarding.deny(request.request_id, "mmis", reason="No.", by=None, visitor=OPERATOR)
    again = onboarding.ask_and_confirm(modules=("mmis",))
    assert again.request_id != request.request_id
    assert again.state == "open"


def test_the_queue_is_paged_oldest_first(onboarding: Onboarding) -> None:
    vera = onboarding.person("vera@dmas.example", approves=["mmis"])
    ids = []
    for number in range(25):
        if number % 20 == 0:
            onboarding.clock.advance(3_600)
        ids.append(onboarding.ask_and_confirm(email=f"ana{number}@clinic.example").request_id)
        onboarding.clock.advance(1)
    queue = onboarding.rooms.onboarding.queue
    assert queue.count_for(vera) == 25
    first = queue.waiting_for(vera)
    second = queue.waiting_for(vera, after=first.next)
    assert [one.request_id for one in (*first.requests, *second.requests)] == ids
    assert (len(first.requests), second.next) == (20, "")
    assert queue.count_for(onboarding.person("nobody@dmas.example")) is None


def test_an_approver_sees_a_request_when_a_module_of_theirs_was_asked_for(onboarding: Onboarding) -> None:
    vera = onboarding.person("vera@dmas.example", approves=["appeals"])
    request = onboarding.ask_and_confirm()
    other = onboarding.ask_and_confirm(email="bob@clinic.example", modules=("mmis",))
    queue = onboarding.rooms.onboarding.queue
    assert [one.request_id for one in queue.waiting_for(vera).requests] == [request.request_id]
    seen = queue.see(vera, request.request_id)
    assert seen is not None
    assert seen.mine == {"appeals"}
    assert queue.see(vera, other.request_id) is None


@pytest.fixture
def with_ids(onboarding: Onboarding) -> Callable[[Ids], None]:
    """Let MMIS have accounts of its own."""

    def declare(ids: Ids) -> None:
        own = OwnAccounts("MMIS User ID", "E6Code", "E6?#####", "MMIS temporary password", ids=ids)
        assert onboarding.rooms.modules.administer.declare("mmis", own, "e6code", OPERATOR)

    return declare


def test_s13_a_module_that_makes_ids_mails_two_more_and_takes_none(
    onboarding: Onboarding, with_ids: Callable[[Ids], None]
) -> None:
    with_ids("made")
    request = onboarding.ask_and_confirm()
    act = onboarding.rooms.onboarding.approve
    picked = act(request.request_id, "mmis", role="provider", external_id="E6A00001", by=None, visitor=OPERATOR)
    assert picked == IdMalformed()
    assert onboarding.rooms.people.accounts.by_user_id(ANA.email) is None
    assert isinstance(approve(onboarding, request, by=None), Approved)
    assert len(onboarding.mails()) == 5


def test_s13_an_id_that_a_module_gives_is_typed_or_given_later(
    onboarding: Onboarding, with_ids: Callable[[Ids], None]
) -> None:
    with_ids("given")
    act = onboarding.rooms.onboarding.approve
    first, second = (onboarding.ask_and_confirm(email=f"{name}@clinic.example") for name in ("ana", "bob"))
    for wrong in ("x", "E6A0000", "ana@clinic.example", "\0"):
        done = act(first.request_id, "mmis", role="provider", external_id=wrong, by=None, visitor=OPERATOR)
        assert done == IdMalformed()
    done = act(first.request_id, "mmis", role="provider", external_id="E6A00001", by=None, visitor=OPERATOR)
    assert isinstance(done, Approved)
    taken = act(second.request_id, "mmis", role="provider", external_id="E6A00001", by=None, visitor=OPERATOR)
    assert taken == IdTaken()
    assert onboarding.rooms.people.accounts.by_user_id("bob@clinic.example") is None
    assert isinstance(approve(onboarding, second, by=None), Approved)
    assert len(onboarding.mails()) == 5 + 3


def test_a_request_follows_its_owner_to_another_user_id(onboarding: Onboarding) -> None:
    rooms = onboarding.rooms
    request = onboarding.ask_and_confirm()
    assert isinstance(approve(onboarding, request, "appeals", role="", by=None), Approved)
    account = onboarding.account()
    new = "ana@new-clinic.example"
    rooms.signin.user_ids.start.for_operator(account, new, OPERATOR, verified=True)
    denied = rooms.onboarding.deny(request.request_id, "mmis", reason="Not in this office.", by=None, visitor=OPERATOR)
    assert isinstance(denied, Denied)
    assert [mail["to"] for mail in onboarding.named("access_denied")] == [new]
    onboarding.clock.advance(60)
    again = replace(ANA, email=new, modules=("mmis",))
    rooms.onboarding.request_access.of_account(onboarding.account(new), again, VISITOR)
    rooms.signin.user_ids.start.for_operator(onboarding.account(new), ANA.email, OPERATOR, verified=True)
    approved = approve(onboarding, onboarding.newest(), by=None)
    assert isinstance(approved, Approved)
    assert (approved.account.id, approved.is_new) == (account.id, False)
