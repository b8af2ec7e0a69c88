"""The page after a sign-out that asks modules in this very browser (OIDC Front-Channel Logout 1.0), and then goes on by itself.

A frame for each module, each of which may load what its own site says and nothing of ours. A short script goes on when all
have loaded or after some seconds; without script there is the link. It names no person.
"""

from collections.abc import Sequence

from flask import Response

from idp.pages.headers import allow_frames
from idp.pages.templates import prefer, render
from idp.signin.front_channel import Frame


def leave_modules_page(*, frames: Sequence[Frame], address: str, locale: str) -> Response:
    """Return the page; `address` is where the browser goes on, `locale` what the person speaks ("" for not known)."""
    prefer(locale)
    allow_frames(frame.origin for frame in frames)
    page = render("leave_modules", frames=frames, address=address)
    return Response(page, content_type="text/html; charset=utf-8")
