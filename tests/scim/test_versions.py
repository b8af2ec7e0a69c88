"""RFC 7644 3.14: a write over an old version is refused, and of many at once over one version exactly one wins."""

from concurrent.futures import ThreadPoolExecutor

from werkzeug.test import TestResponse

from idp.audit.trail import OPERATOR
from tests.scim.module_client import ModuleClient, refusal, robin
from tests.scim.test_users import account_of

AT_ONCE = 20


def test_if_match_is_held_to(each_mmis: ModuleClient) -> None:
    made = each_mmis.create()
    path, version = f"/Users/{made['id']}", made["meta"]["version"]

    for stale in ('W/"9.9"', '"x"', 'W/"1"'):
        refusal(each_mmis.replace(made["id"], "locale", "es", If_Match=stale), 412)
        refusal(each_mmis.ask("PUT", path, robin(locale="es"), If_Match=stale), 412)
        refusal(each_mmis.ask("DELETE", path, If_Match=stale), 412)
    changed = each_mmis.replace(made["id"], "locale", "es", If_Match=version)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != version
    refusal(each_mmis.replace(made["id"], "locale", "en", If_Match=version), 412)
    assert (
        each_mmis.replace(made["id"], "locale", "en", If_Match=f'W/"0", {changed.headers["ETag"]}').status_code == 200
    )
    assert each_mmis.ask("DELETE", path, If_Match="*").status_code == 204


def test_if_none_match_saves_the_answer(each_mmis: ModuleClient) -> None:
    made = each_mmis.create()

    answer = each_mmis.ask("GET", f"/Users/{made['id']}", If_None_Match=made["meta"]["version"])

    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == made["meta"]["version"]


def test_what_others_change_changes_the_version_too(each_mmis: ModuleClient) -> None:
    made = each_mmis.create()
    house = each_mmis.provider.house
    account = account_of(each_mmis.provider, made["id"])

    seen = {made["meta"]["version"]}
    with house.database.transaction() as connection:
        house.people.accounts.set_locale(connection, account.id, "es")
    seen.add(each_mmis.get(made["id"])["meta"]["version"])
    house.signin.disable_account(account, OPERATOR)
    seen.add(each_mmis.get(made["id"])["meta"]["version"])

    assert len(seen) == 3
    refusal(each_mmis.replace(made["id"], "name.givenName", "Ana", If_Match=made["meta"]["version"]), 412)


def test_of_many_patches_over_one_version_one_wins(each_mmis: ModuleClient) -> None:
    made = each_mmis.create()
    version = made["meta"]["version"]

    for _ in range(3):
        answers = patched_at_once(each_mmis, made["id"], version)
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(200) == 1
        # On a busy machine the last of twenty may be told to try again instead of waiting longer for the lock.
        assert set(statuses) <= {200, 412, 503}
        won = next(answer for answer in answers if answer.status_code == 200)
        assert each_mmis.get(made["id"]) == won.json
        version = won.headers["ETag"]


def patched_at_once(client: ModuleClient, user_id: str, version: str) -> list[TestResponse]:
    def patch(number: int) -> TestResponse:
        return client.replace(user_id, "externalId", f"{version} {number}", If_Match=version)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(patch, range(AT_ONCE)))


def test_writes_that_name_no_version_are_all_done_one_after_the_other(each_mmis: ModuleClient) -> None:
    made = each_mmis.create()
    paths = ("name.givenName", "name.familyName", "locale", "externalId")
    values = ("Ana", "Lopez", "es", "MM-9")

    with ThreadPoolExecutor(len(paths)) as pool:
        answers = list(pool.map(lambda path, value: each_mmis.replace(made["id"], path, value), paths, values))

    assert [answer.status_code for answer in answers] == [200] * len(paths)
    now = each_mmis.get(made["id"])
    assert (now["name"], now["locale"], now["externalId"]) == (
        {"givenName": "Ana", "familyName": "Lopez"},
        "es",
        "MM-9",
    )


def test_of_many_creations_of_one_person_one_wins(each_mmis: ModuleClient) -> None:
    with ThreadPoolExecutor(10) as pool:
        statuses = sorted(
            pool.map(lambda _: each_mmis.ask("POST", "/Users", robin(externalId="1")).status_code, range(10))
        )

    assert statuses == [201] + [409] * 9
    assert (each_mmis.ask("GET", "/Users").json or {})["totalResults"] == 1


def test_of_many_deletions_one_is_done(each_mmis: ModuleClient) -> None:
    made = each_mmis.create()

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: each_mmis.ask("DELETE", f"/Users/{made['id']}").status_code, range(10)))

    assert statuses.count(204) == 1
    assert set(statuses) <= {204, 404}
    assert len(each_mmis.provider.events("account:withdrawn")) == 1
