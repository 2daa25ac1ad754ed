"""Version 4: readings are found by their variant without looking at every row."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the index."""
    op.create_index("readings_by_variant", "readings", ["variant"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("readings_by_variant", "readings")
