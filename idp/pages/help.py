"""`/help`: short answers to what goes wrong at sign-in, and whom to ask (fact S15)."""

from contextlib import suppress
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from idp.pages.door import Door
from idp.pages.templates import render
from idp.store.database import StoreUnavailable


@dataclass(frozen=True)
class HelpPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show it, with the contacts of every module."""
        with suppress(StoreUnavailable):
            # Only for the language of who is signed in.
            self.door.visit()
        contacts = [contact for module in self.door.rooms.modules.catalogue.all() for contact in module.contacts]
        return render("help", page="help", module_contacts=list(dict.fromkeys(contacts)))
