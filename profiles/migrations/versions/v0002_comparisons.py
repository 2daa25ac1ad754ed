"""Version 2: comparisons of bundles measured in one plan."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "comparisons",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("a", sa.String(64), nullable=False),
        sa.Column("b", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("row_sha256", sa.String(64), nullable=False),
        sa.UniqueConstraint("nonce", "a", "b", name="one_comparison_per_run"),
    )
    op.create_index("comparisons_by_target", "comparisons", ["target"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("comparisons")
