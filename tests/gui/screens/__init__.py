"""Screens that are not there: what the windows of the tests are painted on."""

from enum import StrEnum
from pathlib import Path


class Screen(StrEnum):
    """A screen by its name."""

    DESK = "desk"  # with room for every window at twice the pixels
    SMALL = "small"

    @property
    def platform(self) -> str:
        """What ``QT_QPA_PLATFORM`` says for it."""
        return f"offscreen:configfile={Path(__file__).with_name(self.value)}.json"
