"""Version 1: readings and their raw samples."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "readings",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("board", sa.String(80), nullable=False),
        sa.Column("device_id", sa.String(80), nullable=False),
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("bundle", sa.String(64), nullable=False),
        sa.Column("model", sa.String(400), nullable=False),
        sa.Column("variant", sa.String(80)),
        sa.Column("runtime", sa.String(40), nullable=False),
        sa.Column("threads", sa.Integer, nullable=False),
        sa.Column("p50_ms", sa.Float, nullable=False),
        sa.Column("measured_at", sa.String(40), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("row_sha256", sa.String(64), nullable=False),
        sa.UniqueConstraint("nonce", "bundle", "runtime", "threads", name="one_reading_per_run"),
    )
    op.create_index("readings_by_board", "readings", ["board", "origin"])
    op.create_index("readings_by_target", "readings", ["target"])
    op.create_table(
        "raw_samples",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("raw_samples")
    op.drop_table("readings")
