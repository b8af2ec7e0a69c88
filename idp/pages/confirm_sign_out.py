"""The question whether to sign out, when a module sent the person here without proof that it may ask for it."""

from collections.abc import Mapping

from flask import Response

from idp.pages.templates import render


def confirm_sign_out_page(*, account_name: str, client_name: str, action: str, fields: Mapping[str, str]) -> Response:
    """Return the page; its form posts `fields`, which prove that we asked, to `action`."""
    page = render("confirm_sign_out", account_name=account_name, client_name=client_name, action=action, fields=fields)
    return Response(page, content_type="text/html; charset=utf-8")
