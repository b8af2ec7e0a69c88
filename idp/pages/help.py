"""`/help` and the pages below it: what people ask, answered in plain words, and whom to ask (fact S15)."""

from contextlib import suppress
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from idp.modules.modules import Module
from idp.pages.door import Door
from idp.pages.help_topics import BY_NAME, GROUPS, Topic
from idp.pages.templates import render
from idp.store.database import StoreUnavailable


@dataclass(frozen=True)
class HelpPage:
    """The index and the topics. They need neither a session nor a database."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show every question, and the contacts of every module."""
        return render("help", page="help", groups=GROUPS, modules=self._modules())

    def show_topic(self, topic: Topic) -> ResponseReturnValue:
        """Show one answer."""
        also = [BY_NAME[name] for name in topic.also]
        return render(f"help/{topic.name}", page="help", topic=topic, also=also, modules=self._modules())

    def _modules(self) -> list[Module]:
        with suppress(StoreUnavailable):
            # Only for the language of who is signed in.
            self.door.visit()
            return [module for module in self.door.rooms.modules.catalogue.all() if module.contacts]
        return []
