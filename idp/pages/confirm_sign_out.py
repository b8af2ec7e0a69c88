"""The question whether to sign out: a link, or a module without proof that it may ask, never signs anybody out."""

from collections.abc import Mapping

from flask import Response

from idp.pages.templates import render


def confirm_sign_out_page(
    *, account_name: str, client_name: str, action: str, fields: Mapping[str, str], notice: str = ""
) -> Response:
    """Return the page; its form posts `fields` to `action` as they are. `client_name` is "" when no client asks."""
    page = render(
        "sign_out", account_name=account_name, client_name=client_name, action=action, fields=fields, notice=notice
    )
    return Response(page, content_type="text/html; charset=utf-8")
