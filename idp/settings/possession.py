"""Proof of possession: tokens that are bound to a key."""

from typing import Annotated

from pydantic import Field

from idp.settings.group import Group


class Dpop(Group):
    """Proofs of keys (RFC 9449)."""

    proof_seconds: Annotated[int, Field(gt=0, le=300)]
    """How old a proof may be that holds no nonce of ours: what a client's clock may be late, and the way here."""
    nonce_seconds: Annotated[int, Field(gt=0, le=3_600)]
    """How long one nonce is handed out; it is accepted for as long again after that."""
    require_nonce: bool
    """Whether a proof without a nonce is sent back for one; clients that know no nonces are then shut out."""
