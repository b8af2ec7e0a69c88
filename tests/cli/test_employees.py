"""`idp employees`."""

from tests.cli.conftest import Operator

WHO = ["--given-name", "Dana", "--family-name", "Whitfield"]


def test_unlinking_somebody_who_is_linked_to_nobody_or_unknown_is_refused(operator: Operator) -> None:
    operator.get("users", "create", "dana@dmas.virginia.gov", *WHO)
    assert "linked to nobody" in operator.is_refused("employees", "unlink", "dana@dmas.virginia.gov")
    assert "no account" in operator.is_refused("employees", "unlink", "nobody@dmas.virginia.gov")
    assert "no account" in operator.is_refused("employees", "unlink", "not an address")
