"""Techniques, recipes and training: one folder per family."""
