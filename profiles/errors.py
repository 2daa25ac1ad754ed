"""Errors of the profile store.

FlyweightError (device_agent.contract.errors)
└── ProfileError (ValueError)       the store, a row or a board file is damaged, newer, or not there
    └── StoreLoginError             the database server refuses user or password
"""

from device_agent.contract.errors import FlyweightError

__all__ = ["FlyweightError", "ProfileError", "StoreLoginError"]


class ProfileError(FlyweightError, ValueError):
    """The store, a row or a board description cannot be used."""


class StoreLoginError(ProfileError):
    """The database server refuses user or password."""

    exit_code = 4
