"""Dynamic registration: what lets clients register and keep themselves (RFC 7591, RFC 7592)."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
