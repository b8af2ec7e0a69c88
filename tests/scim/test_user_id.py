"""A module asks for another userName: the new address must confirm it, and the module sees how it stands."""

from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from idp.audit.trail import OPERATOR
from idp.notify.model import outbox
from idp.signin.confirm_user_id import Declined, Waits
from idp.signin.start_user_id_change import ChangeStarted
from tests.protocol.provider import Provider
from tests.scim.module_client import ModuleClient, refusal, robin, token_of
from tests.scim.test_s9_phone import DAY
from tests.scim.test_users import account_of, waiting_mails

EXTENSION = "urn:mes:params:scim:schemas:extension:2.0:User"
PATH = f"{EXTENSION}:newUserName"
OLD, NEW = "robin.shaw@clinic.example", "robin.shaw@new-clinic.example"


def token(provider: Provider) -> str:
    """Return the token of the newest mail that asks a new address."""
    house, row = provider.house, outbox.c
    with house.database.reading() as connection:
        query = select(outbox).where(row.name == "confirm_user_id").order_by(row.id.desc())
        found = connection.execute(query).first()
    assert found is not None
    payload = house.outbox.open(found.message_id, found.sealed_payload)
    assert payload["to"] == NEW
    return parse_qs(urlsplit(payload["fields"]["confirm_url"]).query)["token"][0]


def test_the_user_name_changes_when_the_new_address_has_confirmed(each_mmis: ModuleClient) -> None:
    provider, made = each_mmis.provider, each_mmis.create()
    asked = each_mmis.replace(made["id"], PATH, NEW.upper()).json or {}
    assert (asked["userName"], asked[EXTENSION]["newUserName"]) == (OLD, NEW)
    assert asked["meta"]["version"] != made["meta"]["version"]
    assert waiting_mails(provider)[2:] == ["confirm_user_id", "gather_notices"]
    again = each_mmis.replace(made["id"], PATH, NEW).json or {}
    assert again["meta"]["version"] == asked["meta"]["version"], "the same once more is nothing new"

    rooms = provider.house.signin.user_ids
    outcome = rooms.confirm.confirm(token(provider), None, OPERATOR)
    assert isinstance(outcome, Waits)
    provider.clock.advance(3 * DAY)
    rooms.finish.sweep()
    each_mmis.token = token_of(provider, "mmis")
    now = each_mmis.get(made["id"])
    assert (now["userName"], EXTENSION in now, now["id"]) == (NEW, False, made["id"])
    assert now["emails"] == [{"value": NEW, "primary": True}]
    refusal(each_mmis.ask("PUT", f"/Users/{made['id']}", robin()), 400, "mutability")
    assert each_mmis.ask("PUT", f"/Users/{made['id']}", robin(userName=NEW)).status_code == 200


def test_the_module_stops_it_and_so_does_whoever_reads_the_address(mmis: ModuleClient) -> None:
    provider, made = mmis.provider, mmis.create()
    for stop in (
        lambda: mmis.patch(made["id"], {"op": "remove", "path": PATH}),
        lambda: mmis.ask("PUT", f"/Users/{made['id']}", robin()),
        lambda: provider.house.signin.user_ids.confirm.decline(token(provider), OPERATOR),
    ):
        assert mmis.replace(made["id"], PATH, NEW).status_code == 200
        stopped = stop()
        assert isinstance(stopped, Declined) or stopped.status_code == 200
        assert EXTENSION not in mmis.get(made["id"])
        assert provider.house.signin.user_ids.start.waiting(account_of(provider, made["id"])) is None


def test_whoever_declined_an_address_is_not_mailed_again_by_every_nights_run(mmis: ModuleClient) -> None:
    provider, made = mmis.provider, mmis.create()
    assert mmis.replace(made["id"], PATH, NEW).status_code == 200
    assert provider.house.signin.user_ids.confirm.decline(token(provider), OPERATOR) == Declined()
    mailed = waiting_mails(provider).count("confirm_user_id")
    for _ in range(3):
        provider.clock.advance(DAY)
        mmis.token = token_of(provider, "mmis")
        refusal(mmis.replace(made["id"], PATH, NEW), 400, "invalidValue")
    assert waiting_mails(provider).count("confirm_user_id") <= mailed
    assert mmis.replace(made["id"], PATH, "r@other-clinic.example").status_code == 200
    # Who has spoken with the person may ask again.
    account = account_of(provider, made["id"])
    assert isinstance(provider.house.signin.user_ids.start.for_operator(account, NEW, OPERATOR), ChangeStarted)


def test_what_somebody_else_asked_for_is_not_the_modules_to_see_or_stop(mmis: ModuleClient) -> None:
    provider, made = mmis.provider, mmis.create()
    account = account_of(provider, made["id"])
    provider.house.signin.user_ids.start.for_operator(account, NEW, OPERATOR)
    assert EXTENSION not in mmis.get(made["id"])
    assert mmis.ask("PUT", f"/Users/{made['id']}", robin()).status_code == 200
    assert provider.house.signin.user_ids.start.waiting(account) is not None


def test_addresses_of_others_of_dmas_and_none_are_refused(mmis: ModuleClient) -> None:
    made, other = mmis.create(), mmis.create(userName="sam@clinic.example")
    refusal(mmis.replace(made["id"], PATH, other["userName"]), 409, "uniqueness")
    assert mmis.provider.events("client:user:refused")
    for wrong in ("nobody", "r@dmas.virginia.gov", "a@b.example,c@d.example"):
        refusal(mmis.replace(made["id"], PATH, wrong), 400, "invalidValue")
    for number in range(5):
        assert mmis.replace(made["id"], PATH, f"r{number}@new-clinic.example").status_code == 200
    answer = mmis.replace(made["id"], PATH, "r6@new-clinic.example")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "86400")
