"""Choosing how a technique is set by trying."""
