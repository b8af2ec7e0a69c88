"""The tables of challenges (passcodes we sent, passkey challenges answered), apps, passkeys and recovery codes."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from idp.store.sealed_columns import hashed, sealed
from idp.store.tables import Moment, RowId, metadata

challenges = Table(
    "challenges",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("interaction_id", String(64), nullable=False),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("channel", String(10), nullable=False),
    # A keyed hash bound to interaction, account and channel; the code itself is only in the sealed outbox row.
    Column("code_hash", String(64), nullable=False, info=hashed("passcode")),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("consumed_at", Moment),
    Column("superseded_at", Moment),
    Index("ix_challenges_interaction_id", "interaction_id"),
    Index("ix_challenges_account_id", "account_id", "created_at"),
)

authenticator_apps = Table(
    "authenticator_apps",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    # A secret that waits to be confirmed is sealed to the one session that may see it.
    Column(
        "sealed_secret",
        LargeBinary,
        nullable=False,
        info=sealed("authenticator-app", "authenticator_apps:{account_id}:secret", only_with="confirmed_at"),
    ),
    Column("created_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    # The last time step that was accepted: a code never works twice (RFC 6238 5.2).
    Column("last_step", Integer),
    Index("ix_authenticator_apps_account_id", "account_id"),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    # At most 1023 bytes, and nobody else's (WebAuthn 7.1, step 26).
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    # COSE key, as the authenticator gave it.
    Column("public_key", LargeBinary, nullable=False),
    # What its owner calls it: may well be somebody's name.
    Column("sealed_name", LargeBinary, nullable=False, info=sealed("passkey-name", "passkeys:{account_id}:name")),
    # 32 bits without a sign; an authenticator that counts shows a higher one each time.
    Column("sign_count", BigInteger, nullable=False),
    # Whether its maker copies the key to the person's other devices (WebAuthn: backup eligible).
    Column("is_synced", Boolean, nullable=False),
    # Whether it has ever unlocked by PIN, fingerprint or face for us (WebAuthn: user verified).
    Column("verifies_user", Boolean, nullable=False),
    Column("transports", String(60), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment),
    Index("ix_passkeys_account_id", "account_id"),
)

spent_challenges = Table(
    "spent_challenges",
    metadata,
    # SHA-256 of a passkey challenge that was answered. Its row is born by the answer: of many, one insert wins.
    Column("challenge_hash", String(64), primary_key=True),
    Column("expires_at", Moment, nullable=False),
    Index("ix_spent_challenges_expires_at", "expires_at"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    # Names the codes that were made together; known to the page that shows them.
    Column("batch", String(43), nullable=False),
    # A keyed hash bound to the account; the code itself is kept nowhere.
    Column("code_hash", String(80), nullable=False, info=hashed("recovery-code")),
    Column("created_at", Moment, nullable=False),
    # When the person said that they are kept. Before that they open nothing.
    Column("kept_at", Moment),
    Column("used_at", Moment),
    Index("ix_recovery_codes_account_id", "account_id"),
)
