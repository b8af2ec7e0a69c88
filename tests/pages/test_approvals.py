"""`/approvals`: only approvers, only their modules, only after a fresh sign-in; what races or is forged changes nothing."""

from collections.abc import Callable

import pytest

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR
from idp.house import House
from idp.onboarding.model import AccessRequest, Wish
from tests.pages.at_desk import Desk
from tests.servers.clock import HandClock
from tests.servers.people import Person, new_person


def wish(email: str = "ana@clinic.example", modules: tuple[str, ...] = ("appeals", "mmis"), **changed: str) -> Wish:
    words = {"given_name": "Ana", "family_name": "Ruiz", "organisation": "Riverside", "why": "I file <b>claims</b>."}
    return Wish(**words | changed, email=email, phone=None, affiliation="provider", modules=modules)  # type: ignore[arg-type]


@pytest.fixture
def open_request(house: House) -> Callable[..., AccessRequest]:
    """Make requests that were confirmed."""

    def make(asked: Wish | None = None) -> AccessRequest:
        with house.database.transaction() as connection:
            until = house.clock.now() + 60
            token = house.onboarding.requests.add_unconfirmed(connection, asked or wish(), "en", confirm_until=until)
        request = house.onboarding.confirm.look(token)
        house.onboarding.confirm.confirm(token, OPERATOR)
        assert request is not None
        return request

    return make


@pytest.fixture
def new_approver(house: House) -> Callable[..., Person]:
    """Make people who approve."""

    def make(*modules: str) -> Person:
        person = new_person(house)
        for module in modules:
            house.onboarding.approvers.add(account_of(house, person.user_id), module, OPERATOR)
        return person

    for role in ("provider", "claims"):
        house.onboarding.approvers.offer_role("mmis", role, OPERATOR)
    return make


def account_of(house: House, user_id: str) -> Account:
    found = house.people.accounts.by_user_id(user_id)
    assert found is not None
    return found


def test_the_menu_leads_an_approver_there_and_nobody_else(
    house: House, desk: Desk, new_desk: Callable[[], Desk], new_approver: Callable[..., Person],
    open_request: Callable[..., AccessRequest],
) -> None:  # fmt: skip
    open_request()
    desk.sign_in(new_approver("mmis"))
    assert "Requests for access: 1 waits for you" in desk.words
    other = new_desk()
    other.sign_in(new_person(house))
    assert "waits for you" not in other.words
    for path in ("/approvals", "/approvals/quiet-accounts", "/approvals/2345678ABC"):
        assert other.open(path).status_code == 404


def test_s12_from_the_list_to_the_account(
    house: House, desk: Desk, new_approver: Callable[..., Person], open_request: Callable[..., AccessRequest]
) -> None:
    request = open_request()
    desk.sign_in(new_approver("mmis"), "/approvals")
    assert desk.path == "/approvals"
    assert "Ana Ruiz" in desk.words
    assert "Appeals" not in desk.words
    path = f"/approvals/{request.request_id}"
    desk.open(path)
    assert "I file <b>claims</b>." in desk.words
    desk.send(path, module="mmis", role="claims", do="approve")
    assert desk.path == "/approvals"
    assert "The account was made" in desk.words
    held = house.modules.catalogue.accesses(account_of(house, "ana@clinic.example").id)
    assert [(access.module, access.roles) for access in held] == [("mmis", ("claims",))]
    house.worker.run_once()
    assert {m["name"] for m in desk.letterbox.messages if m["to"] == "ana@clinic.example"} == {
        "user_id",
        "temporary_password",
    }


def test_a_denial_needs_words_and_they_stay_typed(
    house: House, desk: Desk, new_approver: Callable[..., Person], open_request: Callable[..., AccessRequest]
) -> None:
    path = f"/approvals/{open_request().request_id}"
    desk.sign_in(new_approver("mmis"))
    desk.open(path)
    desk.send(path, module="mmis", reason="x" * 501, do="deny")
    assert "Say why you deny it" in desk.words
    assert next(desk.tree().iter("textarea")).text == "x" * 501
    desk.send(path, module="mmis", reason="Sign in at evil.example first.", do="deny")
    assert "Leave addresses out of the reason" in desk.words
    desk.send(path, module="mmis", reason="We do not know <i>you</i>.", do="deny")
    assert "Denied. The person is told why by e-mail." in desk.words
    desk.open(path)
    assert "We do not know <i>you</i>." in desk.words


@pytest.mark.parametrize(
    "forged",
    [
        {"module": "appeals", "do": "approve"},
        {"module": "nowhere", "do": "approve"},
        {"module": "appeals", "reason": "No.", "do": "deny"},
        {"module": "mmis", "role": "admin", "do": "approve"},
        {"module": "mmis", "role": "", "do": "approve"},
        {"module": "mmis", "role": "claims", "do": "approve", "csrf": "x"},
    ],
)
def test_nothing_forged_is_done(
    house: House, desk: Desk, new_approver: Callable[..., Person], open_request: Callable[..., AccessRequest],
    forged: dict[str, str],
) -> None:  # fmt: skip
    request = open_request()
    path = f"/approvals/{request.request_id}"
    desk.sign_in(new_approver("mmis"))
    desk.open(path)
    desk.send(path, **forged)
    found = house.onboarding.queue.find(request.request_id)
    assert found is not None
    assert found.waiting == ("appeals", "mmis")
    assert house.people.accounts.by_user_id("ana@clinic.example") is None


def test_a_post_without_our_page_changes_nothing(
    house: House, desk: Desk, new_approver: Callable[..., Person], open_request: Callable[..., AccessRequest]
) -> None:
    request = open_request()
    desk.sign_in(new_approver("mmis"))
    data = {"module": "mmis", "role": "claims", "do": "approve"}
    answer = desk.client.post(f"/approvals/{request.request_id}", data=data)
    assert "This page was open for a while" in answer.text
    assert house.people.accounts.by_user_id("ana@clinic.example") is None


def test_requests_of_other_approvers_do_not_exist(
    house: House, desk: Desk, new_approver: Callable[..., Person], open_request: Callable[..., AccessRequest]
) -> None:
    others = open_request(wish(modules=("appeals",)))
    desk.sign_in(new_approver("mmis"))
    seen = {desk.open(f"/approvals/{one}").text for one in (others.request_id, "2345678ABC")}
    assert len({page.split("MES-")[0] for page in seen}) == 1
    assert desk.answer is not None
    assert desk.answer.status_code == 404
    assert "Ruiz" not in "".join(seen)


@pytest.mark.parametrize("address", ["%00", "a", "2345678ABC", "x" * 500, "%F0%9F%98%80", "..%2f..%2fmenu"])
def test_what_cannot_be_an_id_is_no_fault_of_ours(
    house: House, desk: Desk, new_approver: Callable[..., Person], address: str
) -> None:
    for path in (f"/approvals/{address}", f"/approvals?after={address}", f"/approvals/quiet-accounts?after={address}"):
        assert desk.client.get(path).status_code in (303, 404)
    desk.sign_in(new_approver("mmis"))
    assert desk.open(f"/approvals/{address}").status_code == 404
    for path in (f"/approvals?after={address}", f"/approvals/quiet-accounts?after={address}"):
        assert desk.open(path).status_code == 200


def test_somebody_else_was_first_and_one_is_told(
    house: House, desk: Desk, new_approver: Callable[..., Person], open_request: Callable[..., AccessRequest]
) -> None:
    request = open_request()
    path = f"/approvals/{request.request_id}"
    desk.sign_in(new_approver("mmis"))
    desk.open(path)
    house.onboarding.deny(request.request_id, "mmis", reason="No.", by=None, visitor=OPERATOR)
    desk.send(path, module="mmis", role="claims", do="approve")
    assert "Somebody else was first" in desk.words
    assert "Denied on" in desk.words
    assert house.people.accounts.by_user_id("ana@clinic.example") is None


def test_nobody_decides_about_their_own(
    house: House, desk: Desk, new_approver: Callable[..., Person], open_request: Callable[..., AccessRequest]
) -> None:
    approver = new_approver("mmis")
    request = open_request(wish(approver.user_id))
    path = f"/approvals/{request.request_id}"
    desk.sign_in(approver)
    desk.open(path)
    assert "This is your own request" in desk.words
    assert not [form for form in desk.tree().iter("form") if form.get("action") == path]
    csrf = next(field.get("value") for field in desk.tree().iter("input") if field.get("name") == "csrf")
    sent = {"csrf": csrf or "", "module": "mmis", "role": "claims", "do": "approve"}
    assert "Nobody decides about their own access" in desk.client.post(path, data=sent).text


def test_a_sign_in_of_the_last_hour_is_asked_and_a_form_opened_in_time_may_be_sent(
    house: House, desk: Desk, clock: HandClock, new_approver: Callable[..., Person],
    open_request: Callable[..., AccessRequest],
) -> None:  # fmt: skip
    path, approver = f"/approvals/{open_request().request_id}", new_approver("mmis", "appeals")
    desk.sign_in(approver)
    for _ in range(4):
        clock.advance(890)
        desk.open(path)
    assert desk.path == path
    clock.advance(600)
    desk.send(path, module="appeals", do="approve")
    assert house.people.accounts.by_user_id("ana@clinic.example") is not None
    assert desk.path == "/sign-in"
    desk.send(user_id=approver.user_id, password=approver.password)
    desk.send(method="email")
    desk.send(code=desk.code(), do="check")
    assert desk.path == path


def test_quiet_accounts_of_their_modules_are_opened_again(
    house: House, desk: Desk, new_approver: Callable[..., Person], clock: HandClock
) -> None:
    mine, others, disabled = (new_person(house, modules=(one,)) for one in ("mmis", "appeals", "mmis"))
    for _ in range(70):
        clock.advance(86_400)
        for sweep in house.sweeps:
            sweep()
    house.signin.disable_account(account_of(house, disabled.user_id), OPERATOR)
    approver = new_approver("mmis")
    desk.sign_in(approver, "/approvals/quiet-accounts")
    assert mine.user_id in desk.words
    assert others.user_id not in desk.words
    csrf = next(field.get("value") for field in desk.tree().iter("input") if field.get("name") == "csrf")
    sub = account_of(house, others.user_id).sub
    told = desk.client.post("/approvals/quiet-accounts", data={"csrf": csrf or "", "account": sub}).text
    assert "This account was not activated" in told
    assert account_of(house, others.user_id).disabled_at is not None
    desk.send("/approvals/quiet-accounts", account=account_of(house, mine.user_id).sub)
    assert "The account is active again." in desk.words
    assert account_of(house, mine.user_id).disabled_at is None
    enabled = house.trail.newest(event="account:enabled")[0]
    assert enabled.actor == account_of(house, approver.user_id).sub
