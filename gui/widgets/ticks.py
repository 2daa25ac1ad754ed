"""Lists whose rows carry a tick."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

ROLE = Qt.ItemDataRole.UserRole


def fill(box: QListWidget, rows: Sequence[tuple[str, str]]) -> None:
    """Rows (id, words) with a tick; ticks stay where the rows do."""
    if [(box.item(n).data(ROLE), box.item(n).text()) for n in range(box.count())] == list(rows):
        return
    kept = set(ticked(box))
    box.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    box.blockSignals(True)
    box.clear()
    for id_, text in rows:
        item = QListWidgetItem(text)
        item.setToolTip(text)  # where it is cut
        item.setData(ROLE, id_)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if id_ in kept else Qt.CheckState.Unchecked)
        box.addItem(item)
    box.blockSignals(False)


def ticked(box: QListWidget) -> list[str]:
    """Ids of the rows with a tick."""
    items = [box.item(number) for number in range(box.count())]
    return [item.data(ROLE) for item in items if item.checkState() == Qt.CheckState.Checked]


def tick(box: QListWidget, ids: Collection[str]) -> None:
    """Tick these rows and no others."""
    for number in range(box.count()):
        item = box.item(number)
        item.setCheckState(Qt.CheckState.Checked if item.data(ROLE) in ids else Qt.CheckState.Unchecked)
