"""A line of a log that can be said again in another language."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class LogLine:
    """When, and what: ``say`` answers in the language the window speaks now."""

    stamp: str
    say: Callable[[], str]

    @property
    def text(self) -> str:
        """The whole line."""
        return "  ".join(filter(None, (self.stamp, self.say())))
