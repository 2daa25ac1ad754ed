"""The tables of the profile store, as SQLAlchemy Core. SQLite and PostgreSQL take the same.

``row_sha256`` is the hash of the row's other columns but ``id``, as canonical JSON. Columns that a later version adds stay out of
it (they can be made from ``document``), so that an older program can still tell whole rows from damaged ones.
"""

import sqlalchemy as sa

HEAD = "0004"
"""Version of the schema; one file in ``migrations/versions`` for each."""

metadata = sa.MetaData()

readings = sa.Table(
    "readings",
    metadata,
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
    sa.Index("readings_by_board", "board", "origin"),
    sa.Index("readings_by_target", "target"),
    sa.Index("readings_by_variant", "variant"),
)
"""One row per reading: the columns that are searched, and the whole record as canonical JSON with its hash."""

raw_samples = sa.Table(
    "raw_samples",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""Compressed samples (zlib of little-endian int64 nanoseconds) by their hash."""

comparisons = sa.Table(
    "comparisons",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("nonce", sa.String(64), nullable=False),
    sa.Column("target", sa.String(80), nullable=False),
    sa.Column("a", sa.String(64), nullable=False),
    sa.Column("b", sa.String(64), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("row_sha256", sa.String(64), nullable=False),
    sa.UniqueConstraint("nonce", "a", "b", name="one_comparison_per_run"),
    sa.Index("comparisons_by_target", "target"),
)
"""One row per comparison: two bundles measured in one plan."""

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("nonce", sa.String(64), primary_key=True),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("chain_sha256", sa.String(64), nullable=False),
)
"""One row per run: how many rows it has in the tables above, and a hash over theirs."""
