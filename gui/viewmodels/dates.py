"""Times as people read them: when something was, and how long ago."""

import time

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt

from . import wording

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86400.0


def when(seconds: float | None) -> str:
    """A time in the zone of the desktop, to the minute; the month is a word, so that no two customs differ."""
    return _written(QDateTime.fromSecsSinceEpoch(int(seconds))) if seconds else wording.NO_VALUE


def when_iso(stamp: str) -> str:
    """An ISO time as :func:`when` writes it."""
    found = _read(stamp)
    return wording.NO_VALUE if found is None else _written(found)


def age(stamp: str, now: float | None = None) -> str:
    """How long ago an ISO time was, rounded to what a person needs; ``now`` in seconds since the epoch."""
    found = _read(stamp)
    if found is None:
        return wording.NO_VALUE
    passed = (time.time() if now is None else now) - found.toSecsSinceEpoch()
    if passed < MINUTE_S:
        return QCoreApplication.translate("Dates", "just now")
    if passed < HOUR_S:
        return QCoreApplication.translate("Dates", "{0} min ago").format(int(passed // MINUTE_S))
    if passed < DAY_S:
        return QCoreApplication.translate("Dates", "{0} h ago").format(int(passed // HOUR_S))
    if passed < 2 * DAY_S:
        return QCoreApplication.translate("Dates", "yesterday")
    return QCoreApplication.translate("Dates", "{0} days ago").format(int(passed // DAY_S))


def _read(stamp: str) -> QDateTime | None:
    found = QDateTime.fromString(stamp, Qt.DateFormat.ISODate)
    return found.toLocalTime() if found.isValid() else None


def _written(moment: QDateTime) -> str:
    return QLocale().toString(moment, QCoreApplication.translate("Dates", "d MMM yyyy HH:mm"))
