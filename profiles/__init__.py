"""Readings in, knowledge out: the store of per-hardware profiles."""
