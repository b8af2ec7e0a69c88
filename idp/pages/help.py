"""`/help`: short answers to what goes wrong at sign-in, and whom to ask (fact S15)."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from idp.modules.modules import Modules
from idp.pages.templates import render


@dataclass(frozen=True)
class HelpPage:
    """The page."""

    modules: Modules

    def show(self) -> ResponseReturnValue:
        """Show it, with the contacts of every module."""
        contacts = [contact for module in self.modules.all() for contact in module.contacts]
        return render("help", page="help", module_contacts=list(dict.fromkeys(contacts)))
