"""Published claims against this product and plain peers, on real data: one row of ``docs/claims.md`` per task."""
