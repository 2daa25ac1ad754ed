"""Activations: dear functions become cheap ones."""
