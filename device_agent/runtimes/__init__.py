"""Adapters to the inference runtimes found on a board."""
