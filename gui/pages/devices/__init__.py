"""The devices page: your boards."""

from .page import DevicesPage

__all__ = ["DevicesPage"]
