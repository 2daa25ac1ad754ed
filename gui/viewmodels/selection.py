"""What is selected on a page: one list of ids that plot, table and detail share."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """Ids in the order they were selected; ``changed`` comes only when they are others than before."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ids: tuple[str, ...] = ()

    @property
    def first(self) -> str | None:
        """The first selected id."""
        return self.ids[0] if self.ids else None

    def select(self, ids: Iterable[str]) -> None:
        """Replace the selection."""
        wanted = tuple(dict.fromkeys(ids))
        kept = tuple(id_ for id_ in self.ids if id_ in wanted)
        merged = kept + tuple(id_ for id_ in wanted if id_ not in kept)
        if merged != self.ids:
            self.ids = merged
            self.changed.emit()
