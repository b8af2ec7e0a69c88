"""Pages from which a person may get no further: each shows whom to ask and a support code, and goes on record with it.

A template that calls `support_code()` is such a page; nothing else needs to say so. What is recorded is who saw which page on
the way to which module, so that a help desk that hears the code finds the rest. Without a database it goes to the log.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Request, Response, g, has_request_context, request

from idp.audit.events import Event
from idp.audit.support_code import support_code
from idp.audit.trail import Trail, Visitor
from idp.modules.modules import Contact, Modules
from idp.signin.throttle import AddressThrottle
from idp.store.database import Database, StoreUnavailable
from idp.web.visitor import REQUEST_ID

log = logging.getLogger("idp.pages")

RECORDED_PER_MINUTE = 60
"""How many a network has on record in a minute: strangers who ask for pages that are not there cannot fill the trail."""


def note_person(sub: str) -> None:
    """Remember who is signed in on this page."""
    g.mes_sub = sub


def note_way(client_id: str, module: str) -> None:
    """Remember which client and module this page is on the way to."""
    g.mes_client_id, g.mes_module = client_id, module


def code_shown() -> str:
    """Return the support code of this request for the page being made, which thereby is a dead end."""
    if not has_request_context():
        return ""
    g.mes_dead_end = g.get("mes_page", "")
    return support_code(str(request.environ.get(REQUEST_ID, "")))


@dataclass(frozen=True)
class DeadEnds:
    """Records them, and knows whom to ask about the module that a page is on the way to."""

    database: Database
    trail: Trail
    modules: Modules
    throttle: AddressThrottle
    visitors: Callable[[Request], Visitor]

    def install(self, app: Flask) -> None:
        """Register on `app`, whose templates are installed."""
        app.after_request(self.note)
        app.jinja_env.globals["contacts_here"] = self.contacts

    def contacts(self) -> tuple[Contact, ...]:
        """Return whom to ask about the module that this page is on the way to (fact S15)."""
        name = g.get("mes_module", "")
        try:
            module = self.modules.get(name) if name else None
        except StoreUnavailable:
            return ()
        return module.contacts if module else ()

    def note(self, answer: Response) -> Response:
        """Put the page on record if it is one of these; never change or delay what the person gets by failing."""
        if "mes_dead_end" in g and (answer.status_code == 503 or not self._recorded(answer.status_code)):
            self._log(answer.status_code)
        return answer

    def _recorded(self, status: int) -> bool:
        visitor = self.visitors(request)
        try:
            if self.throttle.count(visitor.address) is not None:
                return False
            with self.database.transaction() as connection:
                self.trail.record(
                    connection,
                    Event.DEAD_END_SHOWN,
                    visitor,
                    actor=g.get("mes_sub", ""),
                    client_id=g.get("mes_client_id", ""),
                    page=g.mes_dead_end,
                    module=g.get("mes_module", ""),
                    status=status,
                )
        except StoreUnavailable:
            return False
        return True

    def _log(self, status: int) -> None:
        request_id = str(request.environ.get(REQUEST_ID, ""))
        shown = support_code(request_id)
        log.info("request %s: page %s, status %d, shows %s", request_id, g.mes_dead_end, status, shown)
