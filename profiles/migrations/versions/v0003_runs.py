"""Version 3: a hash over all rows of each run, so that a row that vanished or was slipped in is noticed."""

import sqlalchemy as sa
from alembic import op

from profiles.chain import chain_of

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table and fill it from the rows that are there."""
    runs = op.create_table(
        "runs",
        sa.Column("nonce", sa.String(64), primary_key=True),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("chain_sha256", sa.String(64), nullable=False),
    )
    hashes: dict[str, list[str]] = {}
    connection = op.get_bind()
    for table in ("readings", "comparisons"):
        for nonce, digest in connection.execute(sa.text(f"SELECT nonce, row_sha256 FROM {table}")):
            hashes.setdefault(str(nonce), []).append(str(digest))
    if runs is not None and hashes:
        rows = [{"nonce": n, "rows": len(h), "chain_sha256": chain_of(n, h)} for n, h in hashes.items()]
        op.bulk_insert(runs, rows)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("runs")
