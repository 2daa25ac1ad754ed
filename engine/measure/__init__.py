"""A/B plans, statistics and verdicts."""
