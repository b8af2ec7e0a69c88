"""`/account/authenticators/remove`: take an app, a passkey or the recovery codes off one's own account."""

from dataclasses import dataclass
from typing import assert_never, get_args

from flask import redirect, request
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door
from idp.pages.factor_door import FactorDoor
from idp.pages.templates import render
from idp.signin.factor_changes import FreshSignInNeeded
from idp.signin.remove_authenticator import Kind, NotThere, Removed
from idp.signin.sessions import Session
from idp.signin.visit import Visit

LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class _Thing:
    """What the address names, if this account has it."""

    kind: Kind
    passkey_id: int | None
    name: str
    """Of a passkey."""

    @property
    def query(self) -> dict[str, str]:
        return {"what": self.kind, "passkey": "" if self.passkey_id is None else str(self.passkey_id)}


@dataclass(frozen=True)
class RemoveAuthenticatorPage:
    """Asks once more, and removes."""

    door: Door

    @property
    def _door(self) -> FactorDoor:
        return FactorDoor(self.door, paths.REMOVE_AUTHENTICATOR)

    def show(self) -> ResponseReturnValue:
        """Ask whether it is to go, after a sign-in that shows as much as the account has."""
        visit = self.door.visit()
        if visit.session is None:
            return self._sign_in_first()
        return self._page(visit.session)

    def submit(self) -> ResponseReturnValue:
        """Remove it."""
        form = self.door.rooms.kit.forms.read()
        visit = self.door.visit()
        if visit.session is None:
            return self._sign_in_first()
        if not form.is_ours:
            return self._page(visit.session, notice="stale")
        thing = self._thing(visit.session)
        return redirect(paths.AUTHENTICATORS, 303) if thing is None else self._remove(visit, visit.session, thing)

    def _remove(self, visit: Visit, session: Session, thing: _Thing) -> ResponseReturnValue:
        outcome = self.door.rooms.signin.remove_authenticator(session, thing.kind, thing.passkey_id, visit.visitor)
        match outcome:
            case Removed():
                return self._door.done(None, visit, "removed")
            case NotThere():
                return self._door.done(None, visit, "")
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(None, acr, **thing.query)
            case _:
                assert_never(outcome)

    def _page(self, session: Session, notice: str = "") -> ResponseReturnValue:
        thing = self._thing(session)
        if thing is None:
            return redirect(paths.AUTHENTICATORS, 303)
        if (needed := self.door.rooms.signin.remove_authenticator.needed(session)) is not None:
            return self._door.sign_in_first(None, needed.acr, **thing.query)
        return render(
            "remove_authenticator",
            page="account",
            notice=notice,
            action=self._door.address(None, **thing.query),
            back=paths.AUTHENTICATORS,
            kind=thing.kind,
            name=thing.name,
        )

    def _sign_in_first(self) -> ResponseReturnValue:
        # Whose passkey it is, is not known yet: the list is the place to come back to.
        return FactorDoor(self.door, paths.AUTHENTICATORS).sign_in_first(None)

    def _thing(self, session: Session) -> _Thing | None:
        kind = next((kind for kind in get_args(Kind) if kind == request.args.get("what")), None)
        if kind is None:
            return None
        if kind != "passkeys":
            offers = self.door.rooms.factors.second_factors.offered(session.account)
            held = {"app": "app", "recovery-codes": "recovery"}[kind] in {offer.method for offer in offers}
            return _Thing(kind, None, "") if held else None
        number = request.args.get("passkey", "")
        if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
            return None
        passkeys = self.door.rooms.factors.standing(session.account.id).passkeys
        return next((_Thing(kind, key.id, key.name) for key in passkeys if key.id == int(number)), None)
