"""The profiles page: what was measured on which board."""

from .page import ProfilesPage

__all__ = ["ProfilesPage"]
