"""Files from outside: a widget that takes one dropped file and says where it may fall."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from ..theme.style import restyle


class DropTarget(QObject):
    """Makes a widget take dropped local files; ``marked`` is framed while something hovers."""

    def __init__(self, widget: QWidget, marked: QWidget, dropped: Callable[[Path], object]) -> None:
        super().__init__(widget)
        self._marked = marked
        self._dropped = dropped
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the first file of a drop; a web address or a text is left alone."""
        if isinstance(event, QDragEnterEvent) and event.type() == QEvent.Type.DragEnter:
            if self._file(event) is not None:
                restyle(self._marked, drop=True)
                event.acceptProposedAction()
                return True
        elif event.type() == QEvent.Type.DragLeave:
            restyle(self._marked, drop=False)
        elif isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            restyle(self._marked, drop=False)
            found = self._file(event)
            if found is not None:
                event.acceptProposedAction()
                self._dropped(found)
                return True
        return False

    def _file(self, event: QDropEvent) -> Path | None:
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        return Path(urls[0].toLocalFile()) if urls else None
