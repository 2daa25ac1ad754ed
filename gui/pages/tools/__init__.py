"""Dialogs that several pages and the palette lead to: measure, try, carry, rights, keys, packs, predictions."""

from .tools import Tools

__all__ = ["Tools"]
