"""Boards, transports and releases."""
