"""Takes away what was added to an account since a moment: whoever was in it may have left a way back in."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, or_

from idp.authenticators.model import authenticator_apps, passkeys, recovery_codes
from idp.authenticators.registry import SecondFactors


@dataclass(frozen=True, slots=True)
class TakenAway:
    """What is gone, and what was there before and stays."""

    app: bool
    passkeys: int
    recovery_codes: bool
    app_stays: bool
    passkeys_stay: int


@dataclass(frozen=True)
class AddedSince:
    """Works in the caller's transaction, which holds the account."""

    second_factors: SecondFactors

    def take_away(self, connection: Connection, account_id: int, since: int) -> TakenAway:
        """Remove apps, passkeys and recovery codes that came into use at `since` or later, and apps not confirmed yet.

        An app that took an older one's place leaves none. Recovery codes go with the last app or passkey, for they stand in
        for these.
        """
        app, passkey, code = authenticator_apps.c, passkeys.c, recovery_codes.c
        waiting = connection.execute(
            delete(authenticator_apps)
            .where(app.account_id == account_id, or_(app.confirmed_at.is_(None), app.confirmed_at >= since))
            .returning(app.confirmed_at)
        ).all()
        gone = connection.execute(delete(passkeys).where(passkey.account_id == account_id, passkey.created_at >= since))
        held = self.second_factors.held(connection, account_id)
        codes = delete(recovery_codes).where(code.account_id == account_id)
        if held.strongest:
            codes = codes.where(or_(code.created_at >= since, code.kept_at >= since))
        codes_gone = connection.execute(codes.returning(code.kept_at)).all()
        return TakenAway(
            app=any(row.confirmed_at is not None for row in waiting),
            passkeys=gone.rowcount,
            recovery_codes=any(row.kept_at is not None for row in codes_gone),
            app_stays=held.apps > 0,
            passkeys_stay=held.passkeys,
        )
