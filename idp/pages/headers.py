"""Security headers of every answer (SECURITY X1). The policy allows no inline script or style, and frames by nobody."""

import re
from collections.abc import Iterable

from flask import Flask, Response, g

from idp.settings import Settings

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,255}")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{images}; font-src 'self'; "
    "connect-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000; includeSubDomains"


def content_security_policy(*form_targets: str, frames: Iterable[str] = (), images: str = "") -> str:
    """Return the policy; `form_targets` are origins beside our own where a form's redirects may end.

    Browsers count the whole redirect chain after a POST as the form's target, up to the client's redirect URI. `frames` are
    origins that the page may hold in frames; it holds none otherwise. `images` is one more origin of pictures.
    """
    allowed = ["'self'", *(origin for origin in form_targets if _ORIGIN.fullmatch(origin))]
    pictures = f" {images}" if _ORIGIN.fullmatch(images) else ""
    policy = _POLICY.format(form_action=" ".join(allowed), images=pictures)
    held = sorted({origin for origin in frames if _ORIGIN.fullmatch(origin)})
    return f"{policy}; frame-src {' '.join(held)}" if held else policy


def allow_form_target(origin: str) -> None:
    """Let forms of the page being made lead on to `origin`, the client's of this interaction."""
    g.mes_form_target = origin


def allow_frames(origins: Iterable[str]) -> None:
    """Let the page being made hold frames of these origins, and no others."""
    g.mes_frames = tuple(origins)


def allow_images(origin: str) -> None:
    """Let the page being made show pictures of `origin` beside our own: a client's sign (`idp/pages/about_client.py`)."""
    g.mes_images = origin


def allow_framing() -> None:
    """Let any site put the page being made into a frame: `/check-session` alone, which shows nothing."""
    g.mes_framed = True


def fixed_headers(settings: Settings) -> list[tuple[str, str]]:
    """Return the headers of an answer without a form; the policy comes last."""
    headers = [*FIXED.items(), ("Cache-Control", "no-store")]
    if settings.is_https:
        headers.append(("Strict-Transport-Security", HSTS))
    return [*headers, ("Content-Security-Policy", content_security_policy())]


class SecurityHeaders:
    """Adds the headers that an answer does not set itself."""

    def __init__(self, settings: Settings) -> None:
        # Every answer passes here: what can be made ready is.
        *fixed, policy = ((header[0].lower(), header) for header in fixed_headers(settings))
        self._fixed = fixed
        self._policy = policy

    def install(self, app: Flask) -> None:
        """Register on `app`, for every answer of every surface."""
        app.after_request(self.add)

    def add(self, answer: Response) -> Response:
        """Complete one answer."""
        there = {name.lower() for name in answer.headers.keys()}  # noqa: SIM118 - Headers is a list of pairs
        if g.get("mes_framed", False):
            there.add("x-frame-options")
        answer.headers.extend([header for name, header in (*self._fixed, self._policy_header()) if name not in there])
        return answer

    def _policy_header(self) -> tuple[str, tuple[str, str]]:
        form_target, frames, images = g.get("mes_form_target", ""), g.get("mes_frames", ()), g.get("mes_images", "")
        if not form_target and not frames and not images:
            return self._policy
        targets = (form_target,) if form_target else ()
        policy = content_security_policy(*targets, frames=frames, images=images)
        return self._policy[0], (self._policy[1][0], policy)
