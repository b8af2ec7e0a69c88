"""Error pages: what happened, what to do next, whom to call. They need no database and tell no secret."""

from dataclasses import dataclass

from flask import Response, request

from idp.pages.templates import Wording, render

PASSING = (429, 500, 503)
"""Errors that the same request may not meet a little later."""


@dataclass(frozen=True)
class ErrorPages:
    """Renders errors for people."""

    wording: Wording

    def page(self, status: int) -> Response:
        """Return the page for an HTTP error; its support code finds the line in the log."""
        headline, what_to_do = self._words(status)
        # An address relative to the page itself leads nowhere else, whatever the path looks like. A form is not sent twice.
        again = f"?{request.query_string.decode('ascii', 'replace')}"
        passes = status in PASSING and request.method == "GET"
        return _page(status, headline, what_to_do, again=again if passes else "")

    def bad_request(self, detail: str, client_name: str = "", status: int = 400) -> Response:
        """Return the page for a protocol request that cannot be answered by a redirect (RFC 6749 4.1.2.1).

        `detail` names the fault for the module's developers; it must not repeat input.
        """
        _ = self.wording.gettext
        what_to_do = _(
            "The link or module that sent you here asked in a way we cannot answer. Go back to the module and start "
            "again, or open it from the MES menu."
        )
        return _page(status, _("We cannot continue this sign-in"), what_to_do, detail=detail, client_name=client_name)

    def _words(self, status: int) -> tuple[str, str]:
        _ = self.wording.gettext
        match status:
            case 404 | 410:
                return _("This page does not exist"), _(
                    "The address may be mistyped or old. Start from the MES menu, or go back to the module you came from."
                )
            case 405:
                return _("This page cannot be opened that way"), _(
                    "It answers only to a form or a program. Start from the MES menu, or go back to the module you came "
                    "from."
                )
            case 413:
                return _("That was too much to read"), _(
                    "The form was much longer than it should be. Go back, shorten what you entered, and send it again."
                )
            case 429:
                return _("Too many requests"), _("Please wait a minute, then try again.")
            case 503:
                return _("We cannot answer right now"), _(
                    "Nothing is wrong with your account, and nothing was lost. Please try again in a few seconds."
                )
            case status if status >= 500:
                return _("Something went wrong on our side"), _(
                    "It was not your fault, and we have noted it. Please try again in a moment."
                )
            case _:
                return _("We could not read that"), _(
                    "Something in the request was damaged. Go back, reload the page, and try again."
                )


def _page(
    status: int, headline: str, what_to_do: str, *, detail: str = "", client_name: str = "", again: str = ""
) -> Response:
    page = render(
        "error",
        has_error=True,
        headline=headline,
        what_to_do=what_to_do,
        detail=detail,
        client_name=client_name,
        again=again,
    )
    return Response(page, status, content_type="text/html; charset=utf-8")
