"""`--own-accounts`: what a module declares whose people have accounts of their own there, as JSON (fact S13)."""

import json
from typing import Any

import click

from idp.modules.own_accounts import OwnAccounts, fault_of

EXAMPLE = (
    '{"id_name": "MMIS User ID (E6Code)", "id_word": "E6Code", "id_format": "E6?#####", '
    '"password_name": "MMIS temporary password", "password_seconds": 86400, "ids": "given"}'
)


class OwnAccountsType(click.ParamType[OwnAccounts]):
    """Reads the JSON and names what is wrong with it."""

    name = "JSON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> OwnAccounts:
        """Return the declaration."""
        if isinstance(value, OwnAccounts):
            return value
        try:
            declared = json.loads(value)
            own = OwnAccounts(**declared)
            fault = fault_of(own)
        except (ValueError, TypeError, AttributeError):
            self.fail(f"write it as {EXAMPLE}", param, ctx)
        if fault:
            self.fail(fault, param, ctx)
        return own


own_accounts_option = click.option(
    "--own-accounts",
    type=OwnAccountsType(),
    help="That people have accounts of their own there: how ids look and what they are called; see docs/operating.md.",
)
