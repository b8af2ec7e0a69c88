"""The question whether to sign out: a link, or a module without proof that it may ask, never signs anybody out."""

from collections.abc import Mapping

from flask import Response

from idp.accounts.model import Account
from idp.pages import paths
from idp.pages.here import sign_out_question
from idp.pages.templates import prefer, render


def confirm_sign_out_page(
    *,
    account: Account,
    client_name: str,
    action: str,
    fields: Mapping[str, str],
    ui_locales: str = "",
    notice: str = "",
) -> Response:
    """Return the page; its form posts `fields` to `action` as they are. `client_name` is "" when no client asks.

    `ui_locales` are the languages that the client asks for.
    """
    prefer(f"{ui_locales} {account.locale or ''}")
    page = render(
        "sign_out",
        account_name=account.name,
        client_name=client_name,
        action=action,
        fields=fields,
        notice=notice,
        here=sign_out_question(fields) if fields else paths.SIGN_OUT,
    )
    return Response(page, content_type="text/html; charset=utf-8")
