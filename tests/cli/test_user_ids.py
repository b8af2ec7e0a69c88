"""`idp users change-user-id`, `keep-user-id` and `release-user-id`."""

from tests.cli.conftest import Operator

WHO = ["--given-name", "Paula", "--family-name", "Reyes"]
OLD, NEW = "paula@clinic.example", "paula@new-clinic.example"


def test_both_addresses_are_mailed_and_an_operator_can_stop_it(operator: Operator) -> None:
    operator.get("users", "create", OLD, *WHO)
    asked = operator.get("users", "change-user-id", OLD, NEW)
    assert (asked["user_id"], asked["changed"], asked["confirm_until"] > 0) == (OLD, False, True)
    assert [message["name"] for message in operator.get("outbox", "list")] == ["gather_notices", "confirm_user_id"]
    assert operator.get("users", "show", OLD)["user_id_becomes"] == NEW
    assert f"about to become {NEW}" in operator.type("users", "show", OLD).stdout
    assert operator.get("users", "keep-user-id", OLD) == {"user_id": OLD, "changed": True}
    assert operator.get("users", "show", OLD)["user_id_becomes"] is None
    assert operator.get("users", "keep-user-id", OLD)["changed"] is False
    assert "clinic.example" not in operator.type("audit", "list", "--json").stdout


def test_verified_takes_effect_at_once_and_the_old_address_is_kept(operator: Operator) -> None:
    before = operator.get("users", "create", OLD, *WHO)
    assert operator.get("users", "change-user-id", OLD, NEW, "--verified")["changed"] is True
    after = operator.get("users", "show", NEW)
    assert after["sub"] == before["sub"]
    assert "there is no account" in operator.is_refused("users", "show", OLD)
    assert "is kept for it" in operator.is_refused("users", "create", OLD, *WHO)
    assert operator.get("users", "release-user-id", OLD)["changed"] is True
    operator.get("users", "create", OLD, *WHO)
    assert "has an account already" in operator.is_refused("users", "change-user-id", NEW, OLD)


def test_what_cannot_be_a_user_id_is_refused_with_its_reason(operator: Operator) -> None:
    operator.get("users", "create", OLD, *WHO)
    assert "fact S2" in operator.is_refused("users", "change-user-id", OLD, "p@dmas.virginia.gov")
    assert "plain ASCII" in operator.is_refused("users", "change-user-id", OLD, "nobody")
    assert "already" in operator.is_refused("users", "change-user-id", OLD, OLD.upper())
