"""Releases of a slot of a device: which one runs, and how those before it ended."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from .rows import ColumnSpec


@dataclass(frozen=True)
class ReleaseRow:
    """One release; ``state`` is the engine's word for one that does not run any more."""

    number: int
    bundle: str
    state: str
    runs: bool

    @property
    def pill(self) -> tuple[str, str]:
        """Kind of pill and word."""
        if self.runs:
            return "ok", QCoreApplication.translate("Deploy", "Runs now")
        words = {
            "committed": ("idle", QCoreApplication.translate("Deploy", "Replaced")),
            "rolled-back": ("warn", QCoreApplication.translate("Deploy", "Went back")),
        }
        return words.get(self.state, ("idle", self.state))


def release_columns() -> tuple[ColumnSpec[ReleaseRow], ...]:
    """Columns of the table of releases."""
    return (
        ColumnSpec(
            "release",
            lambda: QCoreApplication.translate("Deploy", "Release"),
            lambda row: str(row.number),
            key=lambda row: row.number,
            number=True,
        ),
        ColumnSpec("bundle", lambda: QCoreApplication.translate("Deploy", "Variant"), lambda row: row.bundle),
        ColumnSpec(
            "state",
            lambda: QCoreApplication.translate("Deploy", "State"),
            lambda row: row.pill[1],
            pill=lambda row: row.pill[0],
        ),
    )
