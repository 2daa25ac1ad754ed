"""Errors of the profile store.

FlyweightError (device_agent.contract.errors)
└── ProfileError (ValueError)       the store, a row or a board file is damaged, newer, or not there
"""

from device_agent.contract.errors import FlyweightError

__all__ = ["FlyweightError", "ProfileError"]


class ProfileError(FlyweightError, ValueError):
    """The store, a row or a board description cannot be used."""
