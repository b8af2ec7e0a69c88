"""Passkeys (WebAuthn Level 3): the store. What a browser's answer must be is in `passkey_ceremony.py`.

Several an account, each named by its owner. With a password one is two factors and cannot be phished (SP 800-63B 3.2.5).
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from idp.authenticators.levels import MFA, PHISHING_RESISTANT
from idp.authenticators.model import passkeys
from idp.clock import Clock
from idp.sealing import RootSecrets

METHOD = "passkey"
AMR = ("user", "mfa")
"""Beside `hwk` or `swk`, which the passkey that is used tells (RFC 8176)."""
MOST_PASSKEYS = 10
"""How many an account may have."""
LONGEST_NAME = 60

_key = passkeys.c


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What a registration gave."""

    credential_id: bytes
    public_key: bytes
    """COSE key."""
    sign_count: int
    is_synced: bool
    verifies_user: bool
    transports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passkey(NewPasskey):
    """One passkey of an account."""

    id: int
    name: str
    created_at: int
    last_used_at: int | None

    def acr(self, *, user_verified: bool) -> str:
        """Return the level that a password and this passkey give.

        Unlocked by PIN, fingerprint or face it is two factors of its own, neither of which can be phished. Only touched, it
        proves possession: beside a password, which can be, that is no more than an authenticator app gives.
        """
        return PHISHING_RESISTANT if user_verified else MFA

    @property
    def amr(self) -> tuple[str, ...]:
        """What it adds to `amr` (RFC 8176): the key as its authenticator describes it, which nobody attests."""
        return ("swk" if self.is_synced else "hwk", *AMR)


@dataclass(frozen=True, slots=True)
class Added:
    """The passkey is in use."""

    passkey_id: int


@dataclass(frozen=True, slots=True)
class KnownAlready:
    """The credential is somebody's already, this person's or another's (WebAuthn 7.1, step 26)."""


@dataclass(frozen=True, slots=True)
class TooManyPasskeys:
    """The account has `MOST_PASSKEYS`."""


@dataclass(frozen=True)
class Passkeys:
    """The store. Every verb takes part in the caller's transaction."""

    clock: Clock
    secrets: RootSecrets

    def of(self, connection: Connection, account_id: int) -> list[Passkey]:
        """Return the account's passkeys, oldest first."""
        rows = connection.execute(select(passkeys).where(_key.account_id == account_id).order_by(_key.id)).all()
        return [
            Passkey(
                credential_id=row.credential_id,
                public_key=row.public_key,
                sign_count=row.sign_count,
                is_synced=row.is_synced,
                verifies_user=row.verifies_user,
                transports=tuple(row.transports.split()),
                id=row.id,
                name=self.secrets.open("passkey-name", row.sealed_name, _place(account_id)).decode(),
                created_at=row.created_at,
                last_used_at=row.last_used_at,
            )
            for row in rows
        ]

    def add(
        self, connection: Connection, account_id: int, new: NewPasskey, name: str
    ) -> Added | KnownAlready | TooManyPasskeys:
        """Take a passkey into use; the caller holds the account, so that they are counted one by one."""
        of_account = select(func.count()).select_from(passkeys).where(_key.account_id == account_id)
        if connection.execute(of_account).scalar_one() >= MOST_PASSKEYS:
            return TooManyPasskeys()
        row = insert(passkeys).values(
            account_id=account_id,
            credential_id=new.credential_id,
            public_key=new.public_key,
            sealed_name=self.secrets.seal("passkey-name", name.encode(), _place(account_id)),
            sign_count=new.sign_count,
            is_synced=new.is_synced,
            verifies_user=new.verifies_user,
            transports=" ".join(new.transports),
            created_at=self.clock.now(),
        )
        try:
            with connection.begin_nested():
                return Added(connection.execute(row.returning(_key.id)).scalar_one())
        except IntegrityError:
            return KnownAlready()

    def note_use(self, connection: Connection, passkey_id: int, sign_count: int, *, user_verified: bool) -> bool:
        """Put a verified use on record; False when its counter did not go up, or the passkey was removed meanwhile.

        A counter that goes back means that somebody has a copy of the key (WebAuthn 6.1.1). Passkeys that do not count show
        0 for ever.
        """
        counts_up = _key.sign_count < sign_count if sign_count else _key.sign_count == 0
        noted = connection.execute(
            update(passkeys)
            .where(_key.id == passkey_id, counts_up)
            .values(
                sign_count=sign_count,
                last_used_at=self.clock.now(),
                verifies_user=true() if user_verified else _key.verifies_user,
            )
        )
        return noted.rowcount == 1

    def remove(self, connection: Connection, account_id: int, passkey_id: int) -> bool:
        """Forget one passkey of the account; tell whether this call did it."""
        removed = connection.execute(delete(passkeys).where(_key.id == passkey_id, _key.account_id == account_id))
        return removed.rowcount == 1

    def remove_all(self, connection: Connection, account_id: int) -> int:
        """Forget every passkey of the account; return how many there were."""
        return connection.execute(delete(passkeys).where(_key.account_id == account_id)).rowcount


def _place(account_id: int) -> str:
    return f"passkeys:{account_id}:name"
