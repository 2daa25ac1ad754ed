"""The settings page: looks, shortcuts, about, diagnostics."""

from .page import SettingsPage

__all__ = ["SettingsPage"]
