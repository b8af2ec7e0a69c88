"""What each client answered when a session ended (OIDC Back-Channel Logout 1.0)."""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
